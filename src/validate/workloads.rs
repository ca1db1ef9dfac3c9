//! Deployments, StatefulSets, DaemonSets, ReplicaSets, ReplicationControllers, Jobs, CronJobs.
//!
//! Behaviour: Kubernetes' `pkg/apis/apps/validation` and `pkg/apis/batch/validation`.

use super::look::{self, int, is_true, items, not_negative, one_of, required_text, set, text};
use super::metadata::labels;
use super::selectors::{is_empty, label_selector, matches};
use super::{Findings, Path, Rule, pod};
use crate::yaml::Node;

/// Rules for workloads.
pub const RULES: &[Rule] = &[
    Rule { group: "apps", kinds: &["Deployment"], check: deployment },
    Rule { group: "apps", kinds: &["ReplicaSet"], check: replica_set },
    Rule { group: "apps", kinds: &["StatefulSet"], check: stateful_set },
    Rule { group: "apps", kinds: &["DaemonSet"], check: daemon_set },
    Rule { group: "", kinds: &["ReplicationController"], check: replication_controller },
    Rule { group: "batch", kinds: &["Job"], check: job },
    Rule { group: "batch", kinds: &["CronJob"], check: cron_job },
];

/// The spec of a workload; what is needed in it is told when there is none.
fn spec<'n>(node: &'n Node, path: &Path<'_>, out: &mut Findings) -> Option<&'n Node> {
    let spec = set(node, "spec");
    if spec.is_none() {
        out.required(node, &path.field("selector"), "the spec is missing");
    }
    spec
}

/// Selector, template, and that the one matches the other.
fn selector_and_template(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let selector_path = path.field("selector");
    match set(spec, "selector") {
        None => out.required(spec, &selector_path, "`selector` is missing"),
        Some(selector) => {
            label_selector(selector, &selector_path, out);
            if is_empty(selector) {
                out.invalid(selector, &selector_path, "an empty selector is not allowed");
            }
        }
    }
    let template_path = path.field("template");
    let Some(template) = set(spec, "template") else {
        return out.required(spec, &template_path.field("spec").field("containers"), "`template` is missing");
    };
    let found = template.at_path(&["metadata", "labels"]);
    if let Some(selector) = set(spec, "selector").filter(|selector| !is_empty(selector) && !matches(selector, found)) {
        let metadata = template_path.field("metadata");
        let place = found.unwrap_or(template);
        let error = place.error("selector-mismatch", "the selector does not match the labels of the template");
        out.push(error.label(selector.span(), "the selector"), metadata.field("labels").to_string());
    }
    pod::template(template, &template_path, out);
    always_restarts(template, &template_path, out);
}

fn always_restarts(template: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(spec) = set(template, "spec") else { return };
    let path = path.field("spec");
    if text(spec, "restartPolicy").is_some_and(|(policy, _)| policy != "Always") {
        out.unsupported(set(spec, "restartPolicy").unwrap_or(spec), &path.field("restartPolicy"), &["Always"]);
    }
    if let Some(node) = set(spec, "activeDeadlineSeconds") {
        out.forbidden(node, &path.field("activeDeadlineSeconds"), "pods of this workload have no deadline");
    }
}

fn deployment(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    for field in ["replicas", "minReadySeconds", "revisionHistoryLimit"] {
        not_negative(spec, field, &path, out);
    }
    selector_and_template(spec, &path, out);
    if let Some(strategy) = set(spec, "strategy") {
        rolling(strategy, &["Recreate", "RollingUpdate"], &["maxUnavailable", "maxSurge"], &path.field("strategy"), out);
    }
    if let Some((deadline, place)) = int(spec, "progressDeadlineSeconds") {
        let ready = int(spec, "minReadySeconds").map_or(0, |(seconds, _)| seconds);
        if deadline < 0 {
            out.invalid(place, &path.field("progressDeadlineSeconds"), "must not be negative");
        } else if deadline <= ready {
            out.invalid(place, &path.field("progressDeadlineSeconds"), "must be more than `minReadySeconds`");
        }
    }
}

