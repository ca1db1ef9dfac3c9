//! What a group shows: each change once, with what differs between the members.

use rustc_hash::{FxHashMap, FxHashSet};

use super::model::{Group, Member};
use super::parts::{image, pattern};
use crate::diff::model::{Change, Note, Sided};
use crate::diff::path::Place;

/// A change that the members of a group have in common.
#[derive(Debug)]
pub struct Shared<'g> {
    /// The change of the first member; `None` if the objects were added, removed, renamed, or moved.
    pub change: Option<&'g Change>,
    /// Its path. If the members have different paths, what their ends have in common, as `--ignore` accepts it.
    pub path: String,
    /// If a tag changes: the images, and the old and the new tag.
    pub tag: Option<(Vec<&'g str>, &'g str, &'g str)>,
    /// The locations, without duplicates.
    pub places: Vec<String>,
}

/// A note that some members of a group have.
#[derive(Debug)]
pub struct Noted<'g> {
    /// The note of the first member.
    pub note: &'g Note,
    /// Its text.
    pub text: String,
    /// How many members have it.
    pub members: usize,
    /// How many other texts there are for this type of note.
    pub others: usize,
}

/// The different texts of a type of note that are shown.
const MOST_TEXTS: usize = 3;

/// The changes of a group.
pub fn shared<'g>(group: &'g Group<'_>) -> Vec<Shared<'g>> {
    let index: FxHashMap<usize, usize> = group.keys.iter().enumerate().map(|(at, key)| (*key, at)).collect();
    let mut found: Vec<Found<'g>> = group.keys.iter().map(|_| Found::default()).collect();
    for part in group.members.iter().flat_map(|member| &member.parts) {
        if let (Some(at), Some(change)) = (index.get(&part.key), &part.change) {
            found[*at].add(change);
        }
    }
    found.into_iter().map(Found::shared).collect()
}

/// The changes with one key.
#[derive(Default)]
struct Found<'g> {
    /// The first one whose value can be seen, or else the first one.
    change: Option<&'g Change>,
    is_same_path: bool,
    images: Vec<&'g str>,
    known_images: FxHashSet<&'g str>,
    places: Vec<String>,
    known_places: FxHashSet<String>,
}

impl<'g> Found<'g> {
    fn add(&mut self, change: &'g Change) {
        match self.change {
            None => (self.change, self.is_same_path) = (Some(change), true),
            Some(first) => {
                self.is_same_path &= first.path.to_string() == change.path.to_string();
                if first.masked && !change.masked {
                    self.change = Some(change);
                }
            }
        }
        if let Some((image, ..)) = image(change)
            && self.known_images.insert(image)
        {
            self.images.push(image);
        }
        if let Some(places) = places(change)
            && self.known_places.insert(places.clone())
        {
            self.places.push(places);
        }
    }

    fn shared(self) -> Shared<'g> {
        let path = match self.change {
            Some(change) if self.is_same_path => change.path.to_string(),
            Some(change) => pattern(&change.path),
            None => String::new(),
        };
        let tag = self.change.filter(|change| !change.masked).and_then(image);
        let images = self.images;
        Shared { change: self.change, path, tag: tag.map(|(_, old, new)| (images, old, new)), places: self.places }
    }
}

/// The locations of both sides, or one location if they are the same.
pub fn places(change: &Change) -> Option<String> {
    let place = |side: &Option<Sided>| side.as_ref().and_then(|side| side.place.as_ref()).map(Place::to_string);
    match (place(&change.old), place(&change.new)) {
        (Some(old), Some(new)) if old != new => Some(format!("{old} -> {new}")),
        (Some(place), _) | (_, Some(place)) => Some(place),
        _ => None,
    }
}

/// The notes of a group, each text once; of many texts of one type, the first few.
pub fn noted<'g>(members: &'g [Member<'g>]) -> Vec<Noted<'g>> {
    let mut out: Vec<Noted<'g>> = Vec::new();
    let mut known: FxHashMap<String, Option<usize>> = FxHashMap::default();
    let mut types: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for note in members.iter().flat_map(|member| &member.notes) {
        let text = note.to_string();
        if let Some(at) = known.get(&text) {
            at.iter().for_each(|at| out[*at].members += 1);
            continue;
        }
        let same_type = types.entry(note.name()).or_default();
        if same_type.len() == MOST_TEXTS {
            same_type.last().into_iter().for_each(|last| out[*last].others += 1);
            known.insert(text, None);
            continue;
        }
        same_type.push(out.len());
        known.insert(text.clone(), Some(out.len()));
        out.push(Noted { note, text, members: 1, others: 0 });
    }
    out
}
