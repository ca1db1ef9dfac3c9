//! Rules for ReplicaSets and ReplicationControllers. Behavior: `ValidateReplicaSet` and `ValidateReplicationController`.

use super::shared::{always_restarts, mismatch, selector, spec, template};
use crate::validate::look::{as_text, int, not_negative, set};
use crate::validate::{Findings, Path, pod};
use crate::yaml::{Entry, Node};

/// Checks a ReplicaSet.
pub fn check(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    replicas(spec, &path, out);
    selector(spec, &path, out);
    if let Some(template) = template(spec, &path, out) {
        self::pods(spec, template, &path, out);
    }
}

fn replicas(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    for field in ["replicas", "minReadySeconds"] {
        not_negative(spec, field, path, out);
    }
}

fn pods(spec: &Node, template: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("template");
    pod::template(template, &path, out);
    always_restarts(template, &path, out);
    if int(spec, "replicas").is_some_and(|(replicas, _)| replicas > 1) {
        pod::read_only_disks(template, &path, out);
    }
}

/// Checks a ReplicationController, whose selector is a mapping that defaults to the labels of the template.
pub fn replication_controller(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    replicas(spec, &path, out);
    let Some(template) = set(spec, "template") else {
        return out.required(spec, &path.field("template"), "`template` is required");
    };
    let found = template.at_path(&["metadata", "labels"]);
    let is_empty = |labels: &Node| labels.as_mapping().is_none_or(|labels| labels.is_empty());
    match set(spec, "selector").filter(|selector| !is_empty(selector)) {
        None if found.is_none_or(is_empty) => {
            let place = set(spec, "selector").unwrap_or(spec);
            out.required(
                place,
                &path.field("selector"),
                "`selector` is required, because the template has no labels to default to",
            );
        }
        None => {}
        Some(selector) => {
            let value = |key: &str| found.and_then(|labels| labels.get(key)).map(|value| as_text(value).unwrap_or(""));
            let differs = |entry: &Entry| value(&entry.key.text) != Some(as_text(&entry.value).unwrap_or(""));
            if selector.as_mapping().into_iter().flatten().any(differs) {
                mismatch(spec, Some(selector), &path, out);
            }
        }
    }
    pods(spec, template, &path, out);
}
