//! A disruption budget lets no pod be evicted: nodes could never be drained, and their upgrade would hang.
//!
//! Either it says so (`maxUnavailable: 0`, `minAvailable: 100%`), or the pods that must be available are all that there are. Leave at
//! least one pod to evict: more replicas, or `maxUnavailable: 1`.

use super::set::Object;
use super::{Lint, Set, Told};
use crate::validate::look::{as_int, as_text, set as field};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "blocked-evictions", file: include_str!("blocked_evictions.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for budget in set.of_kind("PodDisruptionBudget") {
        let Some(spec) = field(budget.node, "spec") else { continue };
        if let Some(node) =
            field(spec, "maxUnavailable").filter(|node| share(node) == Some(Share::Number(0)) || percent(node) == Some(0))
        {
            told.warn(budget, node, "spec.maxUnavailable", "no pod may be evicted", "allow one: `maxUnavailable: 1`");
        }
        let Some(Protected { workloads, fewest, node, least }) = protected(budget, set) else { continue };
        let scaled = workloads.iter().any(|workload| set.autoscaler(workload).is_some());
        if percent(node) == Some(100) || (fewest > 0 && least >= fewest && !scaled) {
            let message = format!("{least} pods must be available, and there are {fewest}: none may be evicted");
            told.warn(budget, node, "spec.minAvailable", message, "have more replicas, or say `maxUnavailable: 1`");
        }
    }
}

/// What a budget with `minAvailable` is about.
pub struct Protected<'s, 'n> {
    /// The workloads of its pods.
    pub workloads: Vec<&'s Object<'n>>,
    /// How few pods they have together.
    pub fewest: i64,
    /// The value of `minAvailable`.
    pub node: &'n Node,
    /// How many pods that is.
    pub least: i64,
}

/// The pods that a budget protects with `minAvailable`; `None` where their number is not known.
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
        // As the controller rounds.
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
