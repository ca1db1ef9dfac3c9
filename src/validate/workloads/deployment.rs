//! Rules for Deployments. Behavior: `ValidateDeployment`.

use super::shared::{always_restarts, amount_or_percent, is_zero, selector, spec, template};
use crate::validate::look::{int, not_negative, set, text};
use crate::validate::{Findings, Path, pod};
use crate::yaml::Node;

/// The default of `progressDeadlineSeconds`.
const PROGRESS_DEADLINE: i64 = 600;

/// Checks a Deployment.
pub fn check(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    for field in ["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
        not_negative(spec, field, &path, out);
    }
    selector(spec, &path, out);
    if let Some(template) = template(spec, &path, out) {
        let path = path.field("template");
        pod::template(template, &path, out);
        always_restarts(template, &path, out);
        if int(spec, "replicas").is_some_and(|(replicas, _)| replicas > 1) {
            pod::read_only_disks(template, &path, out);
        }
    }
    if let Some(strategy) = set(spec, "strategy") {
        self::strategy(strategy, &path.field("strategy"), out);
    }
    let (deadline, place) = int(spec, "progressDeadlineSeconds").unwrap_or((PROGRESS_DEADLINE, spec));
    if let Some((ready, ready_place)) = int(spec, "minReadySeconds").filter(|(ready, _)| deadline <= *ready) {
        let place = if set(spec, "progressDeadlineSeconds").is_some() { place } else { ready_place };
        let message = format!("`progressDeadlineSeconds` must be greater than `minReadySeconds` ({ready}), found {deadline}");
        out.invalid(place, &path.field("progressDeadlineSeconds"), message);
    }
}

fn strategy(strategy: &Node, path: &Path<'_>, out: &mut Findings) {
    let update_path = path.field("rollingUpdate");
    match (text(strategy, "type"), set(strategy, "rollingUpdate")) {
        (Some(("Recreate", _)), Some(update)) => {
            out.forbidden(update, &update_path, "`rollingUpdate` is not allowed with `type: Recreate`");
        }
        (None | Some(("RollingUpdate", _)), Some(update)) => rolling(update, &update_path, out),
        (None | Some(("RollingUpdate" | "Recreate", _)), None) => {}
        (Some((_, place)), _) => out.unsupported(place, path, &["Recreate", "RollingUpdate"]),
    }
}

/// Checks that the two limits are not both 0; both default to 25%.
fn rolling(update: &Node, path: &Path<'_>, out: &mut Findings) {
    amount_or_percent(update, "maxUnavailable", 100, path, out);
    amount_or_percent(update, "maxSurge", i64::MAX, path, out);
    if is_zero(update, "maxUnavailable", false) && is_zero(update, "maxSurge", false) {
        let place = set(update, "maxUnavailable").unwrap_or(update);
        out.invalid(place, &path.field("maxUnavailable"), "`maxUnavailable` must not be 0 when `maxSurge` is 0");
    }
}
