//! A disruption budget does not allow any pod to be evicted, so nodes can't be drained and node upgrades hang.
//!
//! Either the budget forbids evictions (`maxUnavailable: 0` or `minAvailable: 100%`), or it requires as many available pods as
//! there are. Allow at least one eviction: add replicas, or set `maxUnavailable: 1`.

use super::set::Object;
use super::{Lint, Reporter, Set};
use crate::validate::look::{as_int, as_text, set as field};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "blocked-evictions", file: include_str!("blocked_evictions.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for budget in set.of_kind("PodDisruptionBudget") {
        let Some(spec) = field(budget.node, "spec") else { continue };
        if let Some(node) =
            field(spec, "maxUnavailable").filter(|node| share(node) == Some(Share::Number(0)) || percent(node) == Some(0))
        {
            out.warn(budget, node, "spec.maxUnavailable", "the budget does not allow any evictions", "set `maxUnavailable: 1`");
        }
        let Some(Protected { workloads, fewest, node, least }) = protected(budget, set) else { continue };
        let scaled = workloads.iter().any(|workload| set.autoscaler(workload).is_some());
        if percent(node) == Some(100) || (fewest > 0 && least >= fewest && !scaled) {
            let message = format!("the budget requires {least} available pods of {fewest}, so it does not allow any evictions");
            out.warn(budget, node, "spec.minAvailable", message, "add replicas, or set `maxUnavailable: 1`");
        }
    }
}

/// The pods that a budget with `minAvailable` protects.
pub struct Protected<'s, 'n> {
    /// The workloads of its pods.
    pub workloads: Vec<&'s Object<'n>>,
    /// Their minimum number of pods in total.
    pub fewest: i64,
    /// The value of `minAvailable`.
    pub node: &'n Node,
    /// The number of pods that this requires.
    pub least: i64,
}

/// The pods that a budget protects with `minAvailable`; `None` if their number is not known.
pub fn protected<'s, 'n>(budget: &Object<'n>, set: &'s Set<'n>) -> Option<Protected<'s, 'n>> {
    let spec = field(budget.node, "spec")?;
    let node = field(spec, "minAvailable")?;
    let pods = set.selected(budget.namespace, field(spec, "selector")?)?;
    let workloads: Vec<_> = pods.iter().filter_map(|pod| set.owner(pod)).collect();
    let numbers: Option<Vec<i64>> = workloads.iter().map(|workload| set.fewest(workload)).collect();
    let numbers = numbers.filter(|numbers| !numbers.is_empty())?;
    let fewest = numbers.into_iter().fold(0, i64::saturating_add);
    let least = match share(node)? {
        Share::Number(number) => number,
        // The controller rounds up.
        Share::Percent(percent) => percent.saturating_mul(fewest).saturating_add(99) / 100,
    };
    Some(Protected { workloads, fewest, node, least })
}

#[derive(PartialEq)]
enum Share {
    Number(i64),
    Percent(i64),
}

fn share(node: &Node) -> Option<Share> {
    as_int(node).map(Share::Number).or_else(|| percent(node).map(Share::Percent))
}

fn percent(node: &Node) -> Option<i64> {
    as_text(node)?.strip_suffix('%')?.parse().ok()
}
