//! Rules for HorizontalPodAutoscalers: the target, metrics, and scaling behavior.
//!
//! Behavior: `pkg/apis/autoscaling/validation`. The server converts `autoscaling/v1` before it validates, so the target CPU
//! utilization is the first metric.

use super::look::{amount, choice, count, int, items, one_of, required_form, required_text, set, text};
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

/// Rules for HorizontalPodAutoscalers.
pub const RULES: &[Rule] = &[Rule { group: "autoscaling", kinds: &["HorizontalPodAutoscaler"], check: autoscaler }];

const METRICS: &[(&str, &str)] = &[
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];

fn autoscaler(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = set(node, "spec") else {
        return out.required(node, &path.field("maxReplicas"), "`spec.maxReplicas` is required");
    };
    replicas(spec, &path, out);
    let target = path.field("scaleTargetRef");
    match set(spec, "scaleTargetRef") {
        None => out.required(spec, &target.field("kind"), "`scaleTargetRef` is required"),
        Some(reference) => {
            // ReplicationController is the only kind in the core group that can be scaled.
            let core = text(reference, "kind").is_some_and(|(kind, _)| kind == "ReplicationController");
            object_reference(reference, core, &target, out);
        }
    }
    let list = path.field("metrics");
    for (at, metric) in items(spec, "metrics") {
        metric_spec(metric, &list.index(at), out);
    }
    if let Some((percent, place)) = int(spec, "targetCPUUtilizationPercentage").filter(|(percent, _)| *percent < 1) {
        let field = "spec.metrics[0].resource.target.averageUtilization";
        out.push(place.error("invalid-value", format!("must be at least 1, found {percent}")), field.to_owned());
    }
    if let Some(behavior) = set(spec, "behavior") {
        let path = path.field("behavior");
        for direction in ["scaleUp", "scaleDown"] {
            if let Some(rules) = set(behavior, direction) {
                scaling_rules(rules, &path.field(direction), out);
            }
        }
    }
}

fn replicas(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let least = int(spec, "minReplicas");
    if let Some((least, place)) = least.filter(|(least, _)| *least < 1) {
        let of_type = |metric: &Node| text(metric, "type").is_some_and(|(found, _)| matches!(found, "Object" | "External"));
        let to_zero = least == 0 && out.since(37) && items(spec, "metrics").any(|(_, metric)| of_type(metric));
        if !to_zero {
            out.invalid(place, &path.field("minReplicas"), format!("`minReplicas` must be at least 1, found {least}"));
        }
    }
    let path = path.field("maxReplicas");
    match int(spec, "maxReplicas") {
        Some((most, place)) if most < 1 => out.required(place, &path, "`maxReplicas` must be greater than 0"),
        None => out.required(spec, &path, "`maxReplicas` is required"),
        Some((most, place)) => {
            if let Some((least, _)) = least.filter(|(least, _)| *least > most) {
                out.invalid(place, &path, format!("`maxReplicas` must be at least `minReplicas` ({least}), found {most}"));
            }
        }
    }
}

/// Checks a reference to an object; `core` means that the core group is allowed.
fn object_reference(reference: &Node, core: bool, path: &Path<'_>, out: &mut Findings) {
    required_form(reference, "kind", names::path_segment, path, out);
    required_form(reference, "name", names::path_segment, path, out);
    if !out.since(36) {
        return;
    }
    let version = text(reference, "apiVersion").map_or("", |(version, _)| version);
    let slashes = version.matches('/').count();
    let place = set(reference, "apiVersion").unwrap_or(reference);
    if slashes > 1 {
        out.invalid(
            place,
            &path.field("apiVersion"),
            format!("expected a group and version such as `apps/v1`, found `{version}`"),
        );
    } else if !core && (slashes == 0 || version.starts_with('/')) {
        out.invalid(place, &path.field("apiVersion"), "`apiVersion` must contain an API group, as in `apps/v1`");
    }
}

fn metric_spec(metric: &Node, path: &Path<'_>, out: &mut Findings) {
    let given: Vec<&str> = METRICS.iter().map(|(_, field)| *field).filter(|field| set(metric, field).is_some()).collect();
    let Some((of_type, _)) = required_text(metric, "type", path, out) else { return };
    let types: Vec<&str> = METRICS.iter().map(|(of_type, _)| *of_type).collect();
    one_of(metric, "type", &types, path, out);
    if let Some((field, found)) = given.first().and_then(|field| Some((*field, set(metric, field)?))) {
        metric_source(found, field, &path.field(field), out);
    }
    let Some((_, expected)) = METRICS.iter().find(|(known, _)| *known == of_type) else { return };
    if !given.contains(expected) {
        out.required(metric, &path.field(expected), format!("`type: {of_type}` requires `{expected}`"));
    }
    if given.len() > 1 {
        for field in given.iter().filter(|field| *field != expected) {
            let place = set(metric, field).unwrap_or(metric);
            out.forbidden(place, &path.field(field), format!("`{field}` is not allowed with `type: {of_type}`"));
        }
    }
}

