//! PersistentVolumeClaims, PersistentVolumes, and the policies that decide whether storage is deleted with them.
//!
//! Behavior: Kubernetes' reclaim policies. A PersistentVolume in a manifest has the policy Retain by default; volumes that are
//! provisioned for a claim have the policy of their StorageClass, which is Delete by default.

use super::rules::{CLAIM_DELETED, CLAIM_RECREATED, DATA_KEPT, POLICY, STARTS_EMPTY, STORAGE_SHRUNK, VOLUME_DELETED};
use super::subject::{Subject, effect, is, name_of, text};
use crate::diff::model::{Change, Sided};
use crate::diff::note::Note;
use crate::diff::object::Object;
use crate::resource::{Gvk, ResId};
use crate::schema::quantity::Quantity;

/// What happens to the volume of a claim that is deleted.
enum Fate {
    /// It stays, because of this.
    Kept(String),
    /// It is deleted, because of this.
    Deleted(String),
    /// The manifests do not say.
    Unknown,
}

/// A claim that is removed, renamed, moved, or can't be changed.
pub fn claims(subject: &Subject<'_, '_>) -> Vec<Note> {
    let is_claim = |object: Option<&Object>| object.is_some_and(|object| is(object, "", "PersistentVolumeClaim"));
    if !is_claim(subject.old) {
        return Vec::new();
    }
    match subject.gone() {
        Some(old) => gone(subject, old),
        None => recreated(subject),
    }
}

fn gone(subject: &Subject<'_, '_>, old: &Object) -> Vec<Note> {
    let name = name_of(old);
    let mut notes = Vec::new();
    if let Some(new) = subject.new.filter(|new| is_new_volume(new)) {
        notes.push(effect(STARTS_EMPTY, format!("{} starts with an empty volume", place_of(new))));
    }
    notes.push(match fate(subject, old) {
        Fate::Kept(why) => effect(DATA_KEPT, format!("deleting {name} keeps its volume ({why}), but no claim uses it")),
        Fate::Deleted(why) => effect(CLAIM_DELETED, format!("deleting {name} deletes its volume ({why})")),
        Fate::Unknown => effect(
            CLAIM_DELETED,
            format!("deleting {name} deletes its volume, unless the reclaim policy of the volume is Retain"),
        ),
    });
    notes
}

/// `PersistentVolumeClaim/data in namespace shop`
fn place_of(object: &Object) -> String {
    let namespace = &object.id.namespace;
    let place = if namespace.is_empty() { String::new() } else { format!(" in namespace {namespace}") };
    format!("{}{place}", name_of(object))
}

/// Whether a claim gets a volume without content.
fn is_new_volume(claim: &Object) -> bool {
    let is_set = |field: &str| claim.node.at_path(&["spec", field]).is_some_and(|value| !value.is_empty());
    !["volumeName", "dataSource", "dataSourceRef"].into_iter().any(is_set)
}

fn recreated(subject: &Subject<'_, '_>) -> Vec<Note> {
    let Some((old, _)) = subject.stays() else { return Vec::new() };
    let storage = |change: &&Change| change.path.starts_with(&["spec", "resources", "requests", "storage"]);
    let fields = subject.refused();
    let Some(field) = fields.first() else { return Vec::new() };
    let fate = match fate(subject, old) {
        Fate::Kept(why) => format!("recreating the claim keeps the old volume ({why}), but starts with an empty one"),
        Fate::Deleted(why) => format!("recreating the claim deletes its data ({why})"),
        Fate::Unknown => "recreating the claim deletes its data, unless the reclaim policy of the volume is Retain".to_owned(),
    };
    match subject.changes.iter().find(storage).and_then(shrunk) {
        Some(sizes) => vec![effect(STORAGE_SHRUNK, format!("the API server refuses to shrink the volume from {sizes}; {fate}"))],
        None => vec![effect(CLAIM_RECREATED, format!("the API server refuses to change {field}; {fate}"))],
    }
}

