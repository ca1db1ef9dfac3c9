//! Who decides the number of replicas: the manifest or an autoscaler.
//!
//! Behavior: an apply without `spec.replicas`, where the last one had it, sets the default of 1; with it, every apply sets it, and a
//! HorizontalPodAutoscaler changes it again. A HorizontalPodAutoscaler does not scale a workload whose number of replicas is 0.

use super::rules::AUTOSCALED;
use super::subject::{Subject, effect, name_of, number, text};
use crate::diff::model::ObjectKind;
use crate::diff::note::Note;
use crate::diff::object::Object;

const REPLICAS: &[&str] = &["spec", "replicas"];

/// A workload whose number of replicas changes in the manifest.
pub fn of_workload(subject: &Subject<'_, '_>) -> Vec<Note> {
    let Some((old, new)) = subject.stays() else { return Vec::new() };
    if !subject.changes.iter().any(|change| change.path.0.len() == 2 && change.path.starts_with(REPLICAS)) {
        return Vec::new();
    }
    let Some(scaler) = subject.context.new_side().scaler(new) else { return Vec::new() };
    let (name, range) = (name_of(scaler), range(scaler));
    let text = match (number(&old.node, REPLICAS), number(&new.node, REPLICAS)) {
        (_, Some(0)) if is_autoscaler(scaler) => format!("{name} does not scale a workload with 0 replicas"),
        (_, Some(count)) => format!("{name} decides the number of replicas ({range}); every apply first sets {count}"),
        _ => format!("{name} decides the number of replicas ({range}); `kubectl apply` first sets 1, the default"),
    };
    vec![effect(AUTOSCALED, text)]
}

/// An autoscaler that is added or removed.
pub fn of_scaler(subject: &Subject<'_, '_>) -> Vec<Note> {
    let (scaler, is_added) = match (subject.kind, subject.old, subject.new) {
        (ObjectKind::Added, _, Some(new)) => (new, true),
        (ObjectKind::Removed, Some(old), _) => (old, false),
        _ => return Vec::new(),
    };
    let Some((group, default)) =
        [("autoscaling", ""), ("keda.sh", "Deployment")].into_iter().find(|(group, _)| scaler.id.gvk.group == *group)
    else {
        return Vec::new();
    };
    let field = |field: &str| text(&scaler.node, &["spec", "scaleTargetRef", field]);
    let (kind, Some(name)) = (field("kind").unwrap_or(default), field("name")) else { return Vec::new() };
    let namespace = scaler.id.effective_namespace();
    let side = subject.context.new_side();
    let Some((at, workload)) = side.get(kind, &namespace, name).filter(|_| !group.is_empty()) else { return Vec::new() };
    let (target, count) = (name_of(workload), number(&workload.node, REPLICAS));
    let text = match (is_added, count) {
        (true, Some(count)) => {
            format!("decides the number of replicas of {target} ({}); every apply of {target} first sets {count}", range(scaler))
        }
        (true, None) => format!("decides the number of replicas of {target} ({})", range(scaler)),
        (false, _) if side.scaler(workload).is_some() || subject.context.before(at).is_none() => return Vec::new(),
        (false, Some(count)) => format!("nothing scales {target} any more: its manifest sets {count} replicas"),
        (false, None) => format!("nothing scales {target} any more: it keeps the number of replicas that it has"),
    };
    vec![effect(AUTOSCALED, text)]
}

fn is_autoscaler(scaler: &Object) -> bool {
    scaler.id.gvk.kind == "HorizontalPodAutoscaler"
}

/// `between 2 and 10`
fn range(scaler: &Object) -> String {
    let (least, most, defaults) = if is_autoscaler(scaler) {
        ("minReplicas", "maxReplicas", (1, None))
    } else {
        ("minReplicaCount", "maxReplicaCount", (0, Some(100)))
    };
    let of = |field: &str| number(&scaler.node, &["spec", field]);
    let least = of(least).unwrap_or(defaults.0);
    match of(most).or(defaults.1) {
        Some(most) => format!("between {least} and {most}"),
        None => format!("at least {least}"),
    }
}
