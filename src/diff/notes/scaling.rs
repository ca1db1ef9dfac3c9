//! Who decides the number of replicas: the manifest or an autoscaler.
//!
//! Behavior: an apply without `spec.replicas`, where the last one had it, sets the default of 1; with it, every apply sets it, and a
//! HorizontalPodAutoscaler changes it again. A HorizontalPodAutoscaler does not scale a workload whose number of replicas is 0.

use super::rules::AUTOSCALED;
use super::subject::{Subject, effect, is, name_of, number, text};
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

/// An autoscaler that is added or removed, or that scales another workload than before.
pub fn of_scaler(subject: &Subject<'_, '_>) -> Vec<Note> {
    let [old, new] = [subject.old, subject.new].map(|side| side.filter(|object| is_scaler(object)));
    let side = subject.context.new_side();
    let find = |scaler: &Object| {
        let (kind, name) = target(scaler)?;
        side.get(kind, &scaler.id.effective_namespace(), name)
    };
    let mut notes = Vec::new();
    if let Some((scaler, (at, workload))) = new.and_then(|scaler| Some((scaler, find(scaler)?))) {
        let was_scaled = subject.context.before(at).is_some_and(|workload| subject.context.old().scaler(workload).is_some());
        let count = number(&workload.node, REPLICAS).map(|count| format!("; every apply first sets {count}")).unwrap_or_default();
        if old.is_none() || (subject.context.before(at).is_some() && !was_scaled) {
            let text = format!("decides the number of replicas of {} ({}){count}", name_of(workload), range(scaler));
            notes.push(effect(AUTOSCALED, text));
        }
    }
    let is_free = |at: usize, workload: &Object| side.scaler(workload).is_none() && subject.context.before(at).is_some();
    if let Some((_, workload)) = old.and_then(find).filter(|(at, workload)| is_free(*at, workload)) {
        let outcome = match number(&workload.node, REPLICAS) {
            Some(count) => format!("its manifest sets {count} replicas"),
            None => "it keeps the number of replicas that it has".to_owned(),
        };
        notes.push(effect(AUTOSCALED, format!("nothing scales {} any more: {outcome}", name_of(workload))));
    }
    notes
}

/// The kind and the name of the workload that an autoscaler scales.
fn target(scaler: &Object) -> Option<(&str, &str)> {
    let field = |field: &str| text(&scaler.node, &["spec", "scaleTargetRef", field]);
    Some((field("kind").unwrap_or("Deployment"), field("name")?))
}

fn is_scaler(object: &Object) -> bool {
    is(object, "autoscaling", "HorizontalPodAutoscaler") || is(object, "keda.sh", "ScaledObject")
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
