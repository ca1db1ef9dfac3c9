//! Rules that workloads share: spec, selector, template, and amounts.

use crate::validate::look::{self, set, text};
use crate::validate::selectors::{is_empty, label_selector, matches};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

/// Returns the spec of a workload, or reports that it is missing.
pub(super) fn spec<'n>(node: &'n Node, path: &Path<'_>, out: &mut Findings) -> Option<&'n Node> {
    let spec = set(node, "spec");
    if spec.is_none() {
        out.required(node, &path.field("selector"), "`spec` is required");
    }
    spec
}

/// Checks a selector, which is required, must not be empty, and must match the labels of the template.
pub(super) fn selector(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let selector_path = path.field("selector");
    match set(spec, "selector") {
        None => {
            out.required(spec, &selector_path, "`selector` is required");
            mismatch(spec, None, path, out);
        }
        Some(selector) => {
            label_selector(selector, &selector_path, out);
            if is_empty(selector) {
                out.invalid(selector, &selector_path, "`selector` must not be empty");
            }
            selects_template(spec, selector, path, out);
        }
    }
}

/// Checks that a selector matches the labels of the template.
pub(super) fn selects_template(spec: &Node, selector: &Node, path: &Path<'_>, out: &mut Findings) {
    let labels = spec.at_path(&["template", "metadata", "labels"]);
    if !matches(selector, labels) {
        mismatch(spec, Some(selector), path, out);
    }
}

pub(super) fn mismatch(spec: &Node, selector: Option<&Node>, path: &Path<'_>, out: &mut Findings) {
    let template = path.field("template");
    let metadata = template.field("metadata");
    let found = spec.at_path(&["template", "metadata", "labels"]).filter(|labels| !labels.is_null());
    let place = found.or_else(|| set(spec, "template")).unwrap_or(spec);
    let error = match selector {
        Some(selector) => place
            .error("selector-mismatch", "`selector` does not match the labels of the template")
            .label(selector.span(), "the selector"),
        None => place.error("selector-mismatch", "the labels of the template do not match, because `selector` is not set"),
    };
    out.push(error, metadata.field("labels").to_string());
}

/// Returns the pod template, or reports that it is missing.
pub(super) fn template<'n>(spec: &'n Node, path: &Path<'_>, out: &mut Findings) -> Option<&'n Node> {
    let template = set(spec, "template");
    if template.is_none() {
        let path = path.field("template");
        let path = path.field("spec");
        out.required(spec, &path.field("containers"), "`template` is required");
    }
    template
}

/// Checks that the pods of a long-running workload always restart and have no deadline. `path` is that of the template.
pub(super) fn always_restarts(template: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(spec) = set(template, "spec") else { return };
    let path = path.field("spec");
    if let Some((_, place)) = text(spec, "restartPolicy").filter(|(policy, _)| *policy != "Always") {
        out.unsupported(place, &path.field("restartPolicy"), &["Always"]);
    }
    if let Some(node) = set(spec, "activeDeadlineSeconds") {
        out.forbidden(
            node,
            &path.field("activeDeadlineSeconds"),
            "`activeDeadlineSeconds` is not allowed for the pods of this workload",
        );
    }
}

/// Checks a number, which must not be negative, or a percentage up to a limit.
pub fn amount_or_percent(node: &Node, field: &str, most: i64, path: &Path<'_>, out: &mut Findings) {
    let Some(value) = set(node, field) else { return };
    let path = path.field(field);
    if let Some(number) = look::as_int(value) {
        if number < 0 {
            out.invalid(value, &path, format!("`{field}` must not be negative, found {number}"));
        }
        return;
    }
    match percent(value) {
        None => out.invalid(value, &path, format!("`{field}` must be a number or a percentage such as `25%`")),
        Some(percent) if percent > most => {
            out.invalid(value, &path, format!("`{field}` must be at most {most}%, found {percent}%"))
        }
        Some(_) => {}
    }
}

/// The number before `%`, capped at the largest integer; `None` for any other string.
fn percent(node: &Node) -> Option<i64> {
    let digits = look::as_text(node)?.strip_suffix('%')?;
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().unwrap_or(i64::MAX))
}

/// Whether a number or percentage is 0; `default` is the result if it is not set.
pub(super) fn is_zero(node: &Node, field: &str, default: bool) -> bool {
    let Some(value) = set(node, field) else { return default };
    let number = look::as_int(value).or_else(|| percent(value));
    // `amount_or_percent` reports other strings.
    number.unwrap_or(1) == 0
}
