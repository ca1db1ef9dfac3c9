//! Locations for programs: a file, and a range of lines and columns.

use std::path::Path;

use crate::source::{Location, Position, Sources, Span};

/// Where a finding is.
pub struct Place<'s> {
    /// The file, as the user would write its path.
    pub file: &'s Path,
    /// The first character.
    pub start: Position,
    /// The position after the last character of the first line.
    pub end: Position,
}

/// The location of a span. It ends with the first line, because highlighting a whole block is not useful.
pub fn place(span: Span, sources: &Sources) -> Place<'_> {
    let Location { source, position } = sources.locate(span);
    let length = sources.text(span).lines().next().unwrap_or("").trim_end().chars().count();
    let end = Position { line: position.line, column: position.column + length.max(1) };
    Place { file: source.path(), start: position, end }
}
