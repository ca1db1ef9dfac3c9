//! The row of an output format in the table.

use crate::check::Report;
use crate::source::Sources;

/// An output format.
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its purpose, for the help text.
    pub purpose: &'static str,
    /// Writes a report as text.
    pub report: fn(&Report, &Sources) -> String,
}
