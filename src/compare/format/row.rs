//! The table row of an output format.

use crate::compare::table::Table;

/// An output format: its name, its purpose, and the function that prints a table.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// The description in `--help`.
    pub purpose: &'static str,
    /// Formats a table. The lines have at most the given number of characters if possible; `None` means no limit.
    pub print: fn(&Table, Option<usize>) -> String,
}
