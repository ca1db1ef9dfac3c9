//! The row of an output format in the table.

use crate::check::Report;
use crate::source::Sources;

/// A format: its name, what it is for, and how a report is written in it.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The text of a report.
    pub report: fn(&Report, &Sources) -> String,
}
