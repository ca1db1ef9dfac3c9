//! The events of a YAML stream: the interface between the scanner and the tree builder.
//!
//! The text is a complete UTF-8 string; offsets are in bytes. Behavior: go-yaml v3, kustomize's parser.

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
        /// Whether there is a `---`.
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
    /// A mapping begins; keys and values alternate.
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

/// An event and the bytes it covers (without leading and trailing whitespace; empty for implied events).
pub type Spanned<'a> = (Event<'a>, Range<usize>);

/// The reason why a text is not valid YAML, and the byte where it was detected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong: in lower case, without a location.
    pub message: String,
    /// Offset of the offending byte.
    pub offset: usize,
    /// How far the text was read: for the line that go-yaml reports.
    pub reached: usize,
    /// What go-yaml calls it, if the message does not tell.
    pub words: &'static str,
    /// Where the scalar begins that contains it, if it begins earlier.
    pub within: Option<usize>,
}

impl SyntaxError {
    /// The error with the beginning of the scalar that contains it.
    pub fn within(mut self: Box<Self>, start: usize) -> Box<Self> {
        self.within = Some(start);
        self
    }
}
