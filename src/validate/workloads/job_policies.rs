//! Rules for `podFailurePolicy` and `successPolicy` of Jobs.

use rustc_hash::FxHashSet;

use super::indexes;
use crate::validate::look::{as_int, as_text, count, int, items, one_of, required_text, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// Checks `podFailurePolicy` of a Job's spec.
pub fn failure_policy(policy: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("rules");
    at_most(policy, "rules", 20, &list, out);
    for (at, rule) in items(policy, "rules") {
        let path = list.index(at);
        if let Some((action, place)) = required_text(rule, "action", &path, out) {
            one_of(rule, "action", &["FailJob", "FailIndex", "Ignore", "Count"], &path, out);
            if action == "FailIndex" && set(spec, "backoffLimitPerIndex").is_none() {
                out.invalid(place, &path.field("action"), "`FailIndex` requires `backoffLimitPerIndex`");
            }
        }
        let codes = set(rule, "onExitCodes");
        let conditions = count(rule, "onPodConditions");
        match (codes, conditions) {
            (None, 0) => out.invalid(rule, &path, "one of `onExitCodes` or `onPodConditions` is required"),
            (Some(_), 1..) => out.invalid(rule, &path, "`onExitCodes` and `onPodConditions` are mutually exclusive"),
            _ => {}
        }
        if let Some(codes) = codes {
            exit_codes(codes, spec, &path.field("onExitCodes"), out);
        }
        pod_conditions(rule, &path.field("onPodConditions"), out);
    }
}

fn exit_codes(codes: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let operator = required_text(codes, "operator", path, out).map(|(operator, _)| operator);
    one_of(codes, "operator", &["In", "NotIn"], path, out);
    if let Some((name, place)) = set(codes, "containerName").and_then(|node| Some((as_text(node)?, node)))
        && !has_container(spec, name)
    {
        out.invalid(place, &path.field("containerName"), format!("the template has no container `{name}`"));
    }
    let list = path.field("values");
    if count(codes, "values") == 0 {
        out.invalid(set(codes, "values").unwrap_or(codes), &list, "at least one exit code is required");
    }
    at_most(codes, "values", 255, &list, out);
    let mut seen = FxHashSet::default();
    let mut last = i64::MIN;
    let mut ordered = true;
    for (at, (value, node)) in items(codes, "values").map(|(at, node)| (at, (as_int(node).unwrap_or(0), node))) {
        if operator == Some("In") && value == 0 {
            out.invalid(node, &list.index(at), "0 is not allowed with the operator `In`, because it is not a failure");
        }
        if !seen.insert(value) {
            out.duplicate(node, &list.index(at), format!("{value} appears twice"));
        }
        ordered &= last <= value;
        last = value;
    }
    if !ordered {
        out.invalid(set(codes, "values").unwrap_or(codes), &list, "the exit codes must be in ascending order");
    }
}

fn has_container(spec: &Node, name: &str) -> bool {
    let pod = spec.at_path(&["template", "spec"]);
    let lists = pod.into_iter().flat_map(|pod| ["containers", "initContainers"].map(|field| items(pod, field)));
    lists.flatten().any(|(_, container)| text(container, "name").is_some_and(|(other, _)| other == name))
}

fn pod_conditions(rule: &Node, list: &Path<'_>, out: &mut Findings) {
    at_most(rule, "onPodConditions", 20, list, out);
    for (at, pattern) in items(rule, "onPodConditions") {
        let path = list.index(at);
        let kind = text(pattern, "type").map_or("", |(kind, _)| kind);
        if let Err(cause) = names::qualified_name(kind) {
            out.invalid(
                set(pattern, "type").unwrap_or(pattern),
                &path.field("type"),
                format!("`{kind}` is not a valid condition type: {cause}"),
            );
        }
        // The default is `True`.
        one_of(pattern, "status", &["True", "False", "Unknown"], &path, out);
    }
}

/// Checks `successPolicy` of an indexed Job's spec.
pub fn success_policy(policy: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("rules");
    if count(policy, "rules") == 0 {
        out.required(set(policy, "rules").unwrap_or(policy), &list, "at least one rule is required");
    }
    at_most(policy, "rules", 20, &list, out);
    let completions = int(spec, "completions").map_or(1, |(number, _)| number);
    for (at, rule) in items(policy, "rules") {
        let path = list.index(at);
        let listed = set(rule, "succeededIndexes");
        let count = int(rule, "succeededCount");
        if listed.is_none() && count.is_none() {
            out.required(rule, &path, "one of `succeededCount` or `succeededIndexes` is required");
        }
        let parsed = listed.map(|node| (indexes::count(as_text(node).unwrap_or(""), completions), node));
        if let Some((Err(cause), node)) = &parsed {
            out.invalid(node, &path.field("succeededIndexes"), cause.clone());
        }
        let listed = parsed.and_then(|(count, _)| count.ok()).unwrap_or(i64::MAX);
        let most = completions.min(listed);
        if let Some((number, place)) = count.filter(|(number, _)| !(0..=most).contains(number)) {
            out.invalid(
                place,
                &path.field("succeededCount"),
                format!("`succeededCount` must be between 0 and {most}, found {number}"),
            );
        }
    }
}

fn at_most(node: &Node, field: &str, most: usize, path: &Path<'_>, out: &mut Findings) {
    let found = count(node, field);
    if found > most {
        let place = set(node, field).unwrap_or(node);
        out.too_long(place, path, format!("`{field}` must have at most {most} items, found {found}"));
    }
}
