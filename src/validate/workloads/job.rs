//! Rules for Jobs. Behavior: `ValidateJob`, and the labels and the selector that the server generates.

use super::job_policies::{failure_policy, success_policy};
use super::shared::{selects_template, template};
use crate::validate::look::{self, int, is_true, not_negative, one_of, set, text};
use crate::validate::selectors::{label_selector, matches};
use crate::validate::{Findings, Path, names, pod};
use crate::yaml::Node;

/// Labels that the server adds to the pods of a Job: the UID and the name of the Job.
const ID_LABELS: [&str; 2] = ["controller-uid", "batch.kubernetes.io/controller-uid"];
const NAME_LABELS: [&str; 2] = ["job-name", "batch.kubernetes.io/job-name"];

/// Checks a Job.
pub fn check(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = set(node, "spec") else {
        let path = path.field("template");
        let path = path.field("spec");
        return out.required(node, &path.field("containers"), "`spec` is required");
    };
    self::spec(spec, true, &path, out);
    if is_true(spec, "manualSelector") {
        match set(spec, "selector") {
            Some(selector) => {
                label_selector(selector, &path.field("selector"), out);
                selects_template(spec, selector, &path, out);
            }
            None => out.required(spec, &path.field("selector"), "`manualSelector` requires `selector`"),
        }
    } else {
        generated(node, spec, &path, out);
    }
    if let Some((count, name)) = int(spec, "completions").filter(|_| is_indexed(spec)).zip(node.at_path(&["metadata", "name"])) {
        let host = format!("{}-{}", look::as_text(name).unwrap_or(""), count.0 - 1);
        if let (true, Err(cause)) = (count.0 > 0 && !host.starts_with('-'), names::dns_label(&host)) {
            let metadata = Path::ROOT.field("metadata");
            out.invalid(
                name,
                &metadata.field("name"),
                format!("the host name of a pod would be `{host}`, which is not valid: it {cause}"),
            );
        }
    }
}

fn is_indexed(spec: &Node) -> bool {
    text(spec, "completionMode").is_some_and(|(mode, _)| mode == "Indexed")
}

/// Checks that a selector and labels that the server generates are not set to other values.
fn generated(node: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let name = node.at_path(&["metadata", "name"]).and_then(look::as_text);
    let template = path.field("template");
    let metadata = template.field("metadata");
    let labels_path = metadata.field("labels");
    let labels = spec.at_path(&["template", "metadata", "labels"]);
    let label = |key: &str| labels.and_then(|labels| labels.get(key));
    for (key, node) in ID_LABELS.into_iter().filter_map(|key| Some((key, label(key)?))) {
        out.invalid(
            node,
            &labels_path.key(key),
            format!("`{key}` must not be set, because the server sets it to the UID of the Job"),
        );
    }
    for (key, node) in NAME_LABELS.into_iter().filter_map(|key| Some((key, label(key)?))) {
        if look::as_text(node) != name {
            out.invalid(node, &labels_path.key(key), format!("`{key}` must be equal to the name of the Job"));
        }
    }
    let Some(selector) = set(spec, "selector") else { return };
    label_selector(selector, &path.field("selector"), out);
    // Of the labels that the server adds to pods, only the name is known here.
    let known = node.at_path(&["metadata", "name"]).is_some_and(|name| only_names(selector, name));
    if !known {
        let error = selector.error("invalid-value", "the server generates the selector of a Job");
        out.push(error.help("remove it, or set `manualSelector: true`"), path.field("selector").to_string());
    } else if !matches(selector, labels) && !NAME_LABELS.iter().any(|key| label(key).is_none()) {
        selects_template(spec, selector, path, out);
    }
}

/// Whether a selector consists only of the name of the Job.
fn only_names(selector: &Node, name: &Node) -> bool {
    let is_name = |entry: &crate::yaml::Entry| {
        NAME_LABELS.contains(&entry.key.text.as_str()) && look::as_text(&entry.value) == look::as_text(name)
    };
    look::count(selector, "matchExpressions") == 0 && look::entries(selector, "matchLabels").all(is_name)
}

