//! Rules for scheduling: node selectors, affinity, and tolerations.

use rustc_hash::FxHashSet;

use crate::validate::look::{self, as_text, count, items, one_of, required_text, set, text};
use crate::validate::metadata::labels;
use crate::validate::selectors::{label_selector, node_selector, preferred_node_selector_term};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Checks `nodeSelector`, `affinity`, and `tolerations` of a pod spec.
pub fn check(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(selector) = set(spec, "nodeSelector") {
        labels(selector, &path.field("nodeSelector"), out);
    }
    if let Some(affinity) = set(spec, "affinity") {
        self::affinity(affinity, &path.field("affinity"), out);
    }
    let list = path.field("tolerations");
    for (at, toleration) in items(spec, "tolerations") {
        self::toleration(toleration, &list.index(at), out);
    }
}

fn affinity(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(found) = set(node, "nodeAffinity") {
        node_affinity(found, &path.field("nodeAffinity"), out);
    }
    for field in ["podAffinity", "podAntiAffinity"] {
        let Some(found) = set(node, field) else { continue };
        let path = path.field(field);
        let list = path.field(REQUIRED);
        for (at, term) in items(found, REQUIRED) {
            pod_term(term, &list.index(at), out);
        }
        let list = path.field(PREFERRED);
        for (at, weighted) in items(found, PREFERRED) {
            let path = list.index(at);
            weight(weighted, &path, out);
            pod_term(set(weighted, "podAffinityTerm").unwrap_or(weighted), &path.field("podAffinityTerm"), out);
        }
    }
}

fn node_affinity(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(required) = set(node, REQUIRED) {
        node_selector(required, &path.field(REQUIRED), out);
    }
    let list = path.field(PREFERRED);
    for (at, preferred) in items(node, PREFERRED) {
        let path = list.index(at);
        weight(preferred, &path, out);
        if let Some(term) = set(preferred, "preference") {
            preferred_node_selector_term(term, &path.field("preference"), out);
        }
    }
}

fn weight(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let found = look::int(node, "weight").map_or(0, |(weight, _)| weight);
    if !(1..=100).contains(&found) {
        let place = set(node, "weight").unwrap_or(node);
        out.invalid(place, &path.field("weight"), format!("`weight` must be between 1 and 100, found {found}"));
    }
}

fn pod_term(term: &Node, path: &Path<'_>, out: &mut Findings) {
    for field in ["labelSelector", "namespaceSelector"] {
        if let Some(selector) = set(term, field) {
            label_selector(selector, &path.field(field), out);
        }
    }
    for (_, namespace) in items(term, "namespaces") {
        let name = as_text(namespace).unwrap_or("");
        if let Err(cause) = names::dns_label(name) {
            // The server uses the singular and no index in this field.
            out.invalid(namespace, &path.field("namespace"), format!("the namespace `{name}` {cause}"));
        }
    }
    if out.since(31) {
        label_keys(term, path, out);
    }
    let key = required_text(term, "topologyKey", path, out);
    if let Some((key, place)) = key
        && let Err(cause) = names::qualified_name(key)
    {
        out.invalid(place, &path.field("topologyKey"), format!("`{key}` is not a valid key: {cause}"));
    }
}

/// Checks `matchLabelKeys` and `mismatchLabelKeys` of a term.
fn label_keys(term: &Node, path: &Path<'_>, out: &mut Findings) {
    let selector = set(term, "labelSelector");
    for field in ["matchLabelKeys", "mismatchLabelKeys"] {
        let list = path.field(field);
        let Some(keys) = set(term, field).filter(|_| count(term, field) > 0) else { continue };
        if selector.is_none() {
            out.forbidden(keys, &list, format!("`{field}` requires `labelSelector`"));
            continue;
        }
        for (at, key) in items(term, field) {
            let name = as_text(key).unwrap_or("");
            if let Err(cause) = names::qualified_name(name) {
                out.invalid(key, &list.index(at), format!("`{name}` is not a valid label key: {cause}"));
            }
        }
    }
    let mismatch: FxHashSet<&str> = items(term, "mismatchLabelKeys").filter_map(|(_, key)| as_text(key)).collect();
    let list = path.field("matchLabelKeys");
    for (at, key) in items(term, "matchLabelKeys") {
        if let Some(name) = as_text(key).filter(|name| mismatch.contains(name)) {
            out.invalid(key, &list.index(at), format!("`{name}` is also in `mismatchLabelKeys`"));
        }
    }
}

fn toleration(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let key = text(node, "key");
    if let Some((key, place)) = key
        && let Err(cause) = names::qualified_name(key)
    {
        out.invalid(place, &path.field("key"), format!("`{key}` is not a valid key: {cause}"));
    }
    let (operator, operator_place) = text(node, "operator").unwrap_or(("Equal", node));
    let operator_path = path.field("operator");
    if key.is_none() && operator != "Exists" {
        out.invalid(operator_place, &operator_path, "the operator must be `Exists` when `key` is not set");
    }
    let effect = text(node, "effect").map(|(effect, _)| effect);
    if set(node, "tolerationSeconds").is_some() && effect != Some("NoExecute") {
        let place = set(node, "effect").unwrap_or(node);
        out.invalid(place, &path.field("effect"), "the effect must be `NoExecute` when `tolerationSeconds` is set");
    }
    let value = text(node, "value");
    match (operator, value) {
        ("Equal", Some((value, place))) => {
            if let Err(cause) = names::label_value(value) {
                out.invalid(place, &operator_path, format!("the value `{value}` {cause}"));
            }
        }
        ("Exists", Some((_, place))) => out.invalid(place, &operator_path, "`value` is not allowed with the operator `Exists`"),
        ("Equal" | "Exists", None) => {}
        _ => out.unsupported(operator_place, &operator_path, &["Equal", "Exists"]),
    }
    one_of(node, "effect", &["NoSchedule", "PreferNoSchedule", "NoExecute"], path, out);
}
