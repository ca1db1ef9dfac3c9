//! A workload sets `replicas` although an autoscaler scales it, so every apply resets the number of pods.
//!
//! Remove `replicas` from the workload and its base; overlays without the autoscaler can set it. To remove it in an overlay, use
//! a patch with `replicas: null`.

use super::{Lint, Reporter, Set};
use crate::validate::look::{int, set as field};

/// The lint.
pub const LINT: Lint = Lint { code: "replicas-and-autoscaler", file: include_str!("replicas_and_autoscaler.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(workload) = set.owner(pod) else { continue };
        let Some(autoscaler) = set.autoscaler(workload) else { continue };
        let Some((_, node)) = field(workload.node, "spec").and_then(|spec| int(spec, "replicas")) else { continue };
        let message = format!("every apply resets the number of pods, although {} scales this workload", autoscaler.id);
        out.warn(
            workload,
            node,
            "spec.replicas",
            message,
            "remove `replicas`, or use a patch with `replicas: null` in an overlay",
        );
    }
}
