//! Turns a folded diff into the diff that it was.

use std::collections::BTreeMap;

use super::model::{Folded, Member, Part};
use crate::diff::model::{Diff, ObjectDiff};

/// The diff. An object, or a change of one, that the folded diff does not mention is missing.
pub fn unfold(folded: &Folded<'_>) -> Diff {
    let mut diff = folded.heads.clone();
    let overlays = &mut diff.overlays;
    for (at, error) in folded.failures.iter().flat_map(|failure| &failure.overlays) {
        overlays[*at].error = Some((*error).to_owned());
    }
    let mut objects: BTreeMap<(usize, usize), (&ObjectDiff, Vec<&Part>)> = BTreeMap::new();
    let members = folded.groups.iter().flat_map(|group| &group.members).chain(folded.rest.iter().flatten());
    for Member { overlay, position, object, parts, .. } in members {
        objects.entry((*overlay, *position)).or_insert((object, Vec::new())).1.extend(parts);
    }
    for ((overlay, _), (object, parts)) in objects {
        overlays[overlay].objects.push(restored(object, &parts));
    }
    diff
}

/// An object with the changes whose parts are all there, each once.
fn restored(object: &ObjectDiff, parts: &[&Part]) -> ObjectDiff {
    let mut pieces: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for part in parts.iter().filter(|part| part.change.is_some()) {
        pieces.entry(part.at).or_default().push(part.piece);
    }
    let is_whole = |found: &mut Vec<(usize, usize)>| {
        found.sort_unstable();
        found.iter().enumerate().all(|(at, piece)| *piece == (at, found.len()))
    };
    let changes = pieces.iter_mut().filter_map(|(at, found)| object.changes.get(*at).filter(|_| is_whole(found)).cloned());
    ObjectDiff {
        kind: object.kind,
        old: object.old.clone(),
        new: object.new.clone(),
        notes: object.notes.clone(),
        changes: changes.collect(),
        folded: object.folded.clone(),
    }
}
