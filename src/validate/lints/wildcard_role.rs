//! A role allows everything: `*` stands among its verbs or its resources.
//!
//! It then also covers what is added to the cluster later, Secrets and escalation of rights among them. Name the verbs and resources that
//! are used. Where all are meant, say so in an annotation of the role, `ignore-check.render.dev/wildcard-role: backs up everything`, or
//! under `silence` in `.render.yaml`.

use super::{Lint, Set, Told};
use crate::validate::look::{as_text, items};

/// The lint.
pub const LINT: Lint = Lint { code: "wildcard-role", file: include_str!("wildcard_role.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for role in ["Role", "ClusterRole"].iter().flat_map(|kind| set.of_kind(kind)) {
        for (rule_at, rule) in items(role.node, "rules") {
            for (list, what) in [("verbs", "all verbs"), ("resources", "all resources")] {
                if let Some((at, node)) = items(rule, list).find(|(_, word)| as_text(word) == Some("*")) {
                    let field = format!("rules[{rule_at}].{list}[{at}]");
                    told.warn(role, node, field, format!("the role allows {what}"), "name those that are used");
                }
            }
        }
    }
}
