//! The row of an output format in the table.

use crate::source::Sources;
use crate::suite::Suites;

/// An output format.
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its purpose, for the help text.
    pub purpose: &'static str,
    /// Writes a test run as text.
    pub report: fn(&Suites, &Sources) -> String,
}
