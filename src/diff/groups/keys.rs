//! Decides when two parts are the same: if they look the same apart from their locations.
//!
//! Some differences do not count: the names of containers, the path to labels and annotations, which image of a project gets a
//! new tag, the namespace of an object that was added or removed. A masked value is the same only in the same object, because nobody can see
//! whether it is; a label or an annotation is the same if the same line wrote it.

use std::fmt::Write;

use rustc_hash::FxHashMap;

use super::model::Part;
use super::parts::{identity, image, is_of_metadata, pattern, stem};
use crate::diff::model::{Change, Inside, Note, ObjectDiff, ObjectKind, Sided};
use crate::yaml::{Node, emit_unfolded, json};

/// Numbers for parts; the same number for the same part.
#[derive(Debug, Default)]
pub struct Keys {
    numbers: FxHashMap<String, usize>,
    /// By path and locations, the labels and annotations that are not masked.
    written: FxHashMap<String, usize>,
    count: usize,
}

impl Keys {
    /// A number that no other part has.
    pub fn alone(&mut self) -> usize {
        self.count += 1;
        self.count - 1
    }

    /// Numbers the parts of an object that are not masked.
    pub fn number(&mut self, object: &ObjectDiff, parts: &mut [Part]) {
        for part in parts {
            let text = match &part.change {
                None => Some(of_object(object)),
                Some(change) if change.masked => None,
                Some(change) => Some(of_change(change)),
            };
            let Some(text) = text else { continue };
            part.key = self.of(text);
            if let Some(written) = part.change.as_ref().and_then(written) {
                self.written.entry(written).or_insert(part.key);
            }
        }
    }

    /// Numbers the masked parts of an object, after all others.
    pub fn number_masked(&mut self, object: &ObjectDiff, parts: &mut [Part]) {
        for part in parts {
            let Some(change) = part.change.as_ref().filter(|change| change.masked) else { continue };
            let known = written(change).and_then(|written| self.written.get(&written)).copied();
            part.key = match known {
                Some(key) => key,
                None => {
                    let text = format!("{}\0{}\0{}", of_change(change), object.id().gvk.kind, stem(object));
                    self.of(text)
                }
            };
        }
    }

    fn of(&mut self, text: String) -> usize {
        let next = self.count;
        let found = *self.numbers.entry(text).or_insert(next);
        self.count += usize::from(found == next);
        found
    }
}

/// The path of a label or an annotation with the locations that wrote it.
fn written(change: &Change) -> Option<String> {
    let steps = &change.path.0;
    let place = |side: &Option<Sided>| match side {
        None => Some(String::new()),
        Some(side) => side.place.as_ref().map(ToString::to_string),
    };
    let is_label = steps.len() > 2 && is_of_metadata(&steps[..steps.len() - 1]);
    is_label.then_some(())?;
    Some(format!("{}\0{}\0{}", pattern(&change.path), place(&change.old)?, place(&change.new)?))
}

/// What an object without a changed value shows.
fn of_object(object: &ObjectDiff) -> String {
    let id = object.id();
    match (object.kind, &object.old, &object.new) {
        (ObjectKind::Added | ObjectKind::Removed, old, new) => {
            let mut node = new.as_ref().or(old.as_ref()).map(|side| side.node.clone());
            let mapping = node.as_mut().and_then(|node| node.get_mut("metadata")).and_then(Node::as_mapping_mut);
            mapping.into_iter().for_each(|metadata| _ = metadata.remove("namespace"));
            format!("{} {} {}\0{}", object.kind.name(), id.gvk.kind, id.name, node.as_ref().map(text).unwrap_or_default())
        }
        (ObjectKind::Renamed | ObjectKind::Moved, ..) => {
            format!("{} {}", object.kind.name(), identity(object).unwrap_or_else(|| id.to_string()))
        }
        (ObjectKind::Changed, ..) => {
            let text = |note: &Note| match note {
                Note::Generated { .. } => format!("{} {}", id.gvk.kind, stem(object)),
                note => note.to_string(),
            };
            format!("notes\0{}", object.notes.iter().map(text).collect::<Vec<_>>().join("\0"))
        }
    }
}

/// What a change shows.
fn of_change(change: &Change) -> String {
    if let Some((image, old, new)) = image(change).filter(|_| !change.masked) {
        // Images of one project get a tag together.
        let project = image.rsplit_once('/').map_or(image, |(project, _)| project);
        return format!("tag\0{project}\0{old}\0{new}");
    }
    let mut out = pattern(&change.path);
    if let Some(order) = &change.order {
        let _ = write!(out, "\0order {order:?}");
    }
    if let Some(Inside::Lines(hunks)) = &change.inside {
        for hunk in hunks {
            let _ = write!(out, "\0{:?}{:?}", hunk.old, hunk.new);
            hunk.lines.iter().for_each(|line| _ = write!(out, "\n{}{}", line.sign, line.text));
        }
        return out;
    }
    for side in [&change.old, &change.new] {
        let _ = write!(out, "\0{}", side.as_ref().map(|side| text(&side.node)).unwrap_or_default());
    }
    out
}

fn text(node: &Node) -> String {
    json::print(node, false).unwrap_or_else(|| {
        let mut out = String::new();
        let _ = emit_unfolded(node, &mut out);
        out
    })
}
