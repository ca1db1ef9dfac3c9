//! Positions, tokens and comments of the scanner, and why a text is not YAML.

/// A position in a text, counted in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) index: isize,
    pub(super) line: isize,
    pub(super) column: isize,
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    StreamStart,
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ScalarStyle {
    #[default]
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// A token with its text.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: Mark,
    /// The text of a scalar, the name of an anchor or alias, the handle of a tag.
    pub(super) value: String,
    /// The rest of a tag, or the prefix of a `%TAG` directive.
    pub(super) suffix: String,
    pub(super) style: ScalarStyle,
    /// The numbers of a `%YAML` directive.
    pub(super) version: (u8, u8),
}

/// A comment, and where it belongs.
#[derive(Clone, Debug, Default)]
pub(super) struct Comment {
    /// Where the scan that found it began.
    pub(super) scan: Mark,
    /// The start of the token that it belongs to.
    pub(super) token: Mark,
    pub(super) start: Mark,
    pub(super) end: Mark,
    pub(super) head: String,
    pub(super) line: String,
    pub(super) foot: String,
}

/// Why a text is not YAML.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// Scanner errors count lines from one, parser errors from zero.
    pub(super) of_scanner: bool,
    pub(super) context_line: isize,
    pub(super) problem_line: isize,
    pub(super) problem: String,
}

/// The result of a step of the scanner or parser. The failure is boxed because it is rare and large.
pub(super) type Scan<T = ()> = Result<T, Box<Failure>>;

impl Token {
    /// A token without a text.
    pub(super) fn new(kind: TokenKind, start: Mark) -> Self {
        let style = ScalarStyle::Plain;
        Token { kind, start, value: String::new(), suffix: String::new(), style, version: (0, 0) }
    }
}

impl Failure {
    /// The message of go-yaml.
    pub(super) fn message(&self) -> String {
        let line = if self.context_line != 0 { self.context_line } else { self.problem_line };
        match line {
            0 => format!("yaml: {}", self.problem),
            line => format!("yaml: line {}: {}", line + isize::from(self.of_scanner), self.problem),
        }
    }
}
