//! The row of an output format in the table.

use crate::compare::table::Table;

/// A format: its name, what it is for, and how a table is written in it.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The text of a table, in lines of so many characters where that can be done; `None` for any length.
    pub print: fn(&Table, Option<usize>) -> String,
}
