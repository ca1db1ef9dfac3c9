//! A container is configured to run as root.
//!
//! `runAsUser: 0` overrides the user of the image. A process that escapes from such a container is root on the node. Containers
//! without `runAsUser` are not reported, because the image defines their user. If root is required, silence the finding with an
//! annotation on the workload, `ignore-check.render.dev/root-user: changes the owner of the volume`, or with an entry under
//! `silence` in `.render.yaml`.

use super::image_tag::containers;
use super::{Lint, Reporter, Set};
use crate::validate::look::{int, set as field};

/// The lint.
pub const LINT: Lint = Lint { code: "root-user", file: include_str!("root_user.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    let help = "set another user, and `runAsNonRoot: true`";
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        let root = |node| int(node, "runAsUser").filter(|(user, _)| *user == 0).map(|(_, node)| node);
        if let Some(node) = field(pod.spec, "securityContext").and_then(root) {
            out.warn(owner, node, format!("{}.securityContext.runAsUser", pod.path), "the pod runs as root", help);
        }
        containers(pod, &mut |container, path| {
            if let Some(node) = field(container, "securityContext").and_then(root) {
                out.warn(owner, node, format!("{path}.securityContext.runAsUser"), "the container runs as root", help);
            }
        });
    }
}
