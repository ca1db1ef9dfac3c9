//! A StatefulSet, a webhook, or an APIService refers to a Service that does not exist.
//!
//! Without the Service, the pods of a StatefulSet have no DNS names, and a webhook can't be called: the API server may then
//! reject all requests that the webhook applies to. If the Service is created elsewhere, silence the finding with an annotation
//! on the object, `ignore-check.render.dev/unknown-service: part of the operator`, or with an entry under `silence` in
//! `.render.yaml`.

use super::reporter::Target;
use super::{Lint, Reporter, Set};
use crate::validate::look::{items, set as field, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-service", file: include_str!("unknown_service.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for owner in set.of_kind("StatefulSet") {
        let Some((name, node)) = field(owner.node, "spec").and_then(|spec| text(spec, "serviceName")) else { continue };
        let namespace = owner.namespace;
        if set.find("Service", namespace, name).is_none() {
            out.missing(owner, node, "spec.serviceName", &Target { kind: "Service", namespace, name });
        }
    }
    for owner in ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].iter().flat_map(|kind| set.of_kind(kind)) {
        for (at, webhook) in items(owner.node, "webhooks") {
            let Some(service) = webhook.at_path(&["clientConfig", "service"]) else { continue };
            let Some((namespace, name, node)) = named(service) else { continue };
            if set.find("Service", namespace, name).is_none() {
                let path = format!("webhooks[{at}].clientConfig.service.name");
                out.missing(owner, node, path, &Target { kind: "Service", namespace, name });
            }
        }
    }
    for owner in set.of_kind("APIService") {
        let Some((namespace, name, node)) = owner.node.at_path(&["spec", "service"]).and_then(named) else { continue };
        if set.find("Service", namespace, name).is_none() {
            out.missing(owner, node, "spec.service.name", &Target { kind: "Service", namespace, name });
        }
    }
}

fn named(service: &Node) -> Option<(&str, &str, &Node)> {
    let (name, node) = text(service, "name")?;
    Some((text(service, "namespace")?.0, name, node))
}
