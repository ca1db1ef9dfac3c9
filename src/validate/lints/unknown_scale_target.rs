//! The target of a HorizontalPodAutoscaler does not exist, so the autoscaler has no effect.
//!
//! Compare `kind` and `name` in `scaleTargetRef` with those of the workload; both objects must be in the same namespace. If the
//! workload is created elsewhere, silence the finding with an annotation on the autoscaler,
//! `ignore-check.render.dev/unknown-scale-target: created by the operator`, or with an entry under `silence` in `.render.yaml`.

use super::unknown_reference::missing;
use super::{Lint, Reporter, Set};
use crate::references::is_custom;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-scale-target", file: include_str!("unknown_scale_target.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    missing(set, out, |object, _| object.kind == "HorizontalPodAutoscaler" && !is_custom(object.group));
}
