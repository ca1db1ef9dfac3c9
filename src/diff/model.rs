//! What a comparison finds. Every format is a view of this, and it says all: applied to the old objects, the changes make the
//! new ones (`apply.rs`).

use super::path::{Path, Place};
use crate::resource::ResId;
use crate::yaml::Node;

/// The differences of all overlays that were compared.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// What the old side and the new side are called.
    pub sides: [String; 2],
    /// One entry each, by name; also those without differences.
    pub overlays: Vec<OverlayDiff>,
}

/// The differences of one overlay, or of one pair of manifests.
#[derive(Clone, Debug, Default)]
pub struct OverlayDiff {
    /// Its directory, or what was compared.
    pub name: String,
    /// Objects that differ, by kind, namespace and name.
    pub objects: Vec<ObjectDiff>,
    /// How many objects are the same on both sides.
    pub unchanged: usize,
    /// What filters hid.
    pub hidden: Vec<HiddenBy>,
    /// Why it could not be compared.
    pub error: Option<String>,
}

/// What one filter hid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenBy {
    /// The filter as it was asked for: `checksums`, `ignore spec.replicas`.
    pub filter: String,
    /// How many changes.
    pub count: usize,
}

/// An object that differs. At least one side is there.
#[derive(Clone, Debug)]
pub struct ObjectDiff {
    /// What happened to it.
    pub kind: ObjectKind,
    /// The object as it was.
    pub old: Option<ObjectSide>,
    /// The object as it will be.
    pub new: Option<ObjectSide>,
    /// What the changes mean in a cluster.
    pub notes: Vec<Note>,
    /// The values that differ; empty for an object that is there on one side only.
    pub changes: Vec<Change>,
    /// Changes that are told elsewhere: the object's own name, namespace and version, which its ids tell, and references to
    /// generated objects whose names changed with their content.
    pub folded: Vec<Change>,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Values in it differ.
    Changed,
    /// It has another name (not counting the hash of its content).
    Renamed,
    /// It is in another namespace.
    Moved,
}

/// An object on one side.
#[derive(Clone, Debug)]
pub struct ObjectSide {
    /// What it is called.
    pub id: ResId,
    /// Where its name was written.
    pub place: Option<Place>,
    /// Its index among the objects of its side.
    pub position: usize,
    /// The whole object; values of Secrets are masked.
    pub node: Node,
    /// Whether values of it are hidden: it is a Secret.
    pub masked: bool,
}

/// What changes mean in a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The server refuses the change: the object has to be deleted and made anew.
    Recreate {
        /// The fields that can't be changed.
        fields: Vec<String>,
    },
    /// Its pods are replaced.
    Restart {
        /// The generated objects whose new content is the cause; empty when the pod template itself was changed.
        because: Vec<String>,
    },
    /// The same kind in another group or version.
    Migration {
        /// The `apiVersion` it had.
        old: String,
        /// The `apiVersion` it has.
        new: String,
    },
    /// Its content is generated, and with it a part of its name.
    Generated {
        /// The name it had.
        old: String,
        /// The name it has.
        new: String,
    },
}

/// A value that differs. At least one side is there; in a reordered list both are, with the same elements.
#[derive(Clone, Debug)]
pub struct Change {
    /// Where it is.
    pub path: Path,
    /// The value as it was; `None` when it is added.
    pub old: Option<Sided>,
    /// The value as it will be; `None` when it is removed.
    pub new: Option<Sided>,
    /// What differs inside of a text.
    pub inside: Option<Inside>,
    /// For a list whose elements changed places: for each element that stays, in the new order, its old index.
    pub order: Option<Vec<usize>>,
    /// Whether the values are hidden: they are those of a Secret.
    pub masked: bool,
}

/// A value on one side.
#[derive(Clone, Debug)]
pub struct Sided {
    /// The value.
    pub node: Node,
    /// Where it was written.
    pub place: Option<Place>,
}

/// What differs inside of a text.
#[derive(Clone, Debug)]
pub enum Inside {
    /// Both texts are documents of this format (`yaml`, `json`, `properties`): the values that differ, paths from the text on.
    Document {
        /// The format.
        format: &'static str,
        /// The changes.
        changes: Vec<Change>,
    },
    /// The lines that differ, with lines around them.
    Lines(Vec<Hunk>),
}

/// Lines of a text that differ, and some around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The first line in the old text, from 1, and how many lines.
    pub old: (usize, usize),
    /// The first line in the new text, from 1, and how many lines.
    pub new: (usize, usize),
    /// The lines, without line breaks.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `-`, `+`, or a blank for a line that both texts have.
    pub sign: char,
    /// The text.
    pub text: String,
}

impl Diff {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.overlays.iter().all(|overlay| overlay.objects.is_empty() && overlay.error.is_none())
    }
}

impl OverlayDiff {
    /// How many objects something happened to.
    pub fn count(&self, kind: ObjectKind) -> usize {
        self.objects.iter().filter(|object| object.kind == kind).count()
    }
}

impl ObjectDiff {
    /// What the object is called: on the new side, when it is there.
    pub fn id(&self) -> ResId {
        self.new.as_ref().or(self.old.as_ref()).map(|side| side.id.clone()).unwrap_or_default()
    }

    /// What the object was called, when that is something else.
    pub fn old_id(&self) -> Option<&ResId> {
        let (old, new) = (self.old.as_ref()?, self.new.as_ref()?);
        (old.id != new.id).then_some(&old.id)
    }

    /// All changes, those that are told elsewhere too.
    pub fn all_changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().chain(&self.folded)
    }
}

impl ObjectKind {
    /// All of them.
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

    /// The sign before an object: `+`, `-`, `~`, `>`.
    pub fn sign(self) -> char {
        match self {
            ObjectKind::Added => '+',
            ObjectKind::Removed => '-',
            ObjectKind::Changed => '~',
            ObjectKind::Renamed | ObjectKind::Moved => '>',
        }
    }
}

impl Note {
    /// A name for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Note::Recreate { .. } => "needs-recreate",
            Note::Restart { .. } => "pods-restart",
            Note::Migration { .. } => "api-version",
            Note::Generated { .. } => "generated",
        }
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Note::Recreate { fields } => write!(f, "needs recreate: can't be changed in place: {}", fields.join(", ")),
            Note::Restart { because } if because.is_empty() => f.write_str("pods restart"),
            Note::Restart { because } => write!(f, "pods restart: new content of {}", because.join(", ")),
            Note::Migration { old, new } => write!(f, "apiVersion {old} -> {new}"),
            Note::Generated { old, new } => write!(f, "generated content: {old} -> {new}"),
        }
    }
}

impl Change {
    /// A change of a value, with nothing more to tell.
    pub fn new(path: Path, old: Option<Sided>, new: Option<Sided>) -> Self {
        Change { path, old, new, inside: None, order: None, masked: false }
    }

    /// The changes as they are shown one by one: those inside of a document in its place.
    pub fn shown(&self) -> Vec<Change> {
        match &self.inside {
            Some(Inside::Document { changes, .. }) => {
                changes.iter().map(|inner| Change { path: self.path.then(&inner.path), ..inner.clone() }).collect()
            }
            _ => vec![self.clone()],
        }
    }
}
