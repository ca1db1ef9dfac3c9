//! StatefulSets with claims of their own. Deleting a StatefulSet keeps its claims, unless `whenDeleted` is Delete, and a StatefulSet
//! with the same name uses them again. Under another name or in another namespace, it starts with empty volumes.
//!
//! Behavior: Kubernetes' StatefulSet controller, and that of OpenKruise, whose CloneSets own the claims of their pods.

use super::claims::{are_deleted, first, names, replicas, templates};
use super::rules::{CLAIM_TEMPLATES, CLAIMS_DELETED, CLAIMS_LEFT, DATA_KEPT, POLICY, SCALED_DOWN, STARTS_EMPTY, STORAGE_SHRUNK};
use super::subject::{Subject, effect, is, name_of};
use super::volumes::shrunk;
use crate::diff::note::Note;
use crate::diff::object::Object;

/// The notes about a StatefulSet.
pub fn notes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let Some(old) = subject.old.filter(|old| is_owner(old) && !templates(old).is_empty()) else { return Vec::new() };
    match (subject.gone(), subject.stays()) {
        (Some(_), _) => gone(subject, old),
        (None, Some((_, new))) if !is_clone_set(old) => {
            let mut notes = recreated(subject, old, new);
            notes.extend(retention(old, new));
            notes.extend(scaled(old, new));
            notes
        }
        _ => Vec::new(),
    }
}

fn is_owner(object: &Object) -> bool {
    is(object, "apps", "StatefulSet") || is(object, "apps.kruise.io", "StatefulSet") || is_clone_set(object)
}

fn is_clone_set(object: &Object) -> bool {
    is(object, "apps.kruise.io", "CloneSet")
}

fn gone(subject: &Subject<'_, '_>, old: &Object) -> Vec<Note> {
    let mut notes = Vec::new();
    let name = name_of(old);
    let is_prepared = |new: &Object| {
        let claim = first(new).filter(|_| !is_clone_set(new));
        claim.is_some_and(|claim| {
            subject.context.new_side().get("PersistentVolumeClaim", &new.id.effective_namespace(), &claim).is_some()
        })
    };
    if let Some(new) = subject.new.filter(|new| !templates(new).is_empty() && !is_prepared(new)) {
        notes.push(effect(STARTS_EMPTY, format!("the pods of {} start with empty volumes{}", name_of(new), place_of(old, new))));
    }
    if is_clone_set(old) {
        notes.push(effect(CLAIMS_DELETED, format!("deleting {name} deletes the claims of its pods")));
        return notes;
    }
    let claims = names(old, &templates(old), 0);
    notes.push(match are_deleted(old, "whenDeleted") {
        true => effect(CLAIMS_DELETED, format!("deleting {name} deletes its claims {claims} (whenDeleted: Delete)")),
        false => effect(CLAIMS_LEFT, format!("the claims {claims} of {name} stay behind, and no pod uses their data")),
    });
    notes
}

/// The new claims, or the new namespace if their names are the same.
fn place_of(old: &Object, new: &Object) -> String {
    if is_clone_set(new) {
        return String::new();
    }
    let [from, to] = [old, new].map(|object| names(object, &templates(object), 0));
    let namespace = new.id.effective_namespace();
    if from == to { format!(" in namespace {namespace}") } else { format!(" ({to})") }
}

fn recreated(subject: &Subject<'_, '_>, old: &Object, new: &Object) -> Vec<Note> {
    let fields = subject.refused();
    if fields.is_empty() {
        return Vec::new();
    }
    let all = templates(old);
    let lost: Vec<&str> = all.iter().copied().filter(|name| !templates(new).contains(name)).collect();
    let is_template = |field: &str| field.starts_with("spec.volumeClaimTemplates");
    let is_content = |field: &str| !field.contains(".metadata.labels") && !field.contains(".metadata.annotations");
    let is_changed = fields.iter().any(|field| is_template(field) && is_content(field));
    let claims = names(old, &all, 0);
    let name = name_of(old);
    let outcome = if are_deleted(old, "whenDeleted") {
        format!("recreating {name} deletes its claims {claims} (whenDeleted: Delete), except with --cascade=orphan")
    } else if !lost.is_empty() {
        let claims = names(old, &lost, 0);
        format!("recreating {name} leaves the claims {claims} behind, and its pods start without their data")
    } else if is_changed {
        format!("recreate {name} alone: its claims {claims} keep their data only if they are not deleted, and stay as they are")
    } else {
        format!("recreating {name} keeps its claims {claims}: no data is lost")
    };
    let sizes = || {
        let mut changes = subject.changes.iter().filter(|change| is_template(&change.path.to_string()));
        changes.find_map(|change| shrunk(change).filter(|_| change.path.last_field() == Some("storage")))
    };
    if !is_changed {
        let rule = if are_deleted(old, "whenDeleted") { CLAIMS_DELETED } else { DATA_KEPT };
        return vec![effect(rule, outcome)];
    }
    vec![match sizes() {
        Some(sizes) => effect(STORAGE_SHRUNK, format!("the API server refuses to shrink a volume from {sizes}; {outcome}")),
        None => effect(CLAIM_TEMPLATES, format!("the API server refuses to change volumeClaimTemplates; {outcome}")),
    }]
}

fn retention(old: &Object, new: &Object) -> Vec<Note> {
    let cases = [("whenDeleted", "deleting"), ("whenScaled", "scaling down")];
    let begins = cases.into_iter().filter(|(when, _)| !are_deleted(old, when) && are_deleted(new, when));
    let text = |when: &str, verb: &str| {
        let object = if when == "whenDeleted" { format!(" {}", name_of(new)) } else { String::new() };
        format!("{when} Retain -> Delete: {verb}{object} deletes claims from now on")
    };
    begins.map(|(when, verb)| effect(POLICY, text(when, verb))).collect()
}

fn scaled(old: &Object, new: &Object) -> Option<Note> {
    let [from, to] = [old, new].map(replicas);
    (to < from && are_deleted(new, "whenScaled")).then(|| {
        let claims = names(old, &templates(old), to);
        effect(SCALED_DOWN, format!("scaling from {from} to {to} deletes the claims {claims} (whenScaled: Delete)"))
    })
}
