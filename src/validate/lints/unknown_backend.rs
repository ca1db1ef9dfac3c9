//! An Ingress routes requests to a Service that does not exist, so clients get errors.
//!
//! The backends of the AWS Load Balancer Controller can refer to annotations of the Ingress (`port: {name: use-annotation}`), which
//! must exist, too. An Ingress with an annotation that redirects all requests is not checked, because it never uses its backends.
//!
//! If the Service is created elsewhere, silence the finding with an annotation on the Ingress,
//! `ignore-check.render.dev/unknown-backend: created by the shop chart`, or with an entry under `silence` in `.render.yaml`.

use super::reporter::Target;
use super::set::Object;
use super::{Lint, Reporter, Set};
use crate::diagnostic::did_you_mean;
use crate::references::ingress::{annotation_prefix, annotations, forwarded, redirects};
use crate::validate::look::{as_text, items, set as field, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-backend", file: include_str!("unknown_backend.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for ingress in set.of_kind("Ingress").filter(|ingress| !redirects(ingress.node)) {
        let namespace = ingress.namespace;
        backends(ingress, &mut |service, path| {
            let Some((name, node)) = text(service, "name") else { return };
            if let Some(prefix) = annotation_prefix(service) {
                let has = |key: &str| key.strip_prefix(prefix) == Some(name);
                if !annotations(ingress.node).any(|entry| has(&entry.key.text))
                    && out.may_search()
                    && !is_set_by_rollout(ingress, name, set)
                {
                    no_annotation(ingress, prefix, (name, node), &path, out);
                }
            } else if set.find("Service", namespace, name).is_none() {
                out.missing(ingress, node, format!("{path}.name"), &Target { kind: "Service", namespace, name });
            }
        });
        of_actions(ingress, set, out);
    }
}

/// Reports that an Ingress does not have the annotation that its backend refers to.
fn no_annotation(ingress: &Object<'_>, prefix: &str, name: (&str, &Node), path: &str, out: &mut Reporter<'_, '_>) {
    let (name, node) = name;
    let names = annotations(ingress.node).filter_map(|entry| entry.key.text.strip_prefix(prefix));
    let message = format!("annotation `{prefix}{name}` not found in this object, but the backend refers to it");
    let near = did_you_mean(name, names).map(|near| format!("did you mean `{near}`?"));
    let help = near.unwrap_or_else(|| "add the annotation, or use a port of the Service".into());
    out.warn(ingress, node, format!("{path}.name"), message, &help);
}

/// Whether Argo Rollouts sets the annotation: it controls the weights of a canary with it.
fn is_set_by_rollout(ingress: &Object<'_>, name: &str, set: &Set<'_>) -> bool {
    let is_alb = |path: &str| path.ends_with(".alb.rootService") || path.ends_with(".canary.stableService");
    let mut all = set.references().filter(|(rollout, _)| rollout.namespace == ingress.namespace && rollout.kind == "Rollout");
    all.any(|(_, reference)| reference.name == name && is_alb(&reference.path))
}

/// Checks the Services in annotations that describe what to do with requests.
fn of_actions(ingress: &Object<'_>, set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    let namespace = ingress.namespace;
    for entry in annotations(ingress.node).filter(|entry| entry.key.text.starts_with("alb.ingress.kubernetes.io/actions.")) {
        for name in as_text(&entry.value).map(forwarded).unwrap_or_default() {
            if set.find("Service", namespace, &name).is_none() {
                let target = Target { kind: "Service", namespace, name: &name };
                out.missing(ingress, &entry.value, format!("metadata.annotations[{}]", entry.key.text), &target);
            }
        }
    }
}

/// Visits the Services that an Ingress routes to, each with its path.
pub fn backends<'n>(ingress: &Object<'n>, visit: &mut dyn FnMut(&'n Node, String)) {
    let Some(spec) = field(ingress.node, "spec") else { return };
    if let Some(service) = spec.at_path(&["defaultBackend", "service"]) {
        visit(service, "spec.defaultBackend.service".into());
    }
    for (at, rule) in items(spec, "rules") {
        let paths = field(rule, "http").into_iter().flat_map(|http| items(http, "paths"));
        for (number, path) in paths {
            if let Some(service) = path.at_path(&["backend", "service"]) {
                visit(service, format!("spec.rules[{at}].http.paths[{number}].backend.service"));
            }
        }
    }
}
