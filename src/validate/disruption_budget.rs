//! Rules for PodDisruptionBudgets. Behavior: `ValidatePodDisruptionBudgetSpec` in `pkg/apis/policy/validation`.

use super::look::{choice, set};
use super::selectors::label_selector;
use super::workloads::amount_or_percent;
use super::{Findings, Path, Rule};
use crate::yaml::Node;

/// Rules for PodDisruptionBudgets.
pub const RULES: &[Rule] = &[Rule { group: "policy", kinds: &["PodDisruptionBudget"], check: disruption_budget }];

fn disruption_budget(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    if let (Some(_), Some(second)) = (set(spec, "minAvailable"), set(spec, "maxUnavailable")) {
        out.invalid(second, &path, "`minAvailable` and `maxUnavailable` are mutually exclusive");
    }
    for field in ["minAvailable", "maxUnavailable"] {
        amount_or_percent(spec, field, 100, &path, out);
    }
    if let Some(selector) = set(spec, "selector") {
        label_selector(selector, &path.field("selector"), out);
    }
    choice(spec, "unhealthyPodEvictionPolicy", &["AlwaysAllow", "IfHealthyBudget"], &path, out);
}
