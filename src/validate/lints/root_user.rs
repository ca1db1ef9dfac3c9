//! A container is told to run as root.
//!
//! `runAsUser: 0` overrides the user of the image. What breaks out of such a container is root on its node. Containers whose user
//! nobody names are no finding here: the image names one. Where root is needed, say so in an annotation of the workload,
//! `ignore-check.render.dev/root-user: changes the owner of the volume`, or under `silence` in `.render.yaml`.

use super::image_tag::containers;
use super::{Lint, Set, Told};
use crate::validate::look::{int, set as field};

/// The lint.
pub const LINT: Lint = Lint { code: "root-user", file: include_str!("root_user.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    let help = "name another user, and `runAsNonRoot: true`";
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        let root = |node| int(node, "runAsUser").filter(|(user, _)| *user == 0).map(|(_, node)| node);
        if let Some(node) = field(pod.spec, "securityContext").and_then(root) {
            told.warn(owner, node, format!("{}.securityContext.runAsUser", pod.path), "the pod runs as root", help);
        }
        containers(pod, &mut |container, path| {
            if let Some(node) = field(container, "securityContext").and_then(root) {
                told.warn(owner, node, format!("{path}.securityContext.runAsUser"), "the container runs as root", help);
            }
        });
    }
}