/// A strategy with its rolling update.
fn rolling(strategy: &Node, types: &[&str], limits: &[&str], path: &Path<'_>, out: &mut Findings) {
    let of_type = text(strategy, "type").map_or("RollingUpdate", |(of_type, _)| of_type);
    one_of(strategy, "type", types, path, out);
    let Some(update) = set(strategy, "rollingUpdate") else { return };
    let path = path.field("rollingUpdate");
    if of_type != "RollingUpdate" && types.contains(&of_type) {
        out.forbidden(update, &path, format!("`rollingUpdate` has no meaning with `type: {of_type}`"));
        return;
    }
    for limit in limits {
        amount_or_percent(update, limit, 100, &path, out);
    }
    let zero = |field: &str, default: bool| match set(update, field) {
        None => default,
        Some(node) => is_zero(node),
    };
    if limits.contains(&"maxSurge") {
        let place = set(update, "maxUnavailable").unwrap_or(update);
        // A DaemonSet surges only when asked to, a Deployment by a quarter.
        let daemon = types.contains(&"OnDelete");
        if zero("maxUnavailable", false) && zero("maxSurge", daemon) {
            out.invalid(place, &path.field("maxUnavailable"), "must not be 0 when `maxSurge` is 0");
        } else if daemon && !zero("maxSurge", true) && !zero("maxUnavailable", false) {
            let place = set(update, "maxSurge").unwrap_or(update);
            out.invalid(place, &path.field("maxSurge"), "must be 0 when `maxUnavailable` is not");
        }
    }
}

fn is_zero(node: &Node) -> bool {
    node.as_scalar().is_some_and(|scalar| matches!(scalar.text.as_str(), "0" | "0%"))
}

/// A number that is not negative, or a percentage up to a limit.
pub fn amount_or_percent(node: &Node, field: &str, most: i64, path: &Path<'_>, out: &mut Findings) {
    let Some(value) = set(node, field) else { return };
    let path = path.field(field);
    if let Some(number) = look::as_int(value) {
        if number < 0 {
            out.invalid(value, &path, "must not be negative");
        }
        return;
    }
    let percent = look::as_text(value)
        .and_then(|text| text.strip_suffix('%'))
        .and_then(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok())?);
    match percent {
        None => out.invalid(value, &path, "must be a number or a percentage such as `25%`"),
        Some(percent) if percent > most => out.invalid(value, &path, format!("must not be more than {most}%")),
        Some(_) => {}
    }
}

fn replica_set(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    for field in ["replicas", "minReadySeconds"] {
        not_negative(spec, field, &path, out);
    }
    selector_and_template(spec, &path, out);
}

fn stateful_set(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    for field in ["replicas", "minReadySeconds", "revisionHistoryLimit"] {
        not_negative(spec, field, &path, out);
    }
    one_of(spec, "podManagementPolicy", &["OrderedReady", "Parallel"], &path, out);
    if let Some(strategy) = set(spec, "updateStrategy") {
        let path = path.field("updateStrategy");
        rolling(strategy, &["RollingUpdate", "OnDelete"], &["maxUnavailable"], &path, out);
        if let Some(update) = set(strategy, "rollingUpdate") {
            not_negative(update, "partition", &path.field("rollingUpdate"), out);
        }
    }
    if let Some(policy) = set(spec, "persistentVolumeClaimRetentionPolicy") {
        let path = path.field("persistentVolumeClaimRetentionPolicy");
        one_of(policy, "whenDeleted", &["Retain", "Delete"], &path, out);
        one_of(policy, "whenScaled", &["Retain", "Delete"], &path, out);
    }
    if let Some(ordinals) = set(spec, "ordinals") {
        not_negative(ordinals, "start", &path.field("ordinals"), out);
    }
    selector_and_template(&with_claims(spec), &path, out);
}

/// The spec with a volume for each claim template, so that mounts find them.
fn with_claims(spec: &Node) -> Node {
    let mut spec = spec.clone();
    let claims: Vec<Node> =
        items(&spec, "volumeClaimTemplates").filter_map(|(_, claim)| claim.get("metadata").cloned()).collect();
    if claims.is_empty() {
        return spec;
    }
    let Some(pod) = spec.at_path_mut(&["template", "spec"]) else { return spec };
    let named = |volumes: &[Node], claim: &Node| {
        let name = text(claim, "name").map(|(name, _)| name);
        volumes.iter().any(|volume| text(volume, "name").map(|(name, _)| name) == name)
    };
    let mut volumes: Vec<Node> = pod.get("volumes").and_then(Node::as_sequence).unwrap_or_default().to_vec();
    for claim in claims {
        if !named(&volumes, &claim) && text(&claim, "name").is_some() {
            let only_name = claim.as_mapping().and_then(|mapping| mapping.get_entry("name")).cloned();
            let mapping = only_name.into_iter().collect();
            volumes.push(Node::read(crate::yaml::Value::Mapping(mapping), claim.span(), claim.origin()));
        }
    }
    if let Some(mapping) = pod.as_mapping_mut() {
        let span = volumes[0].span();
        let list = Node::read(crate::yaml::Value::Sequence(volumes.iter().cloned().collect()), span, volumes[0].origin());
        mapping.put(crate::yaml::Key::new("volumes", span), list);
    }
    spec
}

