//! A pod runs as a ServiceAccount that does not exist, so the pod can't be created.
//!
//! Every namespace has the ServiceAccount `default`. If another one is created elsewhere, silence the finding with an annotation
//! on the workload, `ignore-check.render.dev/unknown-service-account: created by the platform`, or with an entry under `silence`
//! in `.render.yaml`.

use super::reporter::Target;
use super::{Lint, Reporter, Set};
use crate::validate::look::text;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-service-account", file: include_str!("unknown_service_account.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        let named = ["serviceAccountName", "serviceAccount"].into_iter().find_map(|field| Some((field, text(pod.spec, field)?)));
        let Some((field, (name, node))) = named.filter(|(_, (name, _))| *name != "default") else { continue };
        let target = Target { kind: "ServiceAccount", namespace: owner.namespace, name };
        if set.find(target.kind, target.namespace, name).is_none() {
            out.missing(owner, node, format!("{}.{field}", pod.path), &target);
        }
    }
}
