//! The events of a YAML stream: what the scanner hands to the tree builder, nothing more.
//!
//! The text is a whole UTF-8 string; offsets are bytes into it. Behaviour follows go-yaml v3, kustomize's parser.

use std::borrow::Cow;
use std::ops::Range;

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: the only style whose text is resolved to numbers, booleans and so on.
    Plain,
    /// `'...'`
    SingleQuoted,
    /// `"..."`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// A part of a YAML stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A document begins; `explicit` when it opens with `---`.
    DocumentStart {
        /// Whether `---` stands there.
        explicit: bool,
    },
    /// A document ends.
    DocumentEnd,
    /// `*name`
    Alias(&'a str),
    /// A scalar.
    Scalar {
        /// `&name`
        anchor: Option<&'a str>,
        /// The resolved tag (`tag:yaml.org,2002:str`, `!custom`, `!`).
        tag: Option<Cow<'a, str>>,
        /// The text after unquoting, folding and chomping.
        text: Cow<'a, str>,
        /// How it was written.
        style: Style,
    },
    /// A list begins.
    SequenceStart {
        /// `&name`
        anchor: Option<&'a str>,
        /// The resolved tag.
        tag: Option<Cow<'a, str>>,
        /// Whether it is written `[...]`.
        flow: bool,
    },
    /// A list ends.
    SequenceEnd,
    /// A mapping begins; keys and values follow in turn.
    MappingStart {
        /// `&name`
        anchor: Option<&'a str>,
        /// The resolved tag.
        tag: Option<Cow<'a, str>>,
        /// Whether it is written `{...}`.
        flow: bool,
    },
    /// A mapping ends.
    MappingEnd,
}

/// An event and the bytes it covers (without leading and trailing blanks; empty for what is only implied).
pub type Spanned<'a> = (Event<'a>, Range<usize>);

/// Why a text is no YAML, and the byte where that shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong: lower case, without a place.
    pub message: String,
    /// Offset of the offending byte.
    pub offset: usize,
}
