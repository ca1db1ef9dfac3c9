//! A StatefulSet, a webhook or an API service names a Service that is not there.
//!
//! Without its Service the pods of a StatefulSet have no names of their own in DNS, and a webhook can't be called: the API server may
//! then refuse everything that the webhook is for. Where the Service is made elsewhere, say so in an annotation,
//! `ignore-check.render.dev/unknown-service: part of the operator`, or under `silence` in `.render.yaml`.

use super::told::Wanted;
use super::{Lint, Set, Told};
use crate::validate::look::{items, set as field, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-service", file: include_str!("unknown_service.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for owner in set.of_kind("StatefulSet") {
        let Some((name, node)) = field(owner.node, "spec").and_then(|spec| text(spec, "serviceName")) else { continue };
        let namespace = owner.namespace;
        if set.find("Service", namespace, name).is_none() {
            told.missing(owner, node, "spec.serviceName", &Wanted { kind: "Service", namespace, name });
        }
    }
    for owner in ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].iter().flat_map(|kind| set.of_kind(kind)) {
        for (at, webhook) in items(owner.node, "webhooks") {
            let Some(service) = webhook.at_path(&["clientConfig", "service"]) else { continue };
            let Some((namespace, name, node)) = named(service) else { continue };
            if set.find("Service", namespace, name).is_none() {
                let path = format!("webhooks[{at}].clientConfig.service.name");
                told.missing(owner, node, path, &Wanted { kind: "Service", namespace, name });
            }
        }
    }
    for owner in set.of_kind("APIService") {
        let Some((namespace, name, node)) = owner.node.at_path(&["spec", "service"]).and_then(named) else { continue };
        if set.find("Service", namespace, name).is_none() {
            told.missing(owner, node, "spec.service.name", &Wanted { kind: "Service", namespace, name });
        }
    }
}

fn named(service: &Node) -> Option<(&str, &str, &Node)> {
    let (name, node) = text(service, "name")?;
    Some((text(service, "namespace")?.0, name, node))
}