fn daemon_set(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    for field in ["minReadySeconds", "revisionHistoryLimit"] {
        not_negative(spec, field, &path, out);
    }
    selector_and_template(spec, &path, out);
    if let Some(strategy) = set(spec, "updateStrategy") {
        rolling(strategy, &["RollingUpdate", "OnDelete"], &["maxUnavailable", "maxSurge"], &path.field("updateStrategy"), out);
    }
}

fn replication_controller(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    for field in ["replicas", "minReadySeconds"] {
        not_negative(spec, field, &path, out);
    }
    let template_path = path.field("template");
    let Some(template) = set(spec, "template") else {
        return out.required(spec, &template_path, "`template` is missing");
    };
    let found = template.at_path(&["metadata", "labels"]);
    match set(spec, "selector") {
        None if found.and_then(Node::as_mapping).is_none_or(|labels| labels.is_empty()) => {
            out.required(spec, &path.field("selector"), "`selector` is missing, and the template has no labels to make one of");
        }
        Some(selector) => {
            labels(selector, &path.field("selector"), out);
            let value = |key: &str| found.and_then(|labels| labels.get(key)).and_then(look::as_text);
            let differs = |entry: &crate::yaml::Entry| value(&entry.key.text) != look::as_text(&entry.value);
            if selector.as_mapping().into_iter().flatten().any(differs) {
                let metadata = template_path.field("metadata");
                let error = found
                    .unwrap_or(template)
                    .error("selector-mismatch", "the selector does not match the labels of the template");
                out.push(error.label(selector.span(), "the selector"), metadata.field("labels").to_string());
            }
        }
        None => {}
    }
    pod::template(template, &template_path, out);
    always_restarts(template, &template_path, out);
}

fn job(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    match set(node, "spec") {
        Some(spec) => job_spec(spec, &path, out),
        None => out.required(node, &path.field("template").field("spec").field("containers"), "the spec is missing"),
    }
}

fn job_spec(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    for field in [
        "parallelism",
        "completions",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "activeDeadlineSeconds",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ] {
        not_negative(spec, field, path, out);
    }
    one_of(spec, "completionMode", &["NonIndexed", "Indexed"], path, out);
    one_of(spec, "podReplacementPolicy", &["TerminatingOrFailed", "Failed"], path, out);
    let indexed = text(spec, "completionMode").is_some_and(|(mode, _)| mode == "Indexed");
    if indexed && set(spec, "completions").is_none() {
        out.required(spec, &path.field("completions"), "`completionMode: Indexed` needs `completions`");
    }
    if !indexed {
        for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
            if let Some(node) = set(spec, field) {
                let message = "needs `completionMode: Indexed`";
                if field == "backoffLimitPerIndex" {
                    out.invalid(node, &path.field(field), message);
                } else {
                    out.required(node, &path.field("backoffLimitPerIndex"), message);
                }
            }
        }
    }
    let manual = is_true(spec, "manualSelector");
    match set(spec, "selector") {
        Some(selector) if !manual => {
            out.invalid(
                selector,
                &path.field("selector"),
                "the selector of a Job is made for it; set `manualSelector: true` to give your own",
            );
        }
        Some(selector) => label_selector(selector, &path.field("selector"), out),
        None if manual => out.required(spec, &path.field("selector"), "`manualSelector` needs `selector`"),
        None => {}
    }
    let template_path = path.field("template");
    let Some(template) = set(spec, "template") else {
        return out.required(spec, &template_path.field("spec").field("containers"), "`template` is missing");
    };
    pod::template(template, &template_path, out);
    let Some(pod) = set(template, "spec") else { return };
    let pod_path = template_path.field("spec");
    let policy_path = pod_path.field("restartPolicy");
    match text(pod, "restartPolicy").map(|(policy, _)| policy) {
        Some("Never") => {}
        Some("OnFailure") => {
            if let Some(failure) = set(spec, "podFailurePolicy") {
                let _ = failure;
                out.invalid(
                    set(pod, "restartPolicy").unwrap_or(pod),
                    &policy_path,
                    "`podFailurePolicy` needs `restartPolicy: Never`",
                );
            }
        }
        Some("Always") => out.unsupported(set(pod, "restartPolicy").unwrap_or(pod), &policy_path, &["OnFailure", "Never"]),
        // The pod's own rule tells an unknown policy.
        Some(_) => {}
        None => out.required(pod, &policy_path, "the pods of a Job need `restartPolicy: OnFailure` or `Never`"),
    }
    failure_policy(spec, path, out);
}

