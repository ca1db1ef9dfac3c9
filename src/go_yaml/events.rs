//! Events: what a document consists of, in order.

use super::token::ScalarStyle;

/// The kind of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum EventKind {
    #[default]
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias,
    Scalar,
    SequenceStart,
    SequenceEnd,
    MappingStart,
    MappingEnd,
}

/// An event with its comments.
#[derive(Clone, Debug, Default)]
pub(super) struct Event {
    pub(super) kind: EventKind,
    /// The name of an anchor or alias.
    pub(super) anchor: String,
    /// The long tag; empty if there is none.
    pub(super) tag: String,
    pub(super) value: String,
    pub(super) style: ScalarStyle,
    /// Whether a collection is in brackets.
    pub(super) flow: bool,
    /// Whether the tag may be left out.
    pub(super) implicit: bool,
    pub(super) head_comment: String,
    pub(super) line_comment: String,
    pub(super) foot_comment: String,
    /// The comment below the entry before this one.
    pub(super) tail_comment: String,
}

impl Event {
    pub(super) fn new(kind: EventKind) -> Self {
        Event { kind, ..Event::default() }
    }
}
