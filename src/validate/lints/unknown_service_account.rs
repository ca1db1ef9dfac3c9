//! A pod runs as a ServiceAccount that is not there: no pod would be made.
//!
//! Every namespace has the account `default`. Where another one is made elsewhere, say so in an annotation of the workload,
//! `ignore-check.render.dev/unknown-service-account: made by the platform`, or under `silence` in `.render.yaml`.

use super::told::Wanted;
use super::{Lint, Set, Told};
use crate::validate::look::text;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-service-account", file: include_str!("unknown_service_account.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        let named = ["serviceAccountName", "serviceAccount"].into_iter().find_map(|field| Some((field, text(pod.spec, field)?)));
        let Some((field, (name, node))) = named.filter(|(_, (name, _))| *name != "default") else { continue };
        let wanted = Wanted { kind: "ServiceAccount", namespace: owner.namespace, name };
        if set.find(wanted.kind, wanted.namespace, name).is_none() {
            told.missing(owner, node, format!("{}.{field}", pod.path), &wanted);
        }
    }
}
