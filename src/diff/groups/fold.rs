//! Folds a diff: parts that occur in several objects, and the objects in which they occur.
//!
//! Parts with exactly the same objects form one group: if 12 Deployments have the same 4 changes, that is one group with 4 changes,
//! and an annotation that 278 objects get is one group, whatever else changes in some of them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::keys::Keys;
use super::model::{Failure, Folded, Group, Member, Part};
use super::parts::parts;
use crate::diff::model::{Diff, Note, ObjectDiff, OverlayDiff};

/// An object with the parts of its difference.
struct Item<'d> {
    overlay: usize,
    position: usize,
    object: &'d ObjectDiff,
    parts: Vec<Part>,
}

/// Folds a diff.
pub fn fold(diff: &Diff) -> Folded<'_> {
    let items = items(diff, true);
    distributed(diff, &items, failures(diff, true))
}

/// A diff in the same form, in which nothing is folded.
pub fn single(diff: &Diff) -> Folded<'_> {
    let items = items(diff, false);
    distributed(diff, &items, failures(diff, false))
}

fn distributed<'d>(diff: &'d Diff, items: &[Item<'d>], failures: Vec<Failure<'d>>) -> Folded<'d> {
    let keys = groups_of_keys(items);
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut rest: Vec<Vec<Member<'_>>> = diff.overlays.iter().map(|_| Vec::new()).collect();
    for item in items {
        let mut own = item.member();
        // The groups of the object, in the order of its parts.
        let mut found: Vec<(usize, Member<'_>)> = Vec::new();
        let mut known: FxHashMap<usize, usize> = FxHashMap::default();
        for part in &item.parts {
            let Some(group) = keys.get(part.key).copied().flatten() else {
                own.parts.push(part.clone());
                continue;
            };
            own.elsewhere += 1;
            let at = *known.entry(group).or_insert(found.len());
            if at == found.len() {
                found.push((group, item.member()));
            }
            found[at].1.parts.push(part.clone());
        }
        let has_rest = !own.parts.is_empty();
        distribute_notes(item.object, &mut found, has_rest);
        if has_rest {
            own.notes = item.object.notes.iter().collect();
            rest[item.overlay].push(own);
        }
        for (group, member) in found {
            if groups.len() <= group {
                groups.resize_with(group + 1, || Group { members: Vec::new(), keys: Vec::new() });
            }
            groups[group].members.push(member);
        }
    }
    for (key, group) in keys.iter().enumerate() {
        if let Some(group) = group {
            groups[*group].keys.push(key);
        }
    }
    Folded { heads: heads(diff), failures, groups, rest }
}

impl<'d> Item<'d> {
    fn member(&self) -> Member<'d> {
        let (parts, notes) = (Vec::new(), Vec::new());
        Member { overlay: self.overlay, position: self.position, object: self.object, parts, notes, elsewhere: 0 }
    }
}

/// All objects with their numbered parts. If nothing is folded, all parts have different numbers.
fn items(diff: &Diff, is_folded: bool) -> Vec<Item<'_>> {
    let mut keys = Keys::default();
    let mut items = Vec::new();
    for (overlay, found) in diff.overlays.iter().enumerate() {
        for (position, object) in found.objects.iter().enumerate() {
            let mut parts = parts(object);
            match is_folded && !stays_whole(object) {
                true => keys.number(object, &mut parts),
                false => parts.iter_mut().for_each(|part| part.key = keys.alone()),
            }
            items.push(Item { overlay, position, object, parts });
        }
    }
    for item in items.iter_mut().filter(|item| is_folded && !stays_whole(item.object)) {
        keys.number_masked(item.object, &mut item.parts);
    }
    items
}

/// Whether an object is always shown by itself.
fn stays_whole(_object: &ObjectDiff) -> bool {
    false
}

/// For each key, its group, if several objects have it. Keys with the same objects have the same group.
fn groups_of_keys(items: &[Item<'_>]) -> Vec<Option<usize>> {
    let mut uses: Vec<Vec<usize>> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        for part in &item.parts {
            if uses.len() <= part.key {
                uses.resize_with(part.key + 1, Vec::new);
            }
            if uses[part.key].last() != Some(&at) {
                uses[part.key].push(at);
            }
        }
    }
    let mut numbers: FxHashMap<&[usize], usize> = FxHashMap::default();
    let mut groups = vec![None; uses.len()];
    // In the order of the first members.
    for key in items.iter().flat_map(|item| &item.parts).map(|part| part.key) {
        if uses[key].len() > 1 && groups[key].is_none() {
            let next = numbers.len();
            groups[key] = Some(*numbers.entry(&uses[key]).or_insert(next));
        }
    }
    groups
}

/// Adds the notes of an object to its groups: to those that cause them, or else to the first one, unless the object is also
/// shown by itself.
fn distribute_notes<'d>(object: &'d ObjectDiff, groups: &mut [(usize, Member<'d>)], has_rest: bool) {
    for note in &object.notes {
        let causes = causes(object, note);
        let mut is_caused = false;
        for (_, member) in groups.iter_mut() {
            if member.parts.iter().any(|part| part.change.is_some() && causes.get(part.at) == Some(&true)) {
                member.notes.push(note);
                is_caused = true;
            }
        }
        if let Some((_, first)) = groups.first_mut()
            && !is_caused
            && !has_rest
        {
            first.notes.push(note);
        }
    }
}

/// For each change of an object, whether it is the cause of a note; empty if that is not known.
fn causes(object: &ObjectDiff, note: &Note) -> Vec<bool> {
    let changes = object.changes.iter();
    match note {
        Note::Recreate { fields } => {
            let fields: FxHashSet<&str> = fields.iter().map(String::as_str).collect();
            changes.map(|change| fields.contains(change.path.to_string().as_str())).collect()
        }
        Note::Restart { because } if because.is_empty() => {
            changes.map(|change| change.path.starts_with(&["spec", "template"])).collect()
        }
        _ => Vec::new(),
    }
}

/// The diff without objects and errors.
fn heads(diff: &Diff) -> Diff {
    let head = |overlay: &OverlayDiff| {
        let OverlayDiff { name, objects: _, unchanged, hidden, error: _, touched, remarks, findings } = overlay;
        let (name, hidden, touched, remarks) = (name.clone(), hidden.clone(), touched.clone(), remarks.clone());
        OverlayDiff {
            name,
            objects: Vec::new(),
            unchanged: *unchanged,
            hidden,
            error: None,
            touched,
            remarks,
            findings: findings.clone(),
        }
    };
    let Diff { sides, title, overlays } = diff;
    Diff { sides: sides.clone(), title: title.clone(), overlays: overlays.iter().map(head).collect() }
}

/// The errors. Two errors are the same if they differ only in the files that led to them.
fn failures(diff: &Diff, is_folded: bool) -> Vec<Failure<'_>> {
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    let mut out: Vec<Failure<'_>> = Vec::new();
    for (at, overlay) in diff.overlays.iter().enumerate() {
        let Some(error) = &overlay.error else { continue };
        let key: Vec<&str> = error.lines().filter(|line| !line.trim_start().starts_with("= from: ")).collect();
        let next = out.len();
        let found = if is_folded { *known.entry(key.join("\n")).or_insert(next) } else { next };
        if found == next {
            out.push(Failure { overlays: Vec::new() });
        }
        out[found].overlays.push((at, error));
    }
    out
}
