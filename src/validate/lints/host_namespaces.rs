//! A pod shares the network, the processes or the memory of its node, and so sees those of all others.
//!
//! With `hostNetwork`, `hostPID` or `hostIPC` network policies and the walls between pods do not count. Where a node agent needs it, say
//! so in an annotation of the workload, `ignore-check.render.dev/host-namespaces: reads the node's metrics`, or under `silence` in
//! `.render.yaml`.

use super::{Lint, Set, Told};
use crate::validate::look::is_true;

/// The lint.
pub const LINT: Lint = Lint { code: "host-namespaces", file: include_str!("host_namespaces.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        for (field, what) in [("hostNetwork", "network"), ("hostPID", "processes"), ("hostIPC", "shared memory")] {
            if let Some(node) = pod.spec.get(field).filter(|_| is_true(pod.spec, field)) {
                let message = format!("the pod shares the {what} of its node");
                told.warn(
                    owner,
                    node,
                    format!("{}.{field}", pod.path),
                    message,
                    "remove it, unless this is an agent of the node",
                );
            }
        }
    }
}
