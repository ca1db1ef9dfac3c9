//! What runs pods: Deployments, StatefulSets, DaemonSets, ReplicaSets, ReplicationControllers, Jobs, CronJobs.
//!
//! Behaviour: Kubernetes' `pkg/apis/apps/validation` and `pkg/apis/batch/validation`. One file a kind; here is what they share.

mod cron_job;
mod daemon_set;
mod deployment;
mod indexes;
mod job;
mod job_policies;
mod replica_set;
mod schedule;
mod stateful_set;
mod time_zones;

use super::look::{self, set, text};
use super::selectors::{is_empty, label_selector, matches};
use super::{Findings, Path, Rule};
use crate::yaml::Node;

/// Rules for workloads.
pub const RULES: &[Rule] = &[
    Rule { group: "apps", kinds: &["Deployment"], check: deployment::check },
    Rule { group: "apps", kinds: &["ReplicaSet"], check: replica_set::check },
    Rule { group: "apps", kinds: &["StatefulSet"], check: stateful_set::check },
    Rule { group: "apps", kinds: &["DaemonSet"], check: daemon_set::check },
    Rule { group: "", kinds: &["ReplicationController"], check: replica_set::replication_controller },
    Rule { group: "batch", kinds: &["Job"], check: job::check },
    Rule { group: "batch", kinds: &["CronJob"], check: cron_job::check },
];

/// The spec of a workload; what is needed in it is told when there is none.
fn spec<'n>(node: &'n Node, path: &Path<'_>, out: &mut Findings) -> Option<&'n Node> {
    let spec = set(node, "spec");
    if spec.is_none() {
        out.required(node, &path.field("selector"), "the spec is missing");
    }
    spec
}

/// A selector that must be there and say something, and that must match the template's labels.
fn selector(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let selector_path = path.field("selector");
    match set(spec, "selector") {
        None => {
            out.required(spec, &selector_path, "`selector` is missing");
            mismatch(spec, None, path, out);
        }
        Some(selector) => {
            label_selector(selector, &selector_path, out);
            if is_empty(selector) {
                out.invalid(selector, &selector_path, "an empty selector is not allowed");
            }
            selects_template(spec, selector, path, out);
        }
    }
}

/// Tells when a selector does not match the labels of the template.
fn selects_template(spec: &Node, selector: &Node, path: &Path<'_>, out: &mut Findings) {
    let labels = spec.at_path(&["template", "metadata", "labels"]);
    if !matches(selector, labels) {
        mismatch(spec, Some(selector), path, out);
    }
}

fn mismatch(spec: &Node, selector: Option<&Node>, path: &Path<'_>, out: &mut Findings) {
    let template = path.field("template");
    let metadata = template.field("metadata");
    let found = spec.at_path(&["template", "metadata", "labels"]).filter(|labels| !labels.is_null());
    let place = found.or_else(|| set(spec, "template")).unwrap_or(spec);
    let error = match selector {
        Some(selector) => place
            .error("selector-mismatch", "the selector does not match the labels of the template")
            .label(selector.span(), "the selector"),
        None => place.error("selector-mismatch", "without a selector no labels of the template match"),
    };
    out.push(error, metadata.field("labels").to_string());
}

/// The template, told when it is missing.
fn template<'n>(spec: &'n Node, path: &Path<'_>, out: &mut Findings) -> Option<&'n Node> {
    let template = set(spec, "template");
    if template.is_none() {
        let path = path.field("template");
        let path = path.field("spec");
        out.required(spec, &path.field("containers"), "`template` is missing");
    }
    template
}

/// Pods of workloads that go on forever restart always, and have no deadline. `path` is the template's.
fn always_restarts(template: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(spec) = set(template, "spec") else { return };
    let path = path.field("spec");
    if let Some((_, place)) = text(spec, "restartPolicy").filter(|(policy, _)| *policy != "Always") {
        out.unsupported(place, &path.field("restartPolicy"), &["Always"]);
    }
    if let Some(node) = set(spec, "activeDeadlineSeconds") {
        out.forbidden(node, &path.field("activeDeadlineSeconds"), "pods of this workload have no deadline");
    }
}

/// A number that is not negative, or a percentage up to a limit.
pub fn amount_or_percent(node: &Node, field: &str, most: i64, path: &Path<'_>, out: &mut Findings) {
    let Some(value) = set(node, field) else { return };
    let path = path.field(field);
    if let Some(number) = look::as_int(value) {
        if number < 0 {
            out.invalid(value, &path, format!("{number} is negative"));
        }
        return;
    }
    match percent(value) {
        None => out.invalid(value, &path, "must be a number or a percentage such as `25%`"),
        Some(percent) if percent > most => out.invalid(value, &path, format!("must not be more than {most}%")),
        Some(_) => {}
    }
}

/// The number in front of `%`; `None` for any other text. More than fits in a number is the most.
fn percent(node: &Node) -> Option<i64> {
    let digits = look::as_text(node)?.strip_suffix('%')?;
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().unwrap_or(i64::MAX))
}

/// Whether a number or percentage is set to nothing; `default` is the answer where it is not set.
fn is_zero(node: &Node, field: &str, default: bool) -> bool {
    let Some(value) = set(node, field) else { return default };
    let number = look::as_int(value).or_else(|| percent(value));
    // Other texts are told by `amount_or_percent`.
    number.unwrap_or(1) == 0
}
