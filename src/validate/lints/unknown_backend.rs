//! An Ingress sends requests to a Service that is not there: clients would get errors.
//!
//! Where the Service is made elsewhere, say so in an annotation of the Ingress,
//! `ignore-check.render.dev/unknown-backend: made by the chart of the shop`, or under `silence` in `.render.yaml`.

use super::set::Object;
use super::told::Wanted;
use super::{Lint, Set, Told};
use crate::validate::look::{items, set as field, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-backend", file: include_str!("unknown_backend.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for ingress in set.of_kind("Ingress") {
        backends(ingress, &mut |service, path| {
            let Some((name, node)) = text(service, "name") else { return };
            let namespace = ingress.namespace;
            if set.find("Service", namespace, name).is_none() {
                told.missing(ingress, node, format!("{path}.name"), &Wanted { kind: "Service", namespace, name });
            }
        });
    }
}

/// Visits the Services that an Ingress sends to.
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
