//! The target of a HorizontalPodAutoscaler does not exist, so the autoscaler has no effect.
//!
//! Compare `kind` and `name` in `scaleTargetRef` with those of the workload; both objects must be in the same namespace. If the
//! workload is created elsewhere, silence the finding with an annotation on the autoscaler,
//! `ignore-check.render.dev/unknown-scale-target: created by the operator`, or with an entry under `silence` in `.render.yaml`.

use super::reporter::Target;
use super::{Lint, Reporter, Set};
use crate::validate::look::text;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-scale-target", file: include_str!("unknown_scale_target.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for autoscaler in set.of_kind("HorizontalPodAutoscaler") {
        let Some(target) = autoscaler.node.at_path(&["spec", "scaleTargetRef"]) else { continue };
        let (Some((kind, _)), Some((name, node))) = (text(target, "kind"), text(target, "name")) else { continue };
        let namespace = autoscaler.namespace;
        if set.find(kind, namespace, name).is_none() {
            out.missing(autoscaler, node, "spec.scaleTargetRef.name", &Target { kind, namespace, name });
        }
    }
}
