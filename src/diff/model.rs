//! The result of a comparison. Every format is a view of it. It is complete: applying the changes to the old objects yields the
//! new ones (`apply.rs`).

use super::findings::Findings;
pub use super::note::{Class, Note};
use super::path::{Path, Place};
use super::touched::TouchedFile;
use crate::resource::ResId;
use crate::yaml::Node;

/// The differences in all overlays that were compared.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// The names of the old side and the new side.
    pub sides: [String; 2],
    /// What the user calls the comparison; empty for its default title.
    pub title: String,
    /// One entry per overlay, sorted by name, including those without differences.
    pub overlays: Vec<OverlayDiff>,
}

/// The differences in one overlay, or between one pair of manifests.
#[derive(Clone, Debug, Default)]
pub struct OverlayDiff {
    /// Its directory, or the paths that were compared.
    pub name: String,
    /// Objects that differ, sorted by kind, namespace, and name.
    pub objects: Vec<ObjectDiff>,
    /// How many objects are the same on both sides.
    pub unchanged: usize,
    /// The changes that filters hid.
    pub hidden: Vec<HiddenBy>,
    /// The findings that the change introduces or removes.
    pub findings: Findings,
    /// What a reader must know about the comparison: files that were read in the place of others.
    pub remarks: Vec<String>,
    /// Why the overlay could not be compared.
    pub error: Option<String>,
    /// The files of its builds that differ, if a format shows differences next to them.
    pub touched: Vec<TouchedFile>,
}

/// The changes that one filter hid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenBy {
    /// The filter as given on the command line: `checksums`, `ignore spec.replicas`.
    pub filter: String,
    /// The number of changes.
    pub count: usize,
}

/// An object that differs. It exists on at least one side.
#[derive(Clone, Debug)]
pub struct ObjectDiff {
    /// What happened to the object.
    pub kind: ObjectKind,
    /// The object as it was.
    pub old: Option<ObjectSide>,
    /// The object as it will be.
    pub new: Option<ObjectSide>,
    /// The effects of the changes in a cluster.
    pub notes: Vec<Note>,
    /// The values that differ; empty for an object that exists on one side only.
    pub changes: Vec<Change>,
    /// Changes that are shown elsewhere: the object's own name, namespace, and version, which are part of its ids, and references
    /// to generated objects whose names changed with their content.
    pub folded: Vec<Change>,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// It is new.
    Added,
    /// It was removed.
    Removed,
    /// Values in it differ.
    Changed,
    /// It has a different name (apart from the content hash).
    Renamed,
    /// It is in a different namespace.
    Moved,
}

/// An object on one side.
#[derive(Clone, Debug)]
pub struct ObjectSide {
    /// The id of the object.
    pub id: ResId,
    /// The location where its name was written.
    pub place: Option<Place>,
    /// Its index among the objects of its side.
    pub position: usize,
    /// The whole object, with values of Secrets masked.
    pub node: Node,
    /// Whether its values are masked because it is a Secret.
    pub masked: bool,
}

/// A value that differs. It exists on at least one side. A reordered list exists on both sides, with the same items.
#[derive(Clone, Debug)]
pub struct Change {
    /// The path of the value.
    pub path: Path,
    /// The old value; `None` if it was added.
    pub old: Option<Sided>,
    /// The new value; `None` if it was removed.
    pub new: Option<Sided>,
    /// The differences inside a string.
    pub inside: Option<Inside>,
    /// For a list whose items were reordered: for each item that stays, in the new order, its old index.
    pub order: Option<Vec<usize>>,
    /// Whether the values are masked because they belong to a Secret.
    pub masked: bool,
}

/// A value on one side.
#[derive(Clone, Debug)]
pub struct Sided {
    /// The value.
    pub node: Node,
    /// The location where it was written.
    pub place: Option<Place>,
}

