//! An Ingress routes requests to a Service that does not exist, so clients get errors.
//!
//! If the Service is created elsewhere, silence the finding with an annotation on the Ingress,
//! `ignore-check.render.dev/unknown-backend: created by the shop chart`, or with an entry under `silence` in `.render.yaml`.

use super::reporter::Target;
use super::set::Object;
use super::{Lint, Reporter, Set};
use crate::validate::look::{items, set as field, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-backend", file: include_str!("unknown_backend.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for ingress in set.of_kind("Ingress") {
        backends(ingress, &mut |service, path| {
            let Some((name, node)) = text(service, "name") else { return };
            let namespace = ingress.namespace;
            if set.find("Service", namespace, name).is_none() {
                out.missing(ingress, node, format!("{path}.name"), &Target { kind: "Service", namespace, name });
            }
        });
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
