//! Places as programs want them: a file, and a range of lines and columns.

use std::path::Path;

use crate::source::{Location, Position, Sources, Span};

/// Where a finding is.
pub struct Place<'s> {
    /// The file, as the user would write it.
    pub file: &'s Path,
    /// The first character.
    pub start: Position,
    /// Behind the last character of the first line.
    pub end: Position,
}

/// The place of a span. It ends with its first line: a marked block is no help.
pub fn place(span: Span, sources: &Sources) -> Place<'_> {
    let Location { source, position } = sources.locate(span);
    let length = sources.text(span).lines().next().unwrap_or("").trim_end().chars().count();
    let end = Position { line: position.line, column: position.column + length.max(1) };
    Place { file: source.path(), start: position, end }
}
