//! Rules that webhooks and admission policies share: groups, versions, resources, operations, and match conditions.
//!
//! Behavior: `validateRuleWithOperations` and `validateMatchConditions` in `pkg/apis/admissionregistration/validation`.

use rustc_hash::FxHashSet;

use super::expressions::compile;
use super::look::{choice, count, items, required_text, set, text, texts};
use super::{Findings, Path, names};
use crate::cel::check::Checked;
use crate::cel::environment::Environment;
use crate::cel::types::Type;
use crate::yaml::Node;

const OPERATIONS: &[&str] = &["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];

/// Checks a rule with its operations.
pub fn rule(rule: &Node, path: &Path<'_>, out: &mut Findings) {
    let operations = path.field("operations");
    for (field, what) in [("operations", "operations"), ("apiGroups", "API groups"), ("apiVersions", "API versions")] {
        not_empty(rule, field, path, out);
        let stars = texts(rule, field).any(|(_, value, _)| value == "*");
        if let Some(place) = set(rule, field).filter(|_| stars && count(rule, field) > 1) {
            out.invalid(place, &path.field(field), format!("no other {what} are allowed together with `*`"));
        }
    }
    for (at, operation, place) in texts(rule, "operations") {
        if !OPERATIONS.contains(&operation) {
            out.unsupported(place, &operations.index(at), OPERATIONS);
        }
    }
    let versions = path.field("apiVersions");
    for (at, _, place) in texts(rule, "apiVersions").filter(|(_, version, _)| version.is_empty()) {
        out.required(place, &versions.index(at), "the version must not be empty");
    }
    resources(rule, path, out);
    choice(rule, "scope", &["*", "Cluster", "Namespaced"], path, out);
}

fn not_empty(rule: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    if count(rule, field) == 0 {
        out.required(set(rule, field).unwrap_or(rule), &path.field(field), format!("`{field}` requires at least one item"));
    }
}

fn resources(rule: &Node, path: &Path<'_>, out: &mut Findings) {
    not_empty(rule, "resources", path, out);
    let path = path.field("resources");
    let (mut all_of, mut in_all) = (FxHashSet::default(), FxHashSet::default());
    let (mut star, mut double_star, mut plain) = (false, false, false);
    for (at, resource, place) in texts(rule, "resources") {
        if resource.is_empty() {
            out.required(place, &path.index(at), "the resource must not be empty");
            continue;
        }
        star |= resource == "*";
        double_star |= resource == "*/*";
        let Some((name, part)) = resource.split_once('/') else {
            plain = resource != "*";
            continue;
        };
        if all_of.contains(name) {
            out.invalid(place, &path.index(at), format!("`{resource}` is already covered by `{name}/*`"));
        }
        if in_all.contains(part) {
            out.invalid(place, &path.index(at), format!("`{resource}` is already covered by `*/{part}`"));
        }
        if part == "*" {
            all_of.insert(name);
        }
        if name == "*" {
            in_all.insert(part);
        }
    }
    let place = set(rule, "resources").unwrap_or(rule);
    if double_star && count(rule, "resources") > 1 {
        out.invalid(place, &path, "no other resources are allowed together with `*/*`");
    }
    if star && plain {
        out.invalid(place, &path, "no other resources without subresources are allowed together with `*`");
    }
}

/// Checks `matchConditions`.
pub fn match_conditions(node: &Node, environment: &Environment, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("matchConditions");
    if count(node, "matchConditions") > 64 {
        let place = set(node, "matchConditions").unwrap_or(node);
        out.too_long(place, &list, "must have at most 64 items");
    }
    let mut seen = FxHashSet::default();
    for (at, condition) in items(node, "matchConditions") {
        let path = list.index(at);
        expression(condition, "expression", &[Type::Bool], environment, &path, out);
        let Some((name, place)) = required_text(condition, "name", &path, out) else { continue };
        if let Err(cause) = names::qualified_name(name) {
            out.invalid(place, &path.field("name"), format!("`{name}` is not a valid name: {cause}"));
        }
        if !seen.insert(name) {
            out.duplicate(place, &path.field("name"), format!("the name `{name}` appears twice"));
        }
    }
}

/// Checks a required CEL expression. Any type is allowed if `wanted` is empty.
pub fn expression(
    node: &Node,
    field: &str,
    wanted: &[Type],
    environment: &Environment,
    path: &Path<'_>,
    out: &mut Findings,
) -> Option<Checked> {
    let path = path.field(field);
    let Some((found, place)) = text(node, field).filter(|(found, _)| !found.trim().is_empty()) else {
        out.required(set(node, field).unwrap_or(node), &path, format!("`{field}` is required"));
        return None;
    };
    compile(found, wanted, environment).map_err(|cause| out.invalid(place, &path, cause)).ok()
}
