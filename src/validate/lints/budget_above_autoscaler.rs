//! A disruption budget wants as many pods as the autoscaler's minimum: in quiet times no pod could be evicted.
//!
//! When the autoscaler has gone down to `minReplicas`, the budget allows no eviction any more, and nodes can't be drained. Raise
//! `minReplicas`, or say `maxUnavailable: 1`.

use super::blocked_evictions::{Protected, protected};
use super::{Lint, Set, Told};

/// The lint.
pub const LINT: Lint = Lint { code: "budget-above-autoscaler", file: include_str!("budget_above_autoscaler.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for budget in set.of_kind("PodDisruptionBudget") {
        let Some(Protected { workloads, fewest, node, least }) = protected(budget, set) else { continue };
        let Some(autoscaler) = workloads.iter().find_map(|workload| set.autoscaler(workload)) else { continue };
        if fewest > 0 && least >= fewest {
            let message = format!("{least} pods must be available, but {} may go down to {fewest}", autoscaler.id);
            told.warn(budget, node, "spec.minAvailable", message, "raise `minReplicas`, or say `maxUnavailable: 1`");
        }
    }
}