/// Checks the spec of a Job. `filled`: whether the server has set defaults, as in Jobs but not in Job templates.
pub fn spec(spec: &Node, filled: bool, path: &Path<'_>, out: &mut Findings) {
    let counts = ["parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished", "activeDeadlineSeconds"];
    for field in counts.into_iter().chain(["backoffLimitPerIndex", "maxFailedIndexes"]) {
        not_negative(spec, field, path, out);
    }
    one_of(spec, "completionMode", &["NonIndexed", "Indexed"], path, out);
    completions(spec, filled, path, out);
    indexes(spec, path, out);
    if let Some((name, place)) =
        set(spec, "managedBy").and_then(|node| Some((look::as_text(node)?, node))).filter(|_| out.since(32))
    {
        let path = path.field("managedBy");
        if let Err(cause) = names::domain_prefixed_path(name) {
            out.invalid(place, &path, format!("`{name}` {cause}"));
        }
        if name.len() > 63 {
            out.too_long(place, &path, format!("must be no more than 63 characters, found {}", name.len()));
        }
    }
    let policy = set(spec, "podFailurePolicy").filter(|_| out.since(26));
    if let Some(policy) = policy {
        failure_policy(policy, spec, &path.field("podFailurePolicy"), out);
    }
    if let Some(policy) = set(spec, "successPolicy").filter(|_| out.since(31)) {
        let path = path.field("successPolicy");
        match is_indexed(spec) {
            true => success_policy(policy, spec, &path, out),
            false => out.invalid(policy, &path, "`successPolicy` requires `completionMode: Indexed`"),
        }
    }
    if out.since(29) {
        let kinds: &[&str] = if policy.is_some() { &["Failed"] } else { &["TerminatingOrFailed", "Failed"] };
        one_of(spec, "podReplacementPolicy", kinds, path, out);
    }
    if let Some(template) = template(spec, path, out) {
        let path = path.field("template");
        pod::template(template, &path, out);
        restarts(template, policy.is_some(), &path.field("spec"), out);
    }
}

fn completions(spec: &Node, filled: bool, path: &Path<'_>, out: &mut Findings) {
    let defaulted = filled && set(spec, "parallelism").is_none();
    if is_indexed(spec) && set(spec, "completions").is_none() && !defaulted {
        out.required(spec, &path.field("completions"), "`completionMode: Indexed` requires `completions`");
    }
    if let Some((many, place)) = int(spec, "parallelism").filter(|(many, _)| is_indexed(spec) && *many > 100_000) {
        out.invalid(
            place,
            &path.field("parallelism"),
            format!("`parallelism` must be at most 100000 with `completionMode: Indexed`, found {many}"),
        );
    }
}

/// Checks `backoffLimitPerIndex` and `maxFailedIndexes`, which only indexed Jobs can have.
fn indexes(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if !out.since(29) {
        return;
    }
    let (per_index, failed) = (set(spec, "backoffLimitPerIndex"), set(spec, "maxFailedIndexes"));
    if let (Some(place), None) = (failed, per_index) {
        out.required(place, &path.field("backoffLimitPerIndex"), "`maxFailedIndexes` requires `backoffLimitPerIndex`");
    }
    if !is_indexed(spec) {
        for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
            if let Some(node) = set(spec, field) {
                out.invalid(node, &path.field(field), format!("`{field}` requires `completionMode: Indexed`"));
            }
        }
        return;
    }
    let completions = int(spec, "completions").map(|(number, _)| number);
    if let Some((number, place)) = int(spec, "maxFailedIndexes") {
        let most = completions.unwrap_or(i64::MAX).min(100_000);
        if number > most {
            out.invalid(
                place,
                &path.field("maxFailedIndexes"),
                format!("`maxFailedIndexes` must be at most {most}, found {number}"),
            );
        }
    }
    if completions.is_some_and(|number| number > 100_000) && per_index.is_some() {
        many_indexes(spec, path, out);
    }
}

/// Checks the stricter limits for more than 100,000 indexes with `backoffLimitPerIndex`.
fn many_indexes(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if set(spec, "maxFailedIndexes").is_none() {
        out.required(spec, &path.field("maxFailedIndexes"), "`maxFailedIndexes` is required with more than 100000 completions");
    }
    for field in ["parallelism", "maxFailedIndexes"] {
        if let Some((number, place)) = int(spec, field).filter(|(number, _)| *number > 10_000) {
            let message = format!("`{field}` must be at most 10000 with more than 100000 completions, found {number}");
            out.invalid(place, &path.field(field), message);
        }
    }
}

/// Checks the restart policy of the pods of a Job. `path` is that of the pod spec.
fn restarts(template: &Node, has_policy: bool, path: &Path<'_>, out: &mut Findings) {
    let Some(pod) = set(template, "spec") else { return };
    let path = path.field("restartPolicy");
    match text(pod, "restartPolicy") {
        Some(("Never", _)) => {}
        Some(("OnFailure", place)) if has_policy => {
            out.invalid(place, &path, "`podFailurePolicy` requires `restartPolicy: Never`");
        }
        Some(("OnFailure", _)) => {}
        Some(("Always", place)) => out.required(place, &path, "pods of a Job require `restartPolicy: OnFailure` or `Never`"),
        // The rule for pods reports an unknown policy.
        Some(_) => {}
        None => out.required(pod, &path, "pods of a Job require `restartPolicy: OnFailure` or `Never`"),
    }
}
