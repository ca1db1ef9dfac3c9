//! Rules for Roles, ClusterRoles, and their bindings.
//!
//! Behavior: `pkg/apis/rbac/validation`. Verbs, groups, and resources can be any string.

use super::look::{count, form, items, one_of, required_choice, required_form, required_text, set, text};
use super::selectors::label_selector;
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

const GROUP: &str = "rbac.authorization.k8s.io";

/// Rules for RBAC.
pub const RULES: &[Rule] = &[
    Rule { group: GROUP, kinds: &["Role"], check: |node, out| role(node, true, out) },
    Rule { group: GROUP, kinds: &["ClusterRole"], check: cluster_role },
    Rule { group: GROUP, kinds: &["RoleBinding"], check: |node, out| binding(node, &["Role", "ClusterRole"], out) },
    Rule { group: GROUP, kinds: &["ClusterRoleBinding"], check: |node, out| binding(node, &["ClusterRole"], out) },
];

fn cluster_role(node: &Node, out: &mut Findings) {
    role(node, false, out);
    let Some(aggregation) = set(node, "aggregationRule") else { return };
    let path = Path::ROOT.field("aggregationRule");
    let list = path.field("clusterRoleSelectors");
    if count(aggregation, "clusterRoleSelectors") == 0 {
        out.required(aggregation, &list, "at least one selector is required");
    }
    for (at, selector) in items(aggregation, "clusterRoleSelectors") {
        label_selector(selector, &list.index(at), out);
    }
}

fn role(node: &Node, namespaced: bool, out: &mut Findings) {
    let list = Path::ROOT.field("rules");
    for (at, rule) in items(node, "rules") {
        policy_rule(rule, namespaced, &list.index(at), out);
    }
}

fn policy_rule(rule: &Node, namespaced: bool, path: &Path<'_>, out: &mut Findings) {
    let mut requires = |field: &str, what: &str| {
        if count(rule, field) == 0 {
            out.required(set(rule, field).unwrap_or(rule), &path.field(field), format!("at least one {what} is required"));
        }
    };
    requires("verbs", "verb");
    if count(rule, "nonResourceURLs") == 0 {
        requires("apiGroups", "API group (`\"\"` is the core group)");
        requires("resources", "resource");
        return;
    }
    let place = set(rule, "nonResourceURLs").unwrap_or(rule);
    let path = path.field("nonResourceURLs");
    if namespaced {
        out.invalid(place, &path, "`nonResourceURLs` is not allowed in a Role, only in a ClusterRole");
    }
    if ["apiGroups", "resources", "resourceNames"].iter().any(|field| count(rule, field) > 0) {
        out.invalid(place, &path, "resources and `nonResourceURLs` are mutually exclusive in one rule");
    }
}

fn binding(node: &Node, kinds: &[&str], out: &mut Findings) {
    let path = Path::ROOT.field("roleRef");
    // The server treats a missing `roleRef` as one with empty fields.
    match set(node, "roleRef") {
        None => out.required(node, &path.field("name"), "`roleRef` is required"),
        Some(role) => {
            one_of(role, "apiGroup", &[GROUP], &path, out);
            required_choice(role, "kind", kinds, &path, out);
            required_form(role, "name", names::path_segment, &path, out);
        }
    }
    let namespaced = kinds.contains(&"Role");
    let list = Path::ROOT.field("subjects");
    for (at, found) in items(node, "subjects") {
        subject(found, namespaced, &list.index(at), out);
    }
}

fn subject(subject: &Node, namespaced: bool, path: &Path<'_>, out: &mut Findings) {
    required_text(subject, "name", path, out);
    required_choice(subject, "kind", &["ServiceAccount", "User", "Group"], path, out);
    match text(subject, "kind").map(|(kind, _)| kind) {
        Some("ServiceAccount") => {
            form(subject, "name", names::dns_subdomain, path, out);
            if let Some((group, place)) = text(subject, "apiGroup") {
                let error =
                    place.error("unsupported-value", format!("`{group}` is not supported: ServiceAccount is in the core group"));
                out.push(error.help("remove `apiGroup`"), path.field("apiGroup").to_string());
            }
            if !namespaced && text(subject, "namespace").is_none() {
                let place = set(subject, "namespace").unwrap_or(subject);
                out.required(place, &path.field("namespace"), "the ServiceAccount requires `namespace`");
            }
        }
        Some("User" | "Group") => one_of(subject, "apiGroup", &[GROUP], path, out),
        _ => {}
    }
}
