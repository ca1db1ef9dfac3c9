//! Rules for annotations of pods that act as fields: the deletion cost, and profiles in their old notation.

use rustc_hash::FxHashSet;

use super::owner::{Owner, each_container};
use crate::validate::look::{as_text, entries, set, text};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

const MIRROR: &str = "kubernetes.io/config.mirror";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Checks the annotations at `path`, and that they agree with the fields at `spec_path`.
pub fn check(spec: &Node, owner: Owner<'_>, path: &Path<'_>, spec_path: &Path<'_>, out: &mut Findings) {
    let Some(metadata) = owner.metadata else { return };
    let mut names: Option<FxHashSet<&str>> = None;
    let mut profiles = false;
    for entry in entries(metadata, "annotations") {
        let (key, node) = (entry.key.text.as_str(), &entry.value);
        let value = as_text(node).unwrap_or("");
        match key {
            MIRROR if text(spec, "nodeName").is_none() => {
                out.invalid(node, &path.key(key), "a mirror pod requires `spec.nodeName`");
            }
            DELETION_COST if !is_cost(value) => {
                out.invalid(node, &path.key(key), format!("expected a 32-bit integer, found `{value}`"));
            }
            _ if key == SECCOMP_POD || key.starts_with(SECCOMP_CONTAINER) => {
                profiles = true;
                seccomp(node, value, &path.field(key), out);
            }
            _ if key.starts_with(APP_ARMOR) => {
                profiles = true;
                app_armor(names.get_or_insert_with(|| containers(spec)), key, node, value, &path.key(key), out);
            }
            _ => {}
        }
    }
    if profiles {
        fields_agree(spec, metadata, spec_path, out);
    }
}

/// Whether a string is a 32-bit integer without a plus sign or leading zeros.
fn is_cost(value: &str) -> bool {
    let first = value.bytes().next();
    (value == "0" || matches!(first, Some(b'-' | b'1'..=b'9'))) && value.parse::<i32>().is_ok()
}

fn seccomp(node: &Node, value: &str, path: &Path<'_>, out: &mut Findings) {
    match value.strip_prefix("localhost/") {
        Some(file) if file.starts_with('/') || file.split('/').any(|part| part == "..") => {
            out.invalid(node, path, "the path must be relative and must not contain `..`");
        }
        Some(_) => {}
        None if matches!(value, "runtime/default" | "docker/default" | "unconfined") => {}
        None => out.invalid(node, path, format!("`{value}` is not a valid seccomp profile")),
    }
}

/// The names of all containers.
fn containers(spec: &Node) -> FxHashSet<&str> {
    let mut names = FxHashSet::default();
    each_container(spec, &Path::ROOT, |container, _| names.extend(text(container, "name").map(|(name, _)| name)));
    names
}

fn app_armor(names: &FxHashSet<&str>, key: &str, node: &Node, value: &str, path: &Path<'_>, out: &mut Findings) {
    let name = key.strip_prefix(APP_ARMOR).unwrap_or("");
    if !names.contains(name) {
        out.invalid(node, path, format!("the pod has no container `{name}`"));
    }
    if !matches!(value, "" | "runtime/default" | "unconfined") && !value.starts_with("localhost/") {
        out.invalid(node, path, format!("`{value}` is not a valid AppArmor profile"));
    }
}

/// Checks that a field and an annotation for the same profile agree.
fn fields_agree(spec: &Node, metadata: &Node, path: &Path<'_>, out: &mut Findings) {
    let annotation = |key: &str| metadata.at_path(&["annotations", key]).and_then(as_text);
    let of =
        |holder: &'_ Node, field: &str| holder.at_path(&["securityContext", field]).filter(|found| !found.is_null()).cloned();
    if let (Some(profile), Some(value)) = (of(spec, "seccompProfile"), annotation(SECCOMP_POD)) {
        let context = path.field("securityContext");
        agrees(&profile, value, &context.field("seccompProfile"), out);
    }
    let windows = set(spec, "os").and_then(|os| text(os, "name")).is_some_and(|(name, _)| name == "windows");
    let pod_app_armor = of(spec, "appArmorProfile");
    each_container(spec, path, |container, path| {
        let Some((name, _)) = text(container, "name") else { return };
        let context = path.field("securityContext");
        let profile = of(container, "seccompProfile");
        if let (Some(profile), Some(value)) = (profile, annotation(&format!("{SECCOMP_CONTAINER}{name}"))) {
            agrees(&profile, value, &context.field("seccompProfile"), out);
        }
        let profile = of(container, "appArmorProfile").or_else(|| pod_app_armor.clone()).filter(|_| !windows);
        if let (Some(profile), Some(value)) = (profile, annotation(&format!("{APP_ARMOR}{name}"))) {
            agrees(&profile, value, &context.field("appArmorProfile"), out);
        }
    });
}

fn agrees(profile: &Node, annotation: &str, path: &Path<'_>, out: &mut Findings) {
    let Some((kind, place)) = text(profile, "type") else { return };
    let same = match kind {
        "Unconfined" => annotation == "unconfined",
        "RuntimeDefault" => matches!(annotation, "runtime/default" | "docker/default"),
        "Localhost" => annotation.starts_with("localhost/"),
        _ => true,
    };
    if !same {
        out.forbidden(place, &path.field("type"), format!("must agree with the annotation, which is `{annotation}`"));
    } else if let Some(file) = annotation.strip_prefix("localhost/")
        && text(profile, "localhostProfile").map(|(name, _)| name) != Some(file)
    {
        out.forbidden(place, &path.field("localhostProfile"), format!("must agree with the annotation, which names `{file}`"));
    }
}
