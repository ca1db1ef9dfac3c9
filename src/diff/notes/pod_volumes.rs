//! Volumes of pods that are another one afterwards, so that the pods start without the data of the old one.

use super::rules::OTHER_VOLUME;
use super::subject::{Subject, effect, items, text};
use crate::diff::note::Note;
use crate::diff::object::Object;
use crate::references::templates;
use crate::yaml::Node;

/// Sources of volumes whose data outlives a pod.
const LASTING: &[&str] = &[
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "fc",
    "gcePersistentDisk",
    "glusterfs",
    "iscsi",
    "nfs",
    "persistentVolumeClaim",
    "portworxVolume",
    "rbd",
    "vsphereVolume",
];

/// The notes about the volumes of a workload.
pub fn notes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let Some((old, new)) = subject.old.zip(subject.new) else { return Vec::new() };
    let is_changed = subject.changes.iter().any(|change| change.path.to_string().contains("olumes"));
    if !is_changed {
        return Vec::new();
    }
    let [before, after] = [old, new].map(|object| templates(&object.node, &object.id.gvk.group, &object.id.gvk.kind));
    let mut notes = Vec::new();
    for template in &before {
        let Some(now) = after.iter().find(|now| now.path == template.path) else { continue };
        for volume in items(template.spec, &["volumes"]) {
            let name = text(volume, &["name"]);
            let partner = items(now.spec, &["volumes"]).iter().find(|volume| name.is_some() && text(volume, &["name"]) == name);
            notes.extend(partner.and_then(|partner| other(subject, [old, new], volume, partner)));
        }
    }
    notes
}

fn other(subject: &Subject<'_, '_>, [old, new]: [&Object; 2], volume: &Node, partner: &Node) -> Option<Note> {
    let (from, to) = (source(volume)?, source(partner)?);
    let name = text(volume, &["name"])?;
    let claim = |volume| text(volume, &["persistentVolumeClaim", "claimName"]);
    let words = |source: &str, volume| match claim(volume) {
        Some(claim) => format!("claim {claim}"),
        None => source.to_owned(),
    };
    let is_other = match (claim(volume), claim(partner)) {
        (Some(old_claim), Some(new_claim)) => !is_same_claim(subject, [old, new], [old_claim, new_claim]),
        _ => LASTING.contains(&from) && ["emptyDir", "ephemeral"].contains(&to),
    };
    let (before, after) = (words(from, volume), words(to, partner));
    is_other
        .then(|| effect(OTHER_VOLUME, format!("volume {name} is {after} instead of {before}, so pods start without its data")))
}

/// Whether a claim is the old one, or that under a new name, which has notes of its own.
fn is_same_claim(subject: &Subject<'_, '_>, [old, new]: [&Object; 2], [from, to]: [&str; 2]) -> bool {
    if from == to {
        return true;
    }
    let before = subject.context.old().get("PersistentVolumeClaim", &old.id.effective_namespace(), from);
    let after = before.and_then(|(at, _)| subject.context.after(at));
    after.is_some_and(|claim| claim.id.name == to && claim.id.effective_namespace() == new.id.effective_namespace())
}

/// The field that says what a volume is.
fn source(volume: &Node) -> Option<&str> {
    volume.as_mapping()?.iter().map(|entry| entry.key.text.as_str()).find(|key| *key != "name")
}
