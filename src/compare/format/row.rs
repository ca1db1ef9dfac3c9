//! The table row of an output format.

use crate::compare::table::Table;

/// How a table is printed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// The length at which lines are wrapped, if possible; `None` means no limit.
    pub width: Option<usize>,
    /// Whether long values are printed to their end.
    pub full: bool,
}

/// An output format: its name, its purpose, and the function that prints a table.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// The description in `--help`.
    pub purpose: &'static str,
    /// Whether it is for programs, which need each value whole and in a row of its own.
    pub is_complete: bool,
    /// Formats a table.
    pub print: fn(&Table, &Layout) -> String,
}
