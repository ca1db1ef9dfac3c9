//! A pod uses the network, process, or IPC namespace of its node, so it can access other pods on the node.
//!
//! With `hostNetwork`, `hostPID`, or `hostIPC`, network policies and the isolation between pods do not apply. If a node agent
//! needs this, silence the finding with an annotation on the workload,
//! `ignore-check.render.dev/host-namespaces: reads node metrics`, or with an entry under `silence` in `.render.yaml`.

use super::{Lint, Reporter, Set};
use crate::validate::look::is_true;

/// The lint.
pub const LINT: Lint = Lint { code: "host-namespaces", file: include_str!("host_namespaces.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        for (field, what) in [("hostNetwork", "network"), ("hostPID", "process"), ("hostIPC", "IPC")] {
            if let Some(node) = pod.spec.get(field).filter(|_| is_true(pod.spec, field)) {
                let message = format!("the pod uses the {what} namespace of its node");
                out.warn(owner, node, format!("{}.{field}", pod.path), message, "remove the field, unless this is a node agent");
            }
        }
    }
}
