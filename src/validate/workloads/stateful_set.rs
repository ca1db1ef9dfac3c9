//! Rules for StatefulSets. Behavior: `ValidateStatefulSet`, which checks pods and claims since Kubernetes 1.36.

use super::shared::{always_restarts, amount_or_percent, is_zero, selector, spec, template};
use crate::validate::look::{items, not_negative, one_of, set, text};
use crate::validate::{Findings, Path, names, pod};
use crate::yaml::Node;

/// Checks a StatefulSet.
pub fn check(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = spec(node, &path, out) else { return };
    for field in ["replicas", "minReadySeconds"] {
        not_negative(spec, field, &path, out);
    }
    one_of(spec, "podManagementPolicy", &["OrderedReady", "Parallel"], &path, out);
    if let Some(strategy) = set(spec, "updateStrategy") {
        self::strategy(strategy, &path.field("updateStrategy"), out);
    }
    if let Some(policy) = set(spec, "persistentVolumeClaimRetentionPolicy").filter(|_| out.since(27)) {
        let path = path.field("persistentVolumeClaimRetentionPolicy");
        one_of(policy, "whenDeleted", &["Retain", "Delete"], &path, out);
        one_of(policy, "whenScaled", &["Retain", "Delete"], &path, out);
    }
    if let Some(ordinals) = set(spec, "ordinals").filter(|_| out.since(27)) {
        not_negative(ordinals, "start", &path.field("ordinals"), out);
    }
    selector(spec, &path, out);
    let template = set(spec, "template");
    if let Some(template) = template {
        always_restarts(template, &path.field("template"), out);
    }
    pods_and_claims(spec, &path, out);
}

fn strategy(strategy: &Node, path: &Path<'_>, out: &mut Findings) {
    let update = set(strategy, "rollingUpdate");
    let update_path = path.field("rollingUpdate");
    match (text(strategy, "type"), update) {
        (Some(("OnDelete", _)), Some(update)) => {
            out.invalid(update, &update_path, "`rollingUpdate` is not allowed with `type: OnDelete`");
        }
        (None | Some(("RollingUpdate", _)), Some(update)) => {
            not_negative(update, "partition", &update_path, out);
            if out.since(35) {
                amount_or_percent(update, "maxUnavailable", 100, &update_path, out);
                if let Some(place) = set(update, "maxUnavailable").filter(|_| is_zero(update, "maxUnavailable", false)) {
                    out.invalid(place, &update_path.field("maxUnavailable"), "`maxUnavailable` must not be 0");
                }
            }
        }
        (None | Some(("RollingUpdate" | "OnDelete", _)), None) => {}
        (Some((_, place)), _) => out.unsupported(place, path, &["RollingUpdate", "OnDelete"]),
    }
}

/// Checks what the controller creates later. Older servers accept anything, but then the pods and claims can't be created.
fn pods_and_claims(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let before = out.count();
    if let Some(template) = template(spec, path, out) {
        pod::stateful_template(template, spec, &path.field("template"), out);
    }
    if let Some((name, place)) = text(spec, "serviceName")
        && let Err(cause) = names::dns_label(name)
    {
        out.invalid(place, &path.field("serviceName"), format!("`{name}` {cause}"));
    }
    let list = path.field("volumeClaimTemplates");
    for (at, claim) in items(spec, "volumeClaimTemplates") {
        let path = list.index(at);
        pod::claim_spec(set(claim, "spec").unwrap_or(claim), &path.field("spec"), out);
    }
    if !out.since(36) {
        out.soften(before, "Kubernetes before 1.36 accepts the StatefulSet, but can't create its pods or claims");
    }
}
