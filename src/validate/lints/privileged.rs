//! A container has full access to its node: it is privileged, or has a capability that is equivalent.
//!
//! `privileged: true` and the capabilities `ALL` and `SYS_ADMIN` remove the isolation between the container and the node. Add
//! only the capabilities that the container needs. If a node agent needs full access, silence the finding with an annotation on
//! the workload, `ignore-check.render.dev/privileged: loads kernel modules`, or with an entry under `silence` in `.render.yaml`.

use super::image_tag::containers;
use super::{Lint, Reporter, Set};
use crate::validate::look::{as_text, is_true, items, set as field};

/// The lint.
pub const LINT: Lint = Lint { code: "privileged", file: include_str!("privileged.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        containers(pod, &mut |container, path| {
            let Some(context) = field(container, "securityContext") else { return };
            if let Some(node) = context.get("privileged").filter(|_| is_true(context, "privileged")) {
                let path = format!("{path}.securityContext.privileged");
                out.warn(owner, node, path, "the container is privileged", "add only the capabilities that it needs");
            }
            let added = field(context, "capabilities").into_iter().flat_map(|capabilities| items(capabilities, "add"));
            for (at, capability) in added.filter(|(_, name)| matches!(as_text(name), Some("ALL" | "SYS_ADMIN" | "CAP_SYS_ADMIN")))
            {
                let path = format!("{path}.securityContext.capabilities.add[{at}]");
                let message = "this capability gives the same access as `privileged: true`";
                out.warn(owner, capability, path, message, "add only the capabilities that it needs");
            }
        });
    }
}