fn metric_source(found: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    if field == "object" {
        let path = path.field("describedObject");
        match set(found, "describedObject") {
            None => out.required(found, &path.field("kind"), "`describedObject` is required"),
            Some(reference) => object_reference(reference, true, &path, out),
        }
    }
    if field == "containerResource" {
        required_text(found, "container", path, out);
    }
    if matches!(field, "resource" | "containerResource") {
        required_text(found, "name", path, out);
    } else {
        let path = path.field("metric");
        let metric = set(found, "metric");
        required_form(metric.unwrap_or(found), "name", names::path_segment, &path, out);
    }
    let path = path.field("target");
    let target = set(found, "target");
    metric_target(target.unwrap_or(found), target.is_some(), &path, out);
    let has = |field: &str| target.is_some_and(|target| set(target, field).is_some());
    let place = target.unwrap_or(found);
    match field {
        "pods" if target.and_then(|target| set(target, "averageValue")).and_then(amount).is_none_or(|value| value <= 0.0) => {
            out.required(place, &path.field("averageValue"), "`averageValue` is required and must be greater than 0");
        }
        "object" | "external" if !has("value") && !has("averageValue") => {
            out.required(place, &path.field("averageValue"), "one of `value` or `averageValue` is required");
        }
        "external" if has("value") && has("averageValue") => {
            out.forbidden(place, &path.field("value"), "`value` and `averageValue` are mutually exclusive");
        }
        "resource" | "containerResource" if !has("averageUtilization") && !has("averageValue") => {
            let message = "one of `averageUtilization` or `averageValue` is required";
            out.required(place, &path.field("averageUtilization"), message);
        }
        "resource" | "containerResource" if has("averageUtilization") && has("averageValue") => {
            let message = "`averageUtilization` and `averageValue` are mutually exclusive";
            out.forbidden(place, &path.field("averageValue"), message);
        }
        _ => {}
    }
}

fn metric_target(target: &Node, is_set: bool, path: &Path<'_>, out: &mut Findings) {
    let of_type = text(target, "type").filter(|_| is_set);
    match of_type {
        None => out.required(target, &path.field("type"), "the target requires `type`"),
        Some(("Utilization" | "Value" | "AverageValue", _)) => {}
        Some((found, place)) => {
            let message = format!("expected one of `Utilization`, `Value`, `AverageValue`, found `{found}`");
            out.invalid(place, &path.field("type"), message);
        }
    }
    if !is_set {
        return;
    }
    for field in ["value", "averageValue"] {
        if let Some(place) = set(target, field).filter(|value| amount(value).is_some_and(|value| value <= 0.0)) {
            out.invalid(place, &path.field(field), format!("`{field}` must be greater than 0"));
        }
    }
    if let Some((percent, place)) = int(target, "averageUtilization").filter(|(percent, _)| *percent < 1) {
        out.invalid(
            place,
            &path.field("averageUtilization"),
            format!("`averageUtilization` must be at least 1, found {percent}"),
        );
    }
}

fn scaling_rules(rules: &Node, path: &Path<'_>, out: &mut Findings) {
    super::look::in_range(rules, "stabilizationWindowSeconds", 0..=3600, path, out);
    choice(rules, "selectPolicy", &["Disabled", "Max", "Min"], path, out);
    if let Some(place) = set(rules, "tolerance").filter(|value| amount(value).is_some_and(|value| value < 0.0)) {
        out.invalid(place, &path.field("tolerance"), "`tolerance` must not be negative");
    }
    let list = path.field("policies");
    // Without a list the defaults apply; an empty list leaves no policy.
    if let Some(place) = set(rules, "policies").filter(|_| count(rules, "policies") == 0) {
        out.required(place, &list, "at least one policy is required");
    }
    for (at, policy) in items(rules, "policies") {
        let path = list.index(at);
        let of_type = text(policy, "type").map(|(of_type, _)| of_type);
        if !matches!(of_type, Some("Percent" | "Pods")) {
            out.unsupported(set(policy, "type").unwrap_or(policy), &path.field("type"), &["Percent", "Pods"]);
        }
        positive(policy, "value", None, &path, out);
        positive(policy, "periodSeconds", Some(1800), &path, out);
    }
}

fn positive(node: &Node, field: &str, most: Option<i64>, path: &Path<'_>, out: &mut Findings) {
    let found = int(node, field);
    let number = found.map_or(0, |(number, _)| number);
    let place = found.map_or(node, |(_, place)| place);
    if number < 1 {
        out.invalid(place, &path.field(field), format!("`{field}` must be at least 1, found {number}"));
    } else if let Some(most) = most.filter(|most| number > *most) {
        out.invalid(place, &path.field(field), format!("`{field}` must be at most {most}, found {number}"));
    }
}
