//! Label selectors, node selectors, and selectors that must match a template's labels.
//!
//! Behaviour: apimachinery's `ValidateLabelSelector` and core's `ValidateNodeSelector`.

use super::findings::Findings;
use super::look::{as_text, entries, items, set, text};
use super::metadata::labels;
use super::names;
use super::path::Path;
use crate::yaml::Node;

/// Checks a label selector (`matchLabels`, `matchExpressions`).
pub fn label_selector(selector: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(found) = set(selector, "matchLabels") {
        labels(found, &path.field("matchLabels"), out);
    }
    let list = path.field("matchExpressions");
    for (at, expression) in items(selector, "matchExpressions") {
        requirement(expression, &["In", "NotIn", "Exists", "DoesNotExist"], &list.index(at), out);
    }
}

fn requirement(expression: &Node, operators: &[&str], path: &Path<'_>, out: &mut Findings) {
    let values = items(expression, "values").count();
    let operator = text(expression, "operator");
    let field = path.field("values");
    match operator.map(|(operator, _)| operator) {
        Some("In" | "NotIn") if values == 0 => {
            out.required(expression, &field, "`values` must be set when `operator` is `In` or `NotIn`");
        }
        Some("Exists" | "DoesNotExist") if values > 0 => {
            out.forbidden(
                set(expression, "values").unwrap_or(expression),
                &field,
                "`values` must not be set with `Exists` or `DoesNotExist`",
            );
        }
        Some("Gt" | "Lt") if operators.contains(&"Gt") && values != 1 => {
            out.required(expression, &field, "exactly one value is needed with `Gt` or `Lt`");
        }
        Some(operator) if operators.contains(&operator) => {}
        _ => out.invalid(set(expression, "operator").unwrap_or(expression), &path.field("operator"), "the operator is unknown"),
    }
    let key = text(expression, "key").map_or("", |(key, _)| key);
    if let Err(cause) = names::qualified_name(key) {
        out.invalid(set(expression, "key").unwrap_or(expression), &path.field("key"), format!("the key `{key}`: {cause}"));
    }
    for (at, value) in items(expression, "values") {
        if let Some(Err(cause)) = as_text(value).map(names::label_value) {
            out.invalid(value, &field.index(at), format!("the value {cause}"));
        }
    }
}

/// Checks a node selector term by term.
pub fn node_selector_term(term: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("matchExpressions");
    for (at, expression) in items(term, "matchExpressions") {
        requirement(expression, &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"], &list.index(at), out);
    }
    let list = path.field("matchFields");
    for (at, field) in items(term, "matchFields") {
        let path = list.index(at);
        if !matches!(text(field, "operator"), Some(("In" | "NotIn", _))) {
            out.invalid(
                set(field, "operator").unwrap_or(field),
                &path.field("operator"),
                "only `In` and `NotIn` are allowed for fields",
            );
        } else if items(field, "values").count() != 1 {
            out.required(field, &path.field("values"), "exactly one value is needed");
        }
        if text(field, "key").is_none_or(|(key, _)| key != "metadata.name") {
            out.invalid(set(field, "key").unwrap_or(field), &path.field("key"), "only the field `metadata.name` is allowed");
        }
    }
}

/// Whether a label selector matches labels. Both are as they stand in an object.
pub fn matches(selector: &Node, labels: Option<&Node>) -> bool {
    let value = |key: &str| labels.and_then(|labels| labels.get(key)).map(|value| as_text(value).unwrap_or(""));
    let all_labels = entries(selector, "matchLabels").all(|entry| value(&entry.key.text) == as_text(&entry.value));
    let all_expressions = items(selector, "matchExpressions").all(|(_, expression)| {
        let found = text(expression, "key").and_then(|(key, _)| value(key));
        let listed = |found: &str| items(expression, "values").any(|(_, value)| as_text(value) == Some(found));
        match text(expression, "operator").map(|(operator, _)| operator) {
            Some("In") => found.is_some_and(listed),
            Some("NotIn") => !found.is_some_and(listed),
            Some("Exists") => found.is_some(),
            Some("DoesNotExist") => found.is_none(),
            _ => true,
        }
    });
    all_labels && all_expressions
}

/// Whether a selector says nothing.
pub fn is_empty(selector: &Node) -> bool {
    entries(selector, "matchLabels").next().is_none() && items(selector, "matchExpressions").next().is_none()
}