/// `2Gi to 1Gi`, if the new size is less.
pub fn shrunk(change: &Change) -> Option<String> {
    let size = |side: &Option<Sided>| {
        let node = &side.as_ref()?.node;
        Some((Quantity::of(node)?.nanos(), node.as_text()?.to_string()))
    };
    let ((from, old), (to, new)) = (size(&change.old)?, size(&change.new)?);
    (to < from).then(|| format!("{old} to {new}"))
}

fn fate(subject: &Subject<'_, '_>, claim: &Object) -> Fate {
    let of = |path: &[&str]| text(&claim.node, path).filter(|text| !text.is_empty());
    let find = |version: &str, kind: &str, name: &str| {
        let namespace = ResId { gvk: Gvk::new(version, kind), ..ResId::default() }.effective_namespace();
        subject.context.old().get(kind, &namespace, name).map(|(_, object)| object)
    };
    let volume = of(&["spec", "volumeName"]).and_then(|name| find("v1", "PersistentVolume", name));
    let class = || of(&["spec", "storageClassName"]).and_then(|name| find("storage.k8s.io/v1", "StorageClass", name));
    let (policy, source) = match volume {
        Some(volume) => (text(&volume.node, &["spec", "persistentVolumeReclaimPolicy"]).unwrap_or("Retain"), volume),
        None => match class() {
            Some(class) => (text(&class.node, &["reclaimPolicy"]).unwrap_or("Delete"), class),
            None => return Fate::Unknown,
        },
    };
    let why = format!("reclaim policy {policy} of {}", name_of(source));
    if policy == "Retain" { Fate::Kept(why) } else { Fate::Deleted(why) }
}

/// A PersistentVolume that is removed or renamed.
pub fn volumes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let Some(old) = subject.old.filter(|old| is(old, "", "PersistentVolume")) else { return Vec::new() };
    let verb = match subject.gone() {
        Some(_) => "deleting",
        None if subject.refused().is_empty() => return Vec::new(),
        None => "recreating",
    };
    let (name, policy) = (name_of(old), text(&old.node, &["spec", "persistentVolumeReclaimPolicy"]));
    vec![match policy {
        Some(policy @ ("Delete" | "Recycle")) => {
            effect(VOLUME_DELETED, format!("{verb} {name} deletes its storage (reclaim policy {policy})"))
        }
        Some(_) => effect(DATA_KEPT, format!("{verb} {name} keeps its storage (reclaim policy Retain)")),
        None => effect(DATA_KEPT, format!("{verb} {name} keeps its storage (reclaim policy Retain, the default)")),
    }]
}

/// A field that decides whether data is kept.
struct Policy {
    group: &'static str,
    kind: &'static str,
    path: &'static [&'static str],
    /// The value without the field.
    default: &'static str,
    /// What is deleted from now on.
    effect: &'static str,
}

const SNAPSHOTS: &str = "snapshot.storage.k8s.io";

#[rustfmt::skip]
const POLICIES: &[Policy] = &[
    Policy { group: "", kind: "PersistentVolume", path: &["spec", "persistentVolumeReclaimPolicy"], default: "Retain", effect: "the storage is deleted when its claim is" },
    Policy { group: "storage.k8s.io", kind: "StorageClass", path: &["reclaimPolicy"], default: "Delete", effect: "new volumes of the class are deleted with their claims" },
    Policy { group: SNAPSHOTS, kind: "VolumeSnapshotContent", path: &["spec", "deletionPolicy"], default: "Delete", effect: "the snapshot is deleted with its object" },
    Policy { group: SNAPSHOTS, kind: "VolumeSnapshotClass", path: &["deletionPolicy"], default: "Delete", effect: "new snapshots of the class are deleted with their objects" },
];

/// Policies that no longer keep data.
pub fn policies(subject: &Subject<'_, '_>) -> Vec<Note> {
    let Some((old, new)) = subject.old.zip(subject.new) else { return Vec::new() };
    let changed = POLICIES.iter().filter(|policy| is(new, policy.group, policy.kind)).filter_map(|policy| {
        let [from, to] = [old, new].map(|object| text(&object.node, policy.path).unwrap_or(policy.default));
        let field = policy.path.join(".");
        (from == "Retain" && to != from).then(|| effect(POLICY, format!("{field} {from} -> {to}: {}", policy.effect)))
    });
    changed.collect()
}
