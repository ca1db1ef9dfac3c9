//! The effects of changes in a cluster: objects that must be recreated, pods that restart, kinds that use another API version.

use super::fold::Names;
use super::immutable::is_refused;
use super::model::{Change, Note};
use super::object::Object;

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

/// The notes about an object. `stays` is whether the API server sees the new object as an update of the old one.
pub fn notes(old: &Object, new: &Object, changes: &[Change], names: &Names, stays: bool) -> Vec<Note> {
    let mut notes = Vec::new();
    let (from, to) = (&old.id.gvk, &new.id.gvk);
    if from != to {
        notes.push(Note::Migration { old: from.api_version().to_string(), new: to.api_version().to_string() });
    }
    if old.is_generated && new.is_generated && old.id.name != new.id.name {
        notes.push(Note::Generated { old: old.id.name.to_string(), new: new.id.name.to_string() });
    }
    if stays {
        let mut fields: Vec<String> = Vec::new();
        for change in changes.iter().filter(|change| is_refused(to, &old.node, &new.node, change)) {
            let field = change.path.to_string();
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        if !fields.is_empty() {
            notes.push(Note::Recreate { fields });
        }
        notes.extend(restart(old, new, changes, names));
    }
    notes
}

fn restart(old: &Object, new: &Object, changes: &[Change], names: &Names) -> Option<Note> {
    let gvk = &new.id.gvk;
    let waits = |object: &Object| {
        let strategy = object.node.at_path(&["spec", "updateStrategy", "type"]);
        strategy.and_then(|strategy| strategy.as_str()) == Some("OnDelete")
    };
    if !ROLLED.contains(&(gvk.group.as_str(), gvk.kind.as_str())) || (waits(old) && waits(new)) {
        return None;
    }
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
    (is_template_changed || !because.is_empty()).then_some(Note::Restart { because })
}