/// The differences inside a string.
#[derive(Clone, Debug)]
pub enum Inside {
    /// Both strings are documents of this format (`yaml`, `json`, `properties`). The paths of the changes start at the document.
    Document {
        /// The format.
        format: &'static str,
        /// The changes.
        changes: Vec<Change>,
    },
    /// The lines that differ, with context lines.
    Lines(Vec<Hunk>),
}

/// Lines that differ, with context lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The first line in the old text, counted from 1, and the number of lines.
    pub old: (usize, usize),
    /// The first line in the new text, counted from 1, and the number of lines.
    pub new: (usize, usize),
    /// The locations of the first line that differs on each side; `None` for texts that are not values.
    pub places: [Option<Place>; 2],
    /// The lines, without line breaks.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `-`, `+`, or a space for a line in both texts.
    pub sign: char,
    /// The content of the line.
    pub text: String,
}

impl Diff {
    /// Whether there are no differences.
    pub fn is_empty(&self) -> bool {
        !self.overlays.iter().any(OverlayDiff::differs)
    }

    /// Whether the new side has errors that the old side does not have.
    pub fn introduces_errors(&self) -> bool {
        self.overlays.iter().any(|overlay| overlay.findings.counts().errors > 0)
    }
}

impl OverlayDiff {
    /// Whether objects differ, or could not be compared.
    pub fn differs(&self) -> bool {
        !self.objects.is_empty() || self.error.is_some()
    }

    /// Whether nothing is to be shown apart from the counts.
    pub fn is_quiet(&self) -> bool {
        !self.differs() && self.findings.introduced.is_empty()
    }

    /// The number of objects with a note of a class.
    pub fn noted(&self, class: Class) -> usize {
        self.objects.iter().filter(|object| object.has(class)).count()
    }

    /// The number of objects with a kind of difference.
    pub fn count(&self, kind: ObjectKind) -> usize {
        self.objects.iter().filter(|object| object.kind == kind).count()
    }
}

impl ObjectDiff {
    /// The id of the object: the new one if it exists on the new side.
    pub fn id(&self) -> ResId {
        self.new.as_ref().or(self.old.as_ref()).map(|side| side.id.clone()).unwrap_or_default()
    }

    /// The old id of the object, if it differs from the new one.
    pub fn old_id(&self) -> Option<&ResId> {
        let (old, new) = (self.old.as_ref()?, self.new.as_ref()?);
        (old.id != new.id).then_some(&old.id)
    }

    /// Whether it has a note of a class.
    pub fn has(&self, class: Class) -> bool {
        self.notes.iter().any(|note| note.class() == class)
    }

    /// All changes, including those that are shown elsewhere.
    pub fn all_changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().chain(&self.folded)
    }
}

impl ObjectKind {
    /// All kinds.
    pub const ALL: [ObjectKind; 5] =
        [ObjectKind::Added, ObjectKind::Removed, ObjectKind::Changed, ObjectKind::Renamed, ObjectKind::Moved];

    /// The name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            ObjectKind::Added => "added",
            ObjectKind::Removed => "removed",
            ObjectKind::Changed => "changed",
            ObjectKind::Renamed => "renamed",
            ObjectKind::Moved => "moved",
        }
    }

    /// The sign in front of an object: `+`, `-`, `~`, `>`.
    pub fn sign(self) -> char {
        match self {
            ObjectKind::Added => '+',
            ObjectKind::Removed => '-',
            ObjectKind::Changed => '~',
            ObjectKind::Renamed | ObjectKind::Moved => '>',
        }
    }
}

impl Change {
    /// A plain change of a value.
    pub fn new(path: Path, old: Option<Sided>, new: Option<Sided>) -> Self {
        Change { path, old, new, inside: None, order: None, masked: false }
    }

    /// The changes to show one by one. A document is replaced by the changes inside it.
    pub fn shown(&self) -> Vec<Change> {
        match &self.inside {
            Some(Inside::Document { changes, .. }) => {
                changes.iter().map(|inner| Change { path: self.path.then(&inner.path), ..inner.clone() }).collect()
            }
            _ => vec![self.clone()],
        }
    }
}
