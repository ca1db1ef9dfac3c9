//! Rules for ResourceQuotas: resources, amounts, and scopes.
//!
//! Behavior: `ValidateResourceQuota` in `pkg/apis/core/validation`.

use rustc_hash::FxHashSet;

use super::look::{amount, as_text, count, entries, is_whole, items, set, text, texts};
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

/// Rules for ResourceQuotas.
pub const RULES: &[Rule] = &[Rule { group: "", kinds: &["ResourceQuota"], check: quota }];

/// Resources that are counted in whole numbers.
const COUNTED: &[&str] = &[
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

const COMPUTE: &[&str] = &["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];

const OTHERS: &[&str] = &["ephemeral-storage", "requests.storage", "requests.ephemeral-storage", "limits.ephemeral-storage"];

const SCOPES: &[&str] = &[
    "BestEffort",
    "CrossNamespacePodAffinity",
    "NotBestEffort",
    "NotTerminating",
    "PriorityClass",
    "Terminating",
    "VolumeAttributesClass",
];

const CONFLICTS: [(&str, &str); 2] = [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")];

fn quota(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    let hard = path.field("hard");
    for entry in entries(spec, "hard") {
        let name = entry.key.text.as_str();
        let path = hard.key(name);
        if let Err(cause) = resource_name(name) {
            let near = crate::diagnostic::did_you_mean(name, COUNTED.iter().chain(COMPUTE).chain(OTHERS).copied());
            let error =
                crate::diagnostic::Diagnostic::error("invalid-value", format!("`{name}` is not a valid resource: {cause}"));
            out.push(error.at(entry.key.span()).help_if(near.map(|near| format!("did you mean `{near}`?"))), path.to_string());
        }
        match amount(&entry.value) {
            Some(value) if value < 0.0 => {
                out.invalid(&entry.value, &path, format!("the amount of `{name}` must not be negative"))
            }
            Some(value) if is_counted(name) && !is_whole(value) => {
                out.invalid(&entry.value, &path, format!("the amount of `{name}` must be an integer"));
            }
            _ => {}
        }
    }
    scopes(spec, &path, out);
    scope_selector(spec, &path, out);
}

fn is_standard(name: &str) -> bool {
    let huge = name.strip_prefix("requests.").unwrap_or(name).starts_with("hugepages-");
    huge || COUNTED.contains(&name) || COMPUTE.contains(&name) || OTHERS.contains(&name)
}

fn resource_name(name: &str) -> Result<(), String> {
    names::qualified_name(name)?;
    if name.contains('/') || is_standard(name) {
        Ok(())
    } else {
        Err("must be a standard resource for quotas, or have a domain".into())
    }
}

/// Whether a resource is counted in whole numbers: object counts and extended resources.
fn is_counted(name: &str) -> bool {
    let extended = name.contains('/') && !name.contains("kubernetes.io/") && !name.starts_with("requests.");
    extended || COUNTED.contains(&name)
}

/// Whether a quota with a scope can limit a resource.
fn is_limited_by(scope: &str, resource: &str) -> bool {
    match scope {
        "BestEffort" => resource == "pods",
        "Terminating" | "NotTerminating" | "NotBestEffort" | "PriorityClass" | "CrossNamespacePodAffinity" => {
            resource == "pods" || COMPUTE.contains(&resource)
        }
        _ => true,
    }
}

/// A resource of the quota that a scope does not support.
fn outside_scope<'n>(spec: &'n Node, scope: &str) -> Option<&'n str> {
    let mut limited = entries(spec, "hard").map(|entry| entry.key.text.as_str());
    limited.find(|name| is_standard(name) && !is_limited_by(scope, name))
}

fn scopes(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("scopes");
    let mut seen = FxHashSet::default();
    for (_, scope, place) in texts(spec, "scopes").filter(|(_, scope, _)| seen.insert(*scope)) {
        if !SCOPES.contains(&scope) {
            out.invalid(place, &path, format!("the scope `{scope}` is not supported"));
        } else if let Some(resource) = outside_scope(spec, scope) {
            out.invalid(place, &path, format!("a quota with the scope `{scope}` can't limit `{resource}`"));
        }
    }
    let all: Vec<&str> = texts(spec, "scopes").map(|(_, scope, _)| scope).collect();
    conflicts(&all, set(spec, "scopes").unwrap_or(spec), &path, out);
}

fn conflicts(scopes: &[&str], place: &Node, path: &Path<'_>, out: &mut Findings) {
    for (one, other) in CONFLICTS {
        if scopes.contains(&one) && scopes.contains(&other) {
            out.invalid(place, path, format!("the scopes `{one}` and `{other}` are mutually exclusive"));
        }
    }
}

fn scope_selector(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(selector) = set(spec, "scopeSelector") else { return };
    let path = path.field("scopeSelector");
    let path = path.field("matchExpressions");
    let mut scopes = Vec::new();
    let mut seen = FxHashSet::default();
    for (_, expression) in items(selector, "matchExpressions") {
        let scope = text(expression, "scopeName").map_or("", |(scope, _)| scope);
        scopes.push(scope);
        let place = set(expression, "scopeName").unwrap_or(expression);
        if !SCOPES.contains(&scope) {
            out.invalid(place, &path.field("scopeName"), format!("the scope `{scope}` is not supported"));
        } else if let Some(resource) =
            Some(scope).filter(|scope| seen.insert(*scope)).and_then(|scope| outside_scope(spec, scope))
        {
            out.invalid(place, &path, format!("a quota with the scope `{scope}` can't limit `{resource}`"));
        }
        operator(expression, scope, &path, out);
    }
    conflicts(&scopes, selector, &path, out);
}

fn operator(expression: &Node, scope: &str, path: &Path<'_>, out: &mut Findings) {
    let found = set(expression, "operator");
    let operator = found.and_then(as_text).unwrap_or("");
    let place = found.unwrap_or(expression);
    let by_value = matches!(scope, "PriorityClass" | "VolumeAttributesClass");
    if SCOPES.contains(&scope) && !by_value && operator != "Exists" {
        let message = format!("the scope `{scope}` requires `operator: Exists`");
        return out.invalid(place, &path.field("operator"), message);
    }
    let values = path.field("values");
    match operator {
        "In" | "NotIn" if count(expression, "values") == 0 => {
            out.required(expression, &values, format!("`operator: {operator}` requires at least one value"));
        }
        "Exists" | "DoesNotExist" if count(expression, "values") > 0 => {
            let place = set(expression, "values").unwrap_or(expression);
            out.invalid(place, &values, format!("`values` is not allowed with `operator: {operator}`"));
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ => out.invalid(place, &path.field("operator"), format!("the operator `{operator}` is not supported")),
    }
}
