//! Where a pod may run: node selectors, affinity, tolerations, topology spread.

use crate::validate::look::{self, items, one_of, required_text, set, text};
use crate::validate::metadata::labels;
use crate::validate::selectors::{label_selector, node_selector_term};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// Checks the scheduling fields of a pod spec.
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
    topology_spread(spec, path, out);
}

fn affinity(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(found) = set(node, "nodeAffinity") {
        node_affinity(found, &path.field("nodeAffinity"), out);
    }
    for field in ["podAffinity", "podAntiAffinity"] {
        let Some(found) = set(node, field) else { continue };
        let path = path.field(field);
        let list = path.field("requiredDuringSchedulingIgnoredDuringExecution");
        for (at, term) in items(found, "requiredDuringSchedulingIgnoredDuringExecution") {
            pod_term(term, &list.index(at), out);
        }
        let list = path.field("preferredDuringSchedulingIgnoredDuringExecution");
        for (at, weighted) in items(found, "preferredDuringSchedulingIgnoredDuringExecution") {
            let path = list.index(at);
            weight(weighted, &path, out);
            if let Some(term) = set(weighted, "podAffinityTerm") {
                pod_term(term, &path.field("podAffinityTerm"), out);
            } else {
                out.required(weighted, &path.field("podAffinityTerm").field("topologyKey"), "`topologyKey` is missing");
            }
        }
    }
}

fn weight(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let found = look::int(node, "weight").map_or(0, |(weight, _)| weight);
    if !(1..=100).contains(&found) {
        out.invalid(set(node, "weight").unwrap_or(node), &path.field("weight"), "the weight must be between 1 and 100");
    }
}

fn node_affinity(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(required) = set(node, "requiredDuringSchedulingIgnoredDuringExecution") {
        node_selector(required, &path.field("requiredDuringSchedulingIgnoredDuringExecution"), out);
    }
    let list = path.field("preferredDuringSchedulingIgnoredDuringExecution");
    for (at, preferred) in items(node, "preferredDuringSchedulingIgnoredDuringExecution") {
        let path = list.index(at);
        weight(preferred, &path, out);
        if let Some(term) = set(preferred, "preference") {
            node_selector_term(term, &path.field("preference"), out);
        }
    }
}

/// Checks a node selector: at least one term.
pub fn node_selector(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("nodeSelectorTerms");
    if items(node, "nodeSelectorTerms").next().is_none() {
        out.required(node, &list, "at least one term is needed");
    }
    for (at, term) in items(node, "nodeSelectorTerms") {
        node_selector_term(term, &list.index(at), out);
    }
}

fn pod_term(term: &Node, path: &Path<'_>, out: &mut Findings) {
    for field in ["labelSelector", "namespaceSelector"] {
        if let Some(selector) = set(term, field) {
            label_selector(selector, &path.field(field), out);
        }
    }
    for (_, namespace) in items(term, "namespaces") {
        if let Some(Err(cause)) = look::as_text(namespace).map(names::dns_label) {
            out.invalid(namespace, &path.field("namespace"), format!("the namespace {cause}"));
        }
    }
    topology_key(term, path, out);
}

fn topology_key(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((key, place)) = required_text(node, "topologyKey", path, out) {
        if let Err(cause) = names::qualified_name(key) {
            out.invalid(place, &path.field("topologyKey"), format!("`{key}`: {cause}"));
        }
    }
}

fn toleration(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let key = text(node, "key");
    if let Some((key, place)) = key {
        if let Err(cause) = names::qualified_name(key) {
            out.invalid(place, &path.field("key"), format!("`{key}`: {cause}"));
        }
    }
    let operator = text(node, "operator").map_or("Equal", |(operator, _)| operator);
    if key.is_none() && operator != "Exists" {
        let place = set(node, "operator").unwrap_or(node);
        out.invalid(place, &path.field("operator"), "the operator must be `Exists` when `key` is empty");
    }
    let effect = text(node, "effect").map(|(effect, _)| effect);
    if let Some(seconds) = set(node, "tolerationSeconds").filter(|_| effect != Some("NoExecute")) {
        let _ = seconds;
        out.invalid(
            set(node, "effect").unwrap_or(node),
            &path.field("effect"),
            "the effect must be `NoExecute` when `tolerationSeconds` is set",
        );
    }
    match operator {
        "Equal" => {
            if let Some((value, place)) = text(node, "value") {
                if let Err(cause) = names::label_value(value) {
                    out.invalid(place, &path.field("operator"), format!("the value `{value}` {cause}"));
                }
            }
        }
        "Exists" => {
            if let Some((_, place)) = text(node, "value") {
                out.invalid(place, &path.field("operator"), "`value` must be empty when the operator is `Exists`");
            }
        }
        _ => one_of(node, "operator", &["Equal", "Exists"], path, out),
    }
    one_of(node, "effect", &["NoSchedule", "PreferNoSchedule", "NoExecute"], path, out);
}

fn topology_spread(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("topologySpreadConstraints");
    for (at, constraint) in items(spec, "topologySpreadConstraints") {
        let path = list.index(at);
        if look::int(constraint, "maxSkew").is_none_or(|(skew, _)| skew <= 0) {
            out.invalid(set(constraint, "maxSkew").unwrap_or(constraint), &path.field("maxSkew"), "must be more than 0");
        }
        topology_key(constraint, &path, out);
        match text(constraint, "whenUnsatisfiable") {
            None => out.unsupported(constraint, &path.field("whenUnsatisfiable"), &["DoNotSchedule", "ScheduleAnyway"]),
            Some(_) => one_of(constraint, "whenUnsatisfiable", &["DoNotSchedule", "ScheduleAnyway"], &path, out),
        }
        one_of(constraint, "nodeAffinityPolicy", &["Ignore", "Honor"], &path, out);
        one_of(constraint, "nodeTaintsPolicy", &["Ignore", "Honor"], &path, out);
        if let Some((domains, node)) = look::int(constraint, "minDomains") {
            if domains <= 0 {
                out.invalid(node, &path.field("minDomains"), "must be more than 0");
            } else if text(constraint, "whenUnsatisfiable").is_some_and(|(when, _)| when != "DoNotSchedule") {
                out.invalid(node, &path.field("minDomains"), "`minDomains` needs `whenUnsatisfiable: DoNotSchedule`");
            }
        }
        if let Some(selector) = set(constraint, "labelSelector") {
            label_selector(selector, &path.field("labelSelector"), out);
        }
    }
}
