//! A folded diff: groups of objects with the same changes, and what only one object has.

use crate::diff::model::{Change, Class, Diff, Note, ObjectDiff};

/// A diff in which each change that several objects have in common appears once.
#[derive(Debug)]
pub struct Folded<'d> {
    /// The diff with its overlays, but without their objects and errors.
    pub heads: Diff,
    /// Why overlays could not be compared; the same error appears once.
    pub failures: Vec<Failure<'d>>,
    /// Changes that several objects have in common, in the order of their first members.
    pub groups: Vec<Group<'d>>,
    /// For each overlay, the objects with something that no other object has.
    pub rest: Vec<Vec<Member<'d>>>,
}

/// What is shown at an overlay, and not at several of them.
#[derive(Debug)]
pub struct Section<'f, 'd> {
    /// Groups whose members are all in this overlay.
    pub groups: Vec<&'f Group<'d>>,
    /// The objects with something that no other object has.
    pub rest: &'f [Member<'d>],
    /// The error, if no other overlay has it.
    pub failure: Option<&'d str>,
}

/// An error, and the overlays in which it occurs.
#[derive(Debug)]
pub struct Failure<'d> {
    /// The overlays, as indices, each with its error.
    pub overlays: Vec<(usize, &'d str)>,
}

/// Changes that the same objects have in common.
#[derive(Debug)]
pub struct Group<'d> {
    /// At least two objects, in the order of the diff.
    pub members: Vec<Member<'d>>,
    /// The keys of the parts that all members have, in the order of the first one.
    pub keys: Vec<usize>,
}

/// An object in a group, or among those with something of their own.
#[derive(Debug)]
pub struct Member<'d> {
    /// The index of its overlay.
    pub overlay: usize,
    /// Its index among the objects of the overlay.
    pub position: usize,
    /// The object.
    pub object: &'d ObjectDiff,
    /// The parts of its difference that are here, in their order.
    pub parts: Vec<Part>,
    /// The notes that are shown here.
    pub notes: Vec<&'d Note>,
    /// The number of parts that are in groups, for an object that is not in a group itself.
    pub elsewhere: usize,
}

/// A part of the difference of an object: a value, or (without a change) that it was added, removed, renamed, or moved.
#[derive(Clone, Debug)]
pub struct Part {
    /// Identifies parts that are the same.
    pub key: usize,
    /// The change as shown: a value inside a document, or a label in a new mapping, has its own path.
    pub change: Option<Change>,
    /// The index of the change in the object.
    pub at: usize,
    /// The index of the part in the change, and the number of its parts.
    pub piece: (usize, usize),
}

impl<'d> Folded<'d> {
    /// Whether several objects or overlays have something in common.
    pub fn has_groups(&self) -> bool {
        !self.groups.is_empty() || self.common_failures().next().is_some()
    }

    /// Errors that occur in several overlays.
    pub fn common_failures(&self) -> impl Iterator<Item = &Failure<'d>> {
        self.failures.iter().filter(|failure| failure.overlays.len() > 1)
    }

    /// Groups with members in several overlays.
    pub fn common_groups(&self) -> impl Iterator<Item = &Group<'d>> {
        self.groups.iter().filter(|group| group.only_overlay().is_none())
    }

    /// For each overlay, what is to be shown there.
    pub fn sections(&self) -> Vec<Section<'_, 'd>> {
        let mut sections: Vec<Section<'_, 'd>> =
            self.rest.iter().map(|rest| Section { rest, groups: Vec::new(), failure: None }).collect();
        for group in &self.groups {
            group.only_overlay().into_iter().for_each(|at| sections[at].groups.push(group));
        }
        for failure in self.failures.iter().filter(|failure| failure.overlays.len() == 1) {
            failure.overlays.iter().for_each(|(at, text)| sections[*at].failure = Some(text));
        }
        sections
    }

    /// The name of an overlay.
    pub fn name(&self, overlay: usize) -> &str {
        self.heads.overlays.get(overlay).map_or("", |overlay| overlay.name.as_str())
    }
}

impl<'f, 'd> Section<'f, 'd> {
    /// The objects whose data is lost, which are the first ones.
    pub fn lossy(&self) -> &'f [Member<'d>] {
        self.rest.split_at(self.losses()).0
    }

    /// The other objects with something that no other object has.
    pub fn others(&self) -> &'f [Member<'d>] {
        self.rest.split_at(self.losses()).1
    }

    fn losses(&self) -> usize {
        self.rest.iter().take_while(|member| member.object.has(Class::DataLoss)).count()
    }

    /// Whether there is something that only this overlay has, apart from groups.
    pub fn has_own(&self) -> bool {
        !self.rest.is_empty() || self.failure.is_some()
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && !self.has_own()
    }
}

impl Failure<'_> {
    /// The error of the first overlay.
    pub fn text(&self) -> &str {
        self.overlays.first().map_or("", |(_, text)| text)
    }
}

impl Group<'_> {
    /// The index of the overlay, if all members are in the same one.
    pub fn only_overlay(&self) -> Option<usize> {
        let first = self.members.first()?.overlay;
        self.members.iter().all(|member| member.overlay == first).then_some(first)
    }
}

impl Member<'_> {
    /// The changes that are here. A change with all its parts is complete, with its lines or its document.
    pub fn changes(&self) -> Vec<Change> {
        assembled(self.object, &self.parts)
    }
}

/// Changes that consist of these parts of an object's difference, which are in their order.
pub fn assembled(object: &ObjectDiff, mut parts: &[Part]) -> Vec<Change> {
    let mut out = Vec::new();
    while let Some(first) = parts.first() {
        let (here, rest) = parts.split_at(parts.iter().take_while(|part| part.is_of(first)).count().max(1));
        match object.changes.get(first.at) {
            Some(whole) if first.change.is_some() && here.len() == first.piece.1 => out.push(whole.clone()),
            _ => out.extend(here.iter().filter_map(|part| part.change.clone())),
        }
        parts = rest;
    }
    out
}

impl Part {
    /// Whether both are parts of the same change.
    pub fn is_of(&self, other: &Part) -> bool {
        self.change.is_some() == other.change.is_some() && self.at == other.at
    }
}
