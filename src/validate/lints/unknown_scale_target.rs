//! A HorizontalPodAutoscaler scales something that is not there: it would do nothing.
//!
//! Compare `kind` and `name` of its `scaleTargetRef` with the workload's; both must be in one namespace. Where the workload is made
//! elsewhere, say so in an annotation, `ignore-check.render.dev/unknown-scale-target: made by the operator`, or under `silence` in
//! `.render.yaml`.

use super::told::Wanted;
use super::{Lint, Set, Told};
use crate::validate::look::text;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-scale-target", file: include_str!("unknown_scale_target.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for autoscaler in set.of_kind("HorizontalPodAutoscaler") {
        let Some(target) = autoscaler.node.at_path(&["spec", "scaleTargetRef"]) else { continue };
        let (Some((kind, _)), Some((name, node))) = (text(target, "kind"), text(target, "name")) else { continue };
        let namespace = autoscaler.namespace;
        if set.find(kind, namespace, name).is_none() {
            told.missing(autoscaler, node, "spec.scaleTargetRef.name", &Wanted { kind, namespace, name });
        }
    }
}
