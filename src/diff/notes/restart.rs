//! What the API server and controllers do with a changed object: a new API version, a generated name, fields that can't be changed,
//! and workloads whose pods are replaced.

use super::rules::STARTS_EMPTY;
use super::subject::{Subject, text};
use super::{stateful_set, volumes};
use crate::diff::fold::Names;
use crate::diff::model::Change;
use crate::diff::note::Note;
use crate::diff::object::Object;

/// Workloads whose pods are replaced when the pod template changes.
const ROLLED: [(&str, &str); 9] = [
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("argoproj.io", "Rollout"),
    ("apps.openshift.io", "DeploymentConfig"),
    ("apps.kruise.io", "CloneSet"),
    ("apps.kruise.io", "StatefulSet"),
    ("apps.kruise.io", "DaemonSet"),
    ("serving.knative.dev", "Service"),
];

/// A different API version, and a different name of generated content.
pub fn identity(subject: &Subject<'_, '_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let Some((old, new)) = subject.old.zip(subject.new) else { return notes };
    let (from, to) = (&old.id.gvk, &new.id.gvk);
    if from != to {
        notes.push(Note::Migration { old: from.api_version().to_string(), new: to.api_version().to_string() });
    }
    if old.is_generated && new.is_generated && old.id.name != new.id.name {
        notes.push(Note::Generated { old: old.id.name.to_string(), new: new.id.name.to_string() });
    }
    notes
}

/// Fields that can't be changed. Those include the name and the namespace, where another object with the same content is not the same.
pub fn recreate(subject: &Subject<'_, '_>) -> Vec<Note> {
    let mut fields = subject.refused();
    if let Some((old, new)) = subject.old.zip(subject.new).filter(|_| has_data(subject)) {
        if old.id.name != new.id.name {
            fields.push("metadata.name".to_owned());
        }
        if old.id.effective_namespace() != new.id.effective_namespace() {
            fields.push("metadata.namespace".to_owned());
        }
    }
    if fields.is_empty() { Vec::new() } else { vec![Note::Recreate { fields }] }
}

/// Whether a renamed or moved object leaves data behind.
fn has_data(subject: &Subject<'_, '_>) -> bool {
    let is_empty = |note: &Note| matches!(note, Note::Effect { rule, .. } if *rule == STARTS_EMPTY);
    subject.gone().is_some() && [volumes::claims, stateful_set::notes].iter().any(|family| family(subject).iter().any(is_empty))
}

/// Workloads whose pods are replaced.
pub fn restart(subject: &Subject<'_, '_>) -> Vec<Note> {
    let is_rolled = subject.stays().is_some_and(|(old, new)| is_rolled(old, new));
    let because = is_rolled.then(|| causes(subject.changes, subject.names)).flatten();
    because.map(|because| Note::Restart { because }).into_iter().collect()
}

/// Whether a controller replaces the pods of a workload when its template changes.
pub fn is_rolled(old: &Object, new: &Object) -> bool {
    let waits = |object: &Object| text(&object.node, &["spec", "updateStrategy", "type"]) == Some("OnDelete");
    let gvk = &new.id.gvk;
    ROLLED.contains(&(gvk.group.as_str(), gvk.kind.as_str())) && !(waits(old) && waits(new))
}

fn causes(changes: &[Change], names: &Names) -> Option<Vec<String>> {
    let mut because: Vec<String> = Vec::new();
    let mut is_template_changed = false;
    for change in changes.iter().filter(|change| change.path.starts_with(&["spec", "template"])) {
        match names.referred(change) {
            Some(cause) if because.iter().all(|known| known != cause) => because.push(cause.to_owned()),
            Some(_) => {}
            None => is_template_changed = true,
        }
    }
    if is_template_changed {
        because.clear();
    }
    (is_template_changed || !because.is_empty()).then_some(because)
}
