//! A role allows all verbs or all resources: its rules contain `*`.
//!
//! Such a role includes access to Secrets, privilege escalation, and everything that is added to the cluster later. List only the
//! verbs and resources that are used. If all are intended, silence the finding with an annotation on the role,
//! `ignore-check.render.dev/wildcard-role: backs up everything`, or with an entry under `silence` in `.render.yaml`.

use super::{Lint, Reporter, Set};
use crate::validate::look::{as_text, items};

/// The lint.
pub const LINT: Lint = Lint { code: "wildcard-role", file: include_str!("wildcard_role.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for role in ["Role", "ClusterRole"].iter().flat_map(|kind| set.of_kind(kind)) {
        for (rule_at, rule) in items(role.node, "rules") {
            for (list, what) in [("verbs", "all verbs"), ("resources", "all resources")] {
                if let Some((at, node)) = items(rule, list).find(|(_, word)| as_text(word) == Some("*")) {
                    let field = format!("rules[{rule_at}].{list}[{at}]");
                    out.warn(role, node, field, format!("the role allows {what}"), "list only those that are used");
                }
            }
        }
    }
}
