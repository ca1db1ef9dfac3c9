//! The row of an output format in the table, and how a text looks.

use crate::diff::model::Diff;

/// A format: its name, what it is for, and how a diff is written in it.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The text of a diff.
    pub write: fn(&Diff, Style) -> String,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether it is coloured, with the escape sequences of terminals.
    pub color: bool,
    /// How many bytes it may have at most, when it is to be posted somewhere.
    pub max_size: Option<usize>,
}
