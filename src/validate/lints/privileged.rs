//! A container may do anything on its node: it is privileged, or has a capability that comes to the same.
//!
//! `privileged: true` and the capabilities `ALL` and `SYS_ADMIN` lift the walls between container and node. Name only the capabilities
//! that are needed. Where a node agent needs it, say so in an annotation of the workload,
//! `ignore-check.render.dev/privileged: loads kernel modules`, or under `silence` in `.render.yaml`.

use super::image_tag::containers;
use super::{Lint, Set, Told};
use crate::validate::look::{as_text, is_true, items, set as field};

/// The lint.
pub const LINT: Lint = Lint { code: "privileged", file: include_str!("privileged.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        containers(pod, &mut |container, path| {
            let Some(context) = field(container, "securityContext") else { return };
            if let Some(node) = context.get("privileged").filter(|_| is_true(context, "privileged")) {
                let path = format!("{path}.securityContext.privileged");
                told.warn(owner, node, path, "the container is privileged", "name the capabilities that it needs");
            }
            let added = field(context, "capabilities").into_iter().flat_map(|capabilities| items(capabilities, "add"));
            for (at, capability) in added.filter(|(_, name)| matches!(as_text(name), Some("ALL" | "SYS_ADMIN" | "CAP_SYS_ADMIN")))
            {
                let path = format!("{path}.securityContext.capabilities.add[{at}]");
                let message = "this capability is as much as being privileged";
                told.warn(owner, capability, path, message, "name the capabilities that it needs");
            }
        });
    }
}
