//! The mark of a node: the id of its origin, and one bit for its style.
//!
//! The origin of a value that was read from a text has the number of the text, so that all builds that read the text can share
//! its nodes, and each of them knows which of its steps read it. All other origins have numbers of their own build.

use crate::source::{MOST_SHARED, SourceId};

/// An origin in [`Provenance`](super::provenance::Provenance): its number, or the text that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OriginId(u32);

impl OriginId {
    /// An origin for values that are only looked at.
    pub(crate) const UNKNOWN: OriginId = OriginId(0);

    const TEXT: u32 = MOST_SHARED;

    /// The id of the origin at this position of the arena.
    pub(super) fn new(position: u32) -> Self {
        OriginId(position)
    }

    /// The origin of what is read from this text first; `None` if its number is too high.
    pub(super) fn of_text(source: SourceId) -> Option<Self> {
        (source.index() < Self::TEXT).then_some(OriginId(source.index() | Self::TEXT))
    }

    /// The text that was read.
    pub(crate) fn text(self) -> Option<SourceId> {
        (self.0 & Self::TEXT != 0).then_some(SourceId::from_index(self.0 & !Self::TEXT))
    }

    /// The position in the arena, unless it is the origin of a text.
    pub(super) fn number(self) -> usize {
        self.0 as usize
    }
}

/// The id of an origin, and whether a list or mapping is written in brackets, in four bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(u32);

impl Mark {
    const IN_BRACKETS: u32 = 1 << 31;

    /// The mark of a value of this origin.
    pub fn new(origin: OriginId, in_brackets: bool) -> Self {
        Mark(if in_brackets { origin.0 | Self::IN_BRACKETS } else { origin.0 })
    }

    /// The origin of the value.
    pub fn origin(self) -> OriginId {
        OriginId(self.0 & !Self::IN_BRACKETS)
    }

    /// Whether the value is written in brackets.
    pub fn in_brackets(self) -> bool {
        self.0 & Self::IN_BRACKETS != 0
    }
}