fn failure_policy(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(policy) = set(spec, "podFailurePolicy") else { return };
    let path = path.field("podFailurePolicy");
    let list = path.field("rules");
    for (at, rule) in items(policy, "rules") {
        let path = list.index(at);
        match text(rule, "action") {
            None => out.required(rule, &path.field("action"), "`action` is missing"),
            Some(_) => one_of(rule, "action", &["FailJob", "FailIndex", "Ignore", "Count"], &path, out),
        }
        let codes = set(rule, "onExitCodes");
        let conditions = items(rule, "onPodConditions").count();
        if codes.is_none() && conditions == 0 {
            out.invalid(rule, &path, "one of `onExitCodes` and `onPodConditions` is needed");
        } else if codes.is_some() && conditions > 0 {
            out.invalid(rule, &path, "`onExitCodes` and `onPodConditions` exclude each other");
        }
        if let Some(codes) = codes {
            let path = path.field("onExitCodes");
            one_of(codes, "operator", &["In", "NotIn"], &path, out);
            if items(codes, "values").next().is_none() {
                out.invalid(codes, &path.field("values"), "at least one exit code is needed");
            }
        }
    }
}

fn cron_job(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = set(node, "spec") else {
        return out.required(node, &path.field("schedule"), "the spec is missing");
    };
    if let Some((schedule, place)) = required_text(spec, "schedule", &path, out) {
        if schedule.contains("TZ") {
            out.invalid(place, &path.field("schedule"), "a time zone belongs to `timeZone`");
        } else if let Err(cause) = super::schedule::parse(schedule) {
            out.invalid(place, &path.field("schedule"), format!("`{schedule}`: {cause}"));
        }
    }
    if let Some(zone) = set(spec, "timeZone") {
        let name = look::as_text(zone).unwrap_or("");
        let shaped = !name.is_empty()
            && name.split('/').all(|part| {
                !part.is_empty()
                    && part.starts_with(|c: char| c.is_ascii_alphanumeric())
                    && part.chars().all(|c| c.is_ascii_alphanumeric() || "+-_".contains(c))
            });
        if !shaped || name.eq_ignore_ascii_case("local") || name.contains("..") || !(name.contains('/') || known_zone(name)) {
            out.invalid(zone, &path.field("timeZone"), format!("`{name}` is no time zone"));
        }
    }
    if let Some((seconds, place)) = int(spec, "startingDeadlineSeconds").filter(|(seconds, _)| *seconds < 0) {
        out.invalid(place, &path.field("startingDeadlineSeconds"), format!("{seconds} is negative"));
    }
    one_of(spec, "concurrencyPolicy", &["Allow", "Forbid", "Replace"], &path, out);
    for field in ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        not_negative(spec, field, &path, out);
    }
    let template_path = path.field("jobTemplate");
    match set(spec, "jobTemplate") {
        None => out.required(
            spec,
            &template_path.field("spec").field("template").field("spec").field("containers"),
            "`jobTemplate` is missing",
        ),
        Some(template) => {
            if let Some(found) = template.at_path(&["metadata", "labels"]) {
                let metadata = template_path.field("metadata");
                labels(found, &metadata.field("labels"), out);
            }
            let job_path = template_path.field("spec");
            match set(template, "spec") {
                None => {
                    out.required(template, &job_path.field("template").field("spec").field("containers"), "`spec` is missing")
                }
                Some(spec) => {
                    job_spec(spec, &job_path, out);
                    if let Some(node) = set(spec, "manualSelector").filter(|_| is_true(spec, "manualSelector")) {
                        out.unsupported(node, &job_path.field("manualSelector"), &["false"]);
                    }
                }
            }
        }
    }
}

/// Zones without a region.
fn known_zone(name: &str) -> bool {
    const ZONES: &[&str] = &[
        "CET",
        "CST6CDT",
        "Cuba",
        "EET",
        "EST",
        "EST5EDT",
        "Egypt",
        "Eire",
        "GB",
        "GMT",
        "Greenwich",
        "HST",
        "Hongkong",
        "Iceland",
        "Iran",
        "Israel",
        "Jamaica",
        "Japan",
        "Kwajalein",
        "Libya",
        "MET",
        "MST",
        "MST7MDT",
        "NZ",
        "Navajo",
        "PRC",
        "PST8PDT",
        "Poland",
        "Portugal",
        "ROC",
        "ROK",
        "Singapore",
        "Turkey",
        "UCT",
        "UTC",
        "Universal",
        "W-SU",
        "WET",
        "Zulu",
    ];
    ZONES.contains(&name)
}
