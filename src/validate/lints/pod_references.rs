//! The ConfigMaps and Secrets that a pod requires. Optional references are skipped: the pod starts without them.

use super::set::Pod;
use crate::validate::look::{is_true, items, set, text};
use crate::validate::path::Path;
use crate::yaml::Node;

/// A ConfigMap or Secret that a pod requires.
pub struct Needed<'n> {
    /// `ConfigMap` or `Secret`.
    pub kind: &'static str,
    /// The name and its node.
    pub name: (&'n str, &'n Node),
    /// The field that names it.
    pub field: &'static str,
    /// The required keys: items or references with a field `key`.
    pub keys: &'n [Node],
    /// Whether the keys are in the list `items`.
    pub is_list: bool,
}

/// Visits all required ConfigMaps and Secrets of a pod, each with the path of the mapping that contains its name.
pub fn needed<'n>(pod: &Pod<'n>, visit: &mut dyn FnMut(Needed<'n>, &Path<'_>)) {
    let root = Path::ROOT.field(&pod.path);
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        let containers = root.field(list);
        for (at, container) in items(pod.spec, list) {
            in_container(container, &containers.index(at), visit);
        }
    }
    let volumes = root.field("volumes");
    for (at, volume) in items(pod.spec, "volumes") {
        in_volume(volume, &volumes.index(at), visit);
    }
    let secrets = root.field("imagePullSecrets");
    for (at, secret) in items(pod.spec, "imagePullSecrets") {
        one("Secret", secret, "name", &secrets.index(at), visit);
    }
}

fn in_container<'n>(container: &'n Node, path: &Path<'_>, visit: &mut dyn FnMut(Needed<'n>, &Path<'_>)) {
    let list = path.field("env");
    for (at, variable) in items(container, "env") {
        let Some(from) = set(variable, "valueFrom") else { continue };
        let (variable, kinds) = (list.index(at), [("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")]);
        for (kind, field) in kinds {
            let Some(reference) = set(from, field) else { continue };
            one(kind, reference, "name", &variable.field("valueFrom").field(field), visit);
        }
    }
    let list = path.field("envFrom");
    for (at, from) in items(container, "envFrom") {
        for (kind, field) in [("ConfigMap", "configMapRef"), ("Secret", "secretRef")] {
            let Some(reference) = set(from, field) else { continue };
            one(kind, reference, "name", &list.index(at).field(field), visit);
        }
    }
}

fn in_volume<'n>(volume: &'n Node, path: &Path<'_>, visit: &mut dyn FnMut(Needed<'n>, &Path<'_>)) {
    if let Some(source) = set(volume, "configMap") {
        one("ConfigMap", source, "name", &path.field("configMap"), visit);
    }
    if let Some(source) = set(volume, "secret") {
        one("Secret", source, "secretName", &path.field("secret"), visit);
    }
    let Some(projected) = set(volume, "projected") else { return };
    let (path, sources) = (path.field("projected"), "sources");
    let list = path.field(sources);
    for (at, source) in items(projected, sources) {
        for (kind, field) in [("ConfigMap", "configMap"), ("Secret", "secret")] {
            let Some(source) = set(source, field) else { continue };
            one(kind, source, "name", &list.index(at).field(field), visit);
        }
    }
}

fn one<'n>(
    kind: &'static str,
    reference: &'n Node,
    field: &'static str,
    path: &Path<'_>,
    visit: &mut dyn FnMut(Needed<'n>, &Path<'_>),
) {
    if is_true(reference, "optional") {
        return;
    }
    // An expression of a workflow is replaced when it runs.
    let Some(name) = text(reference, field).filter(|(name, _)| !name.contains("{{")) else { return };
    let items = set(reference, "items").and_then(Node::as_sequence).unwrap_or_default();
    let is_list = set(reference, "key").is_none();
    let keys = if is_list { items } else { std::slice::from_ref(reference) };
    visit(Needed { kind, name, field, keys, is_list }, path);
}
