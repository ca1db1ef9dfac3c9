//! Requests and limits: names, quantities, and requests that are no more than limits.

use crate::validate::look::{entries, items, set};
use crate::validate::{Findings, Path, names, quantity};
use crate::yaml::Node;

const STANDARD: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// Checks `resources` of a container.
pub fn check(container: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(resources) = set(container, "resources") else { return };
    let path = path.field("resources");
    for field in ["limits", "requests"] {
        list(resources, field, &path, out);
    }
    let requests = path.field("requests");
    for entry in entries(resources, "requests") {
        let name = entry.key.text.as_str();
        let limit = resources.at_path(&["limits", name]).filter(|limit| !limit.is_null());
        let value = |node: &Node| node.as_scalar().and_then(|scalar| quantity::parse(&scalar.text));
        match (value(&entry.value), limit.and_then(value)) {
            (Some(request), Some(limit)) if is_extended(name) && (request - limit).abs() > f64::EPSILON => {
                out.invalid(&entry.value, &requests, format!("the request of `{name}` must equal its limit"));
            }
            (Some(request), Some(limit)) if request > limit => {
                out.invalid(&entry.value, &requests, format!("the request of `{name}` is more than its limit"));
            }
            (Some(_), None) if is_extended(name) => {
                out.required(
                    &entry.value,
                    &path.field("limits"),
                    format!("the limit of `{name}` must be set beside its request"),
                );
            }
            _ => {}
        }
    }
    claims(resources, &path, out);
}

fn claims(resources: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("claims");
    for (at, claim) in items(resources, "claims") {
        if set(claim, "name").is_none() {
            out.required(claim, &list.index(at).field("name"), "`name` is missing");
        }
    }
}

fn list(resources: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    let path = path.field(field);
    for entry in entries(resources, field) {
        let name = entry.key.text.as_str();
        let path = path.key(name);
        if let Err(cause) = names::qualified_name(name) {
            out.at(entry.key.span, "invalid-value", format!("the resource `{name}`: {cause}"), path.to_string());
        } else if !name.contains('/') && !STANDARD.contains(&name) && !name.starts_with("hugepages-") {
            let near = crate::diagnostic::did_you_mean(name, STANDARD);
            let error = crate::diagnostic::Diagnostic::error("invalid-value", format!("containers have no resource `{name}`"));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            out.push(error.at(entry.key.span).help_if(help), path.to_string());
        }
        amount(&entry.value, name, &path, out);
    }
}

/// Checks an amount of a resource.
pub fn amount(node: &Node, name: &str, path: &Path<'_>, out: &mut Findings) {
    let Some(value) = node.as_scalar().and_then(|scalar| quantity::parse(&scalar.text)) else { return };
    if value < 0.0 {
        out.invalid(node, path, "the amount is negative");
    } else if is_extended(name) && value % 1000.0 != 0.0 {
        out.invalid(node, path, "the amount must be a whole number");
    }
}

/// Whether a resource is counted in whole units that can't be overcommitted.
fn is_extended(name: &str) -> bool {
    name.starts_with("hugepages-")
        || (name.contains('/') && !name.starts_with("kubernetes.io/") && !name.contains(".kubernetes.io/"))
}
