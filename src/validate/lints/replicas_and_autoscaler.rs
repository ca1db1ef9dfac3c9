//! A workload sets `replicas` although an autoscaler does: every apply would undo what it has scaled.
//!
//! Remove `replicas` from the workload, also from its base; an overlay without the autoscaler can set it. kustomize can remove it with
//! a patch that says `replicas: null`.

use super::{Lint, Set, Told};
use crate::validate::look::{int, set as field};

/// The lint.
pub const LINT: Lint = Lint { code: "replicas-and-autoscaler", file: include_str!("replicas_and_autoscaler.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for pod in &set.pods {
        let Some(workload) = set.owner(pod) else { continue };
        let Some(autoscaler) = set.autoscaler(workload) else { continue };
        let Some((_, node)) = field(workload.node, "spec").and_then(|spec| int(spec, "replicas")) else { continue };
        let message = format!("{} scales this workload: `replicas` would undo that with every apply", autoscaler.id);
        told.warn(workload, node, "spec.replicas", message, "remove `replicas`, in an overlay with the patch `replicas: null`");
    }
}
