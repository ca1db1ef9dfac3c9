//! Patches for programs: a JSON array with one entry per object, with RFC 6902 operations for each object that changed.
//!
//! The operations are generated from the changes of the diff (`operations.rs`), not from the documents: list items are matched by
//! their merge keys, and hidden changes are omitted. Each entry states whether the API server can apply the patch.

use json_patch::jsonptr::PointerBuf;
use json_patch::{Patch, PatchOperation, TestOperation};
use serde::Serialize;

use super::json::{self, Note, Side};
use super::operations::operations;
use super::{Format, Style};
use crate::diff::mask;
use crate::diff::model::{Diff, Note as Meaning, ObjectDiff, ObjectSide, OverlayDiff};
use crate::escape;

/// For `kubectl patch --type=json` and other programs.
pub const FORMAT: Format = Format {
    name: "json-patch",
    purpose: "RFC 6902 patches, one per changed object",
    shows_errors: false,
    annotates: false,
    write,
};

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'d> {
    Object(Box<Object<'d>>),
    Failed { overlay: &'d str, error: &'d str },
}

#[derive(Serialize)]
struct Object<'d> {
    overlay: &'d str,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Side>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Side>,
    notes: Vec<Note>,
    /// Whether values are masked, which makes the entry incomplete.
    masked: bool,
    /// Whether the server can make the change in place.
    patchable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<Patch>,
}

fn write(diff: &Diff, _: Style) -> String {
    let entries: Vec<Entry<'_>> = diff.overlays.iter().flat_map(overlay).collect();
    escape::json(&serde_json::to_string_pretty(&entries).unwrap_or_default()).into_owned() + "\n"
}

fn overlay(found: &OverlayDiff) -> impl Iterator<Item = Entry<'_>> {
    let failed = found.error.iter().map(|error| Entry::Failed { overlay: &found.name, error });
    failed.chain(found.objects.iter().map(|changed| Entry::Object(Box::new(object(&found.name, changed)))))
}

fn object<'d>(overlay: &'d str, found: &ObjectDiff) -> Object<'d> {
    let patch = found.old.as_ref().zip(found.new.as_ref()).map(|(old, _)| patch(found, old));
    let sides = [&found.old, &found.new].into_iter().flatten();
    let masked = if patch.is_some() { has_masked_changes(found) } else { sides.clone().any(|side| side.masked) };
    // If the object exists on one side only, the entry contains the whole object, unless it would be incomplete.
    let is_whole = patch.is_none() && !masked;
    Object {
        overlay,
        change: found.kind.name(),
        old: found.old.as_ref().map(|old| json::side(old, is_whole)),
        new: found.new.as_ref().map(|new| json::side(new, is_whole)),
        notes: json::notes(found),
        masked,
        patchable: patch.as_ref().is_some_and(|patch| is_patchable(found, patch)),
        patch,
    }
}

fn patch(found: &ObjectDiff, old: &ObjectSide) -> Patch {
    let mut patch = Vec::new();
    if has_masked_changes(found) {
        // An object never equals this string, so the test fails and a mask is never written into a Secret by accident.
        patch.push(PatchOperation::Test(TestOperation { path: PointerBuf::new(), value: mask::MASK.into() }));
    }
    patch.extend(operations(found.all_changes(), &old.node));
    Patch(patch)
}

fn has_masked_changes(found: &ObjectDiff) -> bool {
    found.all_changes().any(|change| change.masked)
}

/// Whether the patch turns the object in a cluster into the new one: the name, the namespace, and `apiVersion` cannot be patched,
/// some fields are immutable, `stringData` is never stored, and the server and its controllers write into the mappings and lists
/// of `metadata`, so these cannot be set or removed as a whole.
fn is_patchable(found: &ObjectDiff, patch: &Patch) -> bool {
    let needs_new_object = found.notes.iter().any(|note| matches!(note, Meaning::Recreate { .. }));
    let gvk = found.id().gvk;
    let is_secret = mask::is_secret(&gvk);
    let is_in_place = |operation: &PatchOperation| {
        let path: Vec<_> = operation.path().tokens().collect();
        match path.first().map(|field| field.encoded()) {
            None => false,
            Some("stringData") => !is_secret,
            Some("metadata") => path.len() > 2,
            Some(_) => true,
        }
    };
    !gvk.kind.is_empty() && found.old_id().is_none() && !needs_new_object && patch.iter().all(is_in_place)
}
