//! Rules for small kinds: PriorityClass, RuntimeClass, Lease, Namespace, Node, Event.
//!
//! Behavior: `pkg/apis/{scheduling,node,coordination,core}/validation`.

use rustc_hash::FxHashSet;

use super::look::{amount, as_text, choice, entries, form, int, is_true, items, required_form, required_text, set, text, texts};
use super::metadata::labels;
use super::{Findings, Path, Rule, addresses, names};
use crate::yaml::Node;

/// Rules for the small kinds.
pub const RULES: &[Rule] = &[
    Rule { group: "scheduling.k8s.io", kinds: &["PriorityClass"], check: priority_class },
    Rule { group: "node.k8s.io", kinds: &["RuntimeClass"], check: runtime_class },
    Rule { group: "coordination.k8s.io", kinds: &["Lease"], check: lease },
    Rule { group: "", kinds: &["Namespace"], check: namespace },
    Rule { group: "", kinds: &["Node"], check: node },
    Rule { group: "", kinds: &["Event"], check: event },
];

const SYSTEM_CLASSES: [(&str, i64); 2] = [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)];
const MAX_PRIORITY: i64 = 1_000_000_000;

fn priority_class(node: &Node, out: &mut Findings) {
    let metadata = Path::ROOT.field("metadata");
    let (name, place) = node.get("metadata").and_then(|metadata| text(metadata, "name")).unwrap_or(("", node));
    let value = int(node, "value");
    if name.starts_with("system-") {
        let known = (name, value.map_or(0, |(value, _)| value));
        if !SYSTEM_CLASSES.contains(&known) || is_true(node, "globalDefault") {
            out.forbidden(place, &metadata.field("name"), "names that start with `system-` are reserved for system use");
        }
    } else if let Some((value, place)) = value.filter(|(value, _)| *value > MAX_PRIORITY) {
        out.forbidden(place, &Path::ROOT.field("value"), format!("`value` must be at most {MAX_PRIORITY}, found {value}"));
    }
    choice(node, "preemptionPolicy", &["PreemptLowerPriority", "Never"], &Path::ROOT, out);
}

fn runtime_class(node: &Node, out: &mut Findings) {
    required_form(node, "handler", names::dns_label, &Path::ROOT, out);
    if let Some(overhead) = set(node, "overhead") {
        let path = Path::ROOT.field("overhead");
        let path = path.field("podFixed");
        for entry in entries(overhead, "podFixed") {
            if amount(&entry.value).is_some_and(|value| value < 0.0) {
                out.invalid(&entry.value, &path.key(&entry.key.text), "the amount must not be negative");
            }
        }
    }
    let Some(scheduling) = set(node, "scheduling") else { return };
    if let Some(selector) = set(scheduling, "nodeSelector") {
        labels(selector, &Path::ROOT.field("scheduling").field("nodeSelector"), out);
    }
}

fn lease(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    if let Some((seconds, place)) = int(spec, "leaseDurationSeconds").filter(|(seconds, _)| *seconds <= 0) {
        out.invalid(
            place,
            &path.field("leaseDurationSeconds"),
            format!("`leaseDurationSeconds` must be greater than 0, found {seconds}"),
        );
    }
    super::look::not_negative(spec, "leaseTransitions", &path, out);
}

/// Finalizers without a domain.
const FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

fn namespace(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec").field("finalizers").to_string();
    for (_, finalizer, place) in texts(spec, "finalizers") {
        let wrong = match names::qualified_name(finalizer) {
            Err(cause) => format!("`{finalizer}` is not a valid finalizer: {cause}"),
            Ok(()) if !finalizer.contains('/') && !FINALIZERS.contains(&finalizer) => {
                format!("the finalizer `{finalizer}` requires a domain, as in `example.com/{finalizer}`")
            }
            Ok(()) => continue,
        };
        out.push(place.error("invalid-value", wrong), path.clone());
    }
}

fn node(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    let list = path.field("taints");
    let mut seen = FxHashSet::default();
    for (at, taint) in items(spec, "taints") {
        let path = list.index(at);
        let key = text(taint, "key").map_or("", |(key, _)| key);
        if let Err(cause) = names::qualified_name(key) {
            out.invalid(set(taint, "key").unwrap_or(taint), &path.field("key"), format!("`{key}` is not a valid key: {cause}"));
        }
        form(taint, "value", names::label_value, &path, out);
        match required_text(taint, "effect", &path, out) {
            Some((effect, place)) => {
                choice(taint, "effect", &["NoExecute", "NoSchedule", "PreferNoSchedule"], &path, out);
                if !seen.insert((key, effect)) {
                    out.duplicate(place, &path, format!("the taint `{key}:{effect}` appears twice"));
                }
            }
            None => continue,
        }
    }
    let list = path.field("podCIDRs");
    for (at, cidr, place) in texts(spec, "podCIDRs") {
        if addresses::Network::parse(cidr).is_none() {
            out.invalid(place, &list.index(at), format!("expected a CIDR such as `10.0.0.0/8`, found `{cidr}`"));
        }
    }
}

fn event(node: &Node, out: &mut Findings) {
    let field = |of: &str, name: &str| node.at_path(&[of, name]).and_then(as_text).unwrap_or("").to_owned();
    let (of_event, of_object) = (field("metadata", "namespace"), field("involvedObject", "namespace"));
    if !of_event.is_empty() && !of_object.is_empty() && of_event != of_object {
        let place = node.at_path(&["involvedObject", "namespace"]).unwrap_or(node);
        let message = format!("the namespace must be that of the event, `{of_event}`, found `{of_object}`");
        out.invalid(place, &Path::ROOT.field("involvedObject").field("namespace"), message);
    }
}
