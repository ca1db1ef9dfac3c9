//! Rules for label selectors and node selectors, and matching of label selectors.
//!
//! Behavior: apimachinery's `ValidateLabelSelector` and core's `ValidateNodeSelector`.

use super::findings::Findings;
use super::look::{as_text, entries, items, set, text};
use super::metadata::labels;
use super::names;
use super::path::Path;
use crate::yaml::Node;

const OPERATORS: &[&str] = &["In", "NotIn", "Exists", "DoesNotExist"];
const NODE_OPERATORS: &[&str] = &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];

/// Checks a label selector (`matchLabels`, `matchExpressions`).
pub fn label_selector(selector: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(found) = set(selector, "matchLabels") {
        labels(found, &path.field("matchLabels"), out);
    }
    let list = path.field("matchExpressions");
    for (at, expression) in items(selector, "matchExpressions") {
        let path = list.index(at);
        requirement(expression, OPERATORS, &path, out);
        values(expression, &path, out);
    }
}

/// Checks the operator, the key, and the number of values that the operator requires.
fn requirement(expression: &Node, operators: &[&str], path: &Path<'_>, out: &mut Findings) {
    let count = items(expression, "values").count();
    let values = set(expression, "values").unwrap_or(expression);
    let field = path.field("values");
    match text(expression, "operator").map(|(operator, _)| operator) {
        Some("In" | "NotIn") if count == 0 => out.required(values, &field, "the operators `In` and `NotIn` require `values`"),
        Some("Exists" | "DoesNotExist") if count > 0 => {
            out.forbidden(values, &field, "`values` is not allowed with the operators `Exists` and `DoesNotExist`");
        }
        Some("Gt" | "Lt") if operators.contains(&"Gt") && count != 1 => {
            out.required(values, &field, "the operators `Gt` and `Lt` require exactly one value");
        }
        Some(operator) if operators.contains(&operator) => {}
        found => {
            let place = set(expression, "operator").unwrap_or(expression);
            let message = match found {
                Some(operator) => {
                    format!("the operator `{operator}` is not supported; expected one of `{}`", operators.join("`, `"))
                }
                None => format!("`operator` is required; expected one of `{}`", operators.join("`, `")),
            };
            out.invalid(place, &path.field("operator"), message);
        }
    }
    let key = text(expression, "key").map_or("", |(key, _)| key);
    if let Err(cause) = names::qualified_name(key) {
        out.invalid(
            set(expression, "key").unwrap_or(expression),
            &path.field("key"),
            format!("`{key}` is not a valid key: {cause}"),
        );
    }
}

/// Checks that the values are valid label values.
fn values(expression: &Node, path: &Path<'_>, out: &mut Findings) {
    let field = path.field("values");
    for (at, value) in items(expression, "values") {
        let found = as_text(value).unwrap_or("");
        if let Err(cause) = names::label_value(found) {
            out.invalid(value, &field.index(at), format!("the value `{found}` {cause}"));
        }
    }
}

/// Checks a node selector: at least one term.
pub fn node_selector(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("nodeSelectorTerms");
    if items(node, "nodeSelectorTerms").next().is_none() {
        out.required(set(node, "nodeSelectorTerms").unwrap_or(node), &list, "at least one term is required");
    }
    for (at, term) in items(node, "nodeSelectorTerms") {
        let path = list.index(at);
        preferred_node_selector_term(term, &path, out);
        // Kubernetes 1.33 and older do not check the values.
        if out.since(34) {
            let list = path.field("matchExpressions");
            items(term, "matchExpressions").for_each(|(at, expression)| values(expression, &list.index(at), out));
        }
    }
}

/// Checks a term of a node selector that is a preference, whose values can be anything.
pub fn preferred_node_selector_term(term: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("matchExpressions");
    for (at, expression) in items(term, "matchExpressions") {
        requirement(expression, NODE_OPERATORS, &list.index(at), out);
    }
    let list = path.field("matchFields");
    for (at, field) in items(term, "matchFields") {
        field_requirement(field, &list.index(at), out);
    }
}

/// Checks a requirement on a field of the node, which can only be its name.
fn field_requirement(field: &Node, path: &Path<'_>, out: &mut Findings) {
    if !matches!(text(field, "operator"), Some(("In" | "NotIn", _))) {
        let place = set(field, "operator").unwrap_or(field);
        out.invalid(place, &path.field("operator"), "the operator must be `In` or `NotIn`");
    } else if items(field, "values").count() != 1 {
        out.required(set(field, "values").unwrap_or(field), &path.field("values"), "exactly one value is required");
    }
    if text(field, "key").is_none_or(|(key, _)| key != "metadata.name") {
        let place = set(field, "key").unwrap_or(field);
        return out.invalid(place, &path.field("key"), "the only supported field is `metadata.name`");
    }
    let list = path.field("values");
    for (at, value) in items(field, "values") {
        let name = as_text(value).unwrap_or("");
        if let Err(cause) = names::dns_subdomain(name) {
            out.invalid(value, &list.index(at), format!("`{name}` {cause}"));
        }
    }
}

/// Whether a label selector matches labels; both are nodes of an object.
pub fn matches(selector: &Node, labels: Option<&Node>) -> bool {
    let value = |key: &str| labels.and_then(|labels| labels.get(key)).map(|value| as_text(value).unwrap_or(""));
    let matches_label = |entry: &crate::yaml::Entry| value(&entry.key.text) == Some(as_text(&entry.value).unwrap_or(""));
    let all_expressions = items(selector, "matchExpressions").all(|(_, expression)| {
        let found = text(expression, "key").and_then(|(key, _)| value(key));
        expression_matches(expression, found)
    });
    entries(selector, "matchLabels").all(matches_label) && all_expressions
}

/// Whether an item of `matchExpressions` matches the value of its label.
pub fn expression_matches(expression: &Node, found: Option<&str>) -> bool {
    let listed = |found: &str| items(expression, "values").any(|(_, value)| as_text(value) == Some(found));
    match text(expression, "operator").map(|(operator, _)| operator) {
        Some("In") => found.is_some_and(listed),
        Some("NotIn") => !found.is_some_and(listed),
        Some("Exists") => found.is_some(),
        Some("DoesNotExist") => found.is_none(),
        _ => true,
    }
}

/// Whether a selector is empty.
pub fn is_empty(selector: &Node) -> bool {
    entries(selector, "matchLabels").next().is_none() && items(selector, "matchExpressions").next().is_none()
}
