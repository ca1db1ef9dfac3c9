//! Rules for DaemonSets. Behavior: `ValidateDaemonSet`.

use super::shared::{always_restarts, amount_or_percent, is_zero, mismatch, selects_template, spec, template};
use crate::validate::look::{not_negative, set, text};
use crate::validate::selectors::{is_empty, label_selector};
use crate::validate::{Findings, Path, pod};
use crate::yaml::Node;

/// Checks a DaemonSet.
pub fn check(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    for field in ["minReadySeconds", "revisionHistoryLimit"] {
        not_negative(spec, field, &path, out);
    }
    let selector_path = path.field("selector");
    match set(spec, "selector") {
        // The server reports a missing selector only as one that selects nothing.
        None => mismatch(spec, None, &path, out),
        Some(selector) => {
            label_selector(selector, &selector_path, out);
            if is_empty(selector) {
                out.invalid(selector, &selector_path, "`selector` must not be empty");
            }
            selects_template(spec, selector, &path, out);
        }
    }
    if let Some(template) = template(spec, &path, out) {
        let path = path.field("template");
        pod::template(template, &path, out);
        pod::read_only_disks(template, &path, out);
        always_restarts(template, &path, out);
    }
    if let Some(strategy) = set(spec, "updateStrategy") {
        let path = path.field("updateStrategy");
        match (text(strategy, "type"), set(strategy, "rollingUpdate")) {
            (None | Some(("RollingUpdate", _)), Some(update)) => rolling(update, &path.field("rollingUpdate"), out),
            (None | Some(("RollingUpdate" | "OnDelete", _)), _) => {}
            (Some((_, place)), _) => out.unsupported(place, &path, &["RollingUpdate", "OnDelete"]),
        }
    }
}

/// Checks that exactly one of the two limits is greater than 0; the defaults are 1 and 0.
fn rolling(update: &Node, path: &Path<'_>, out: &mut Findings) {
    amount_or_percent(update, "maxUnavailable", 100, path, out);
    amount_or_percent(update, "maxSurge", 100, path, out);
    match (is_zero(update, "maxUnavailable", false), is_zero(update, "maxSurge", true)) {
        (false, false) => {
            let place = set(update, "maxSurge").unwrap_or(update);
            let error = place.error("invalid-value", "`maxSurge` must be 0 when `maxUnavailable` is not 0");
            let unset = set(update, "maxUnavailable").is_none();
            let help = unset.then(|| "set `maxUnavailable` to 0; its default is 1".to_owned());
            out.push(error.help_if(help), path.field("maxSurge").to_string());
        }
        (true, true) => {
            let place = set(update, "maxUnavailable").unwrap_or(update);
            out.required(place, &path.field("maxUnavailable"), "`maxUnavailable` must not be 0 when `maxSurge` is 0");
        }
        _ => {}
    }
}
