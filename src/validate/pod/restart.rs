//! Rules for restart policies of containers, and for whether a resize restarts them.

use crate::validate::look::{count, items, one_of, required_text, set, text};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

const POLICIES: &[&str] = &["Always", "OnFailure", "Never"];

/// Checks `restartPolicy` and `restartPolicyRules` of a container.
pub fn check(container: &Node, is_main: bool, path: &Path<'_>, out: &mut Findings) {
    let policy = set(container, "restartPolicy");
    let field = path.field("restartPolicy");
    // In Kubernetes 1.34 and older, its only use is to mark sidecars among init containers.
    if !out.since(35) {
        match policy {
            Some(node) if is_main => out.forbidden(node, &field, "`restartPolicy` is allowed only in init containers"),
            Some(_) => one_of(container, "restartPolicy", &["Always"], path, out),
            None => {}
        }
        return;
    }
    one_of(container, "restartPolicy", POLICIES, path, out);
    let list = path.field("restartPolicyRules");
    let rules = count(container, "restartPolicyRules");
    if rules > 0 && policy.is_none() {
        out.required(container, &field, "`restartPolicyRules` requires `restartPolicy`");
    }
    if rules > 20 {
        out.too_long(container, &list, format!("`restartPolicyRules` must have at most 20 items, found {rules}"));
    }
    for (at, rule) in items(container, "restartPolicyRules") {
        self::rule(rule, &list.index(at), out);
    }
}

fn rule(rule: &Node, path: &Path<'_>, out: &mut Findings) {
    if required_text(rule, "action", path, out).is_some() {
        one_of(rule, "action", &["Restart", "RestartAllContainers"], path, out);
    }
    let path = path.field("exitCodes");
    let Some(codes) = set(rule, "exitCodes") else { return out.required(rule, &path, "`exitCodes` is required") };
    if required_text(codes, "operator", &path, out).is_some() {
        one_of(codes, "operator", &["In", "NotIn"], &path, out);
    }
    match count(codes, "values") {
        0 => out.required(codes, &path.field("values"), "at least one exit code is required"),
        1..=255 => {}
        many => out.too_long(codes, &path.field("values"), format!("`values` must have at most 255 items, found {many}")),
    }
}

/// Checks `resizePolicy` of a container. The server reports errors at the list, except duplicates.
pub fn resize(container: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if !out.since(33) {
        return;
    }
    let list = path.field("resizePolicy");
    let never = text(spec, "restartPolicy").is_some_and(|(policy, _)| policy == "Never");
    let mut seen: Vec<&str> = Vec::new();
    for (at, policy) in items(container, "resizePolicy") {
        match text(policy, "resourceName") {
            None => out.required(policy, &list, "`resourceName` is required"),
            Some((name, place)) if !matches!(name, "cpu" | "memory") => out.unsupported(place, &list, &["cpu", "memory"]),
            Some((name, place)) if seen.contains(&name) => {
                out.duplicate(place, &list.index(at), format!("`{name}` appears twice"));
            }
            Some((name, _)) => seen.push(name),
        }
        match text(policy, "restartPolicy") {
            None => out.required(policy, &list, "`restartPolicy` is required"),
            Some(("NotRequired", _)) => {}
            Some(("RestartContainer", place)) if never => {
                out.invalid(place, &list, "must be `NotRequired` when the pod has `restartPolicy: Never`");
            }
            Some(("RestartContainer", _)) => {}
            Some((_, place)) => out.unsupported(place, &list, &["NotRequired", "RestartContainer"]),
        }
    }
}
