//! The number by which a node names its origin, together with the one bit that says how it is written.

/// The number of an origin in [`Provenance`](super::provenance::Provenance).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OriginId(u32);

impl OriginId {
    /// An origin for values that are only looked at.
    pub(crate) const UNKNOWN: OriginId = OriginId(0);

    /// The id of the origin at this position of the arena.
    pub(super) fn new(position: u32) -> Self {
        OriginId(position)
    }

    /// The position in the arena.
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
