//! Rules for topology spread constraints of pods.

use rustc_hash::FxHashSet;

use crate::validate::look::{self, as_text, count, entries, items, one_of, required_text, set, text};
use crate::validate::selectors::label_selector;
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

const WHEN: &[&str] = &["DoNotSchedule", "ScheduleAnyway"];

/// Checks `topologySpreadConstraints` of a pod spec.
pub fn check(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("topologySpreadConstraints");
    let mut seen = FxHashSet::default();
    for (at, constraint) in items(spec, "topologySpreadConstraints") {
        let path = list.index(at);
        let skew = look::int(constraint, "maxSkew").map_or(0, |(skew, _)| skew);
        if skew <= 0 {
            let place = set(constraint, "maxSkew").unwrap_or(constraint);
            out.invalid(place, &path.field("maxSkew"), format!("`maxSkew` must be greater than 0, found {skew}"));
        }
        let key = required_text(constraint, "topologyKey", &path, out).map_or("", |(key, _)| key);
        let when = text(constraint, "whenUnsatisfiable").map_or("", |(when, _)| when);
        if !WHEN.contains(&when) {
            out.unsupported(set(constraint, "whenUnsatisfiable").unwrap_or(constraint), &path.field("whenUnsatisfiable"), WHEN);
        }
        if !seen.insert((key, when)) {
            let message = format!("the constraint for `{key}` with `{when}` appears twice");
            out.duplicate(constraint, &path.field("{topologyKey, whenUnsatisfiable}"), message);
        }
        min_domains(constraint, when, &path, out);
        one_of(constraint, "nodeAffinityPolicy", &["Ignore", "Honor"], &path, out);
        one_of(constraint, "nodeTaintsPolicy", &["Ignore", "Honor"], &path, out);
        if out.since(27) {
            label_keys(constraint, &path, out);
        }
        if let Some(selector) = set(constraint, "labelSelector") {
            label_selector(selector, &path.field("labelSelector"), out);
        }
    }
}

fn min_domains(constraint: &Node, when: &str, path: &Path<'_>, out: &mut Findings) {
    let Some((domains, node)) = look::int(constraint, "minDomains") else { return };
    let path = path.field("minDomains");
    if domains <= 0 {
        out.invalid(node, &path, format!("`minDomains` must be greater than 0, found {domains}"));
    }
    if when != "DoNotSchedule" {
        out.invalid(node, &path, "`minDomains` requires `whenUnsatisfiable: DoNotSchedule`");
    }
}

fn label_keys(constraint: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(keys) = set(constraint, "matchLabelKeys").filter(|_| count(constraint, "matchLabelKeys") > 0) else { return };
    let list = path.field("matchLabelKeys");
    let Some(selector) = set(constraint, "labelSelector") else {
        return out.forbidden(keys, &list, "`matchLabelKeys` requires `labelSelector`");
    };
    let mut selected: FxHashSet<&str> = entries(selector, "matchLabels").map(|entry| entry.key.text.as_str()).collect();
    selected.extend(items(selector, "matchExpressions").filter_map(|(_, expression)| Some(text(expression, "key")?.0)));
    for (at, key) in items(constraint, "matchLabelKeys") {
        let name = as_text(key).unwrap_or("");
        if let Err(cause) = names::qualified_name(name) {
            out.invalid(key, &list.index(at), format!("`{name}` is not a valid label key: {cause}"));
        }
        if selected.contains(name) {
            out.invalid(key, &list.index(at), format!("`{name}` is also in `labelSelector`"));
        }
    }
}
