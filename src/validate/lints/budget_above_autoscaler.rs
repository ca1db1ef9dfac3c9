//! A disruption budget requires as many pods as the minimum of the autoscaler, so at low load no pod can be evicted.
//!
//! When the autoscaler scales down to `minReplicas`, the budget does not allow any evictions, and nodes can't be drained. Raise
//! `minReplicas`, or set `maxUnavailable: 1`.

use super::blocked_evictions::{Protected, protected};
use super::{Lint, Reporter, Set};

/// The lint.
pub const LINT: Lint = Lint { code: "budget-above-autoscaler", file: include_str!("budget_above_autoscaler.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for budget in set.of_kind("PodDisruptionBudget") {
        let Some(Protected { workloads, fewest, node, least }) = protected(budget, set) else { continue };
        let Some(autoscaler) = workloads.iter().find_map(|workload| set.autoscaler(workload)) else { continue };
        if fewest > 0 && least >= fewest {
            let message = format!("the budget requires {least} available pods, but {} can scale down to {fewest}", autoscaler.id);
            out.warn(budget, node, "spec.minAvailable", message, "raise `minReplicas`, or set `maxUnavailable: 1`");
        }
    }
}
