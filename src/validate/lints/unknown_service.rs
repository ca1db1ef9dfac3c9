//! A StatefulSet, a webhook, or an APIService refers to a Service that does not exist.
//!
//! Without the Service, the pods of a StatefulSet have no DNS names, and a webhook can't be called: the API server may then
//! reject all requests that the webhook applies to. If the Service is created elsewhere, silence the finding with an annotation
//! on the object, `ignore-check.render.dev/unknown-service: part of the operator`, or with an entry under `silence` in
//! `.render.yaml`.

use super::unknown_reference::missing;
use super::{Lint, Reporter, Set};
use crate::references::{Reference, is_custom};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-service", file: include_str!("unknown_service.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    let owners = ["StatefulSet", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService"];
    let is_service = |reference: &Reference<'_>| reference.kinds.iter().any(|target| target.kind == "Service");
    missing(set, out, |owner, reference| !is_custom(owner.group) && owners.contains(&owner.kind) && is_service(reference));
}
