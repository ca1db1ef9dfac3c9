//! The row of an output format in the table.

use crate::source::Sources;
use crate::suite::Suites;

/// A format: its name, what it is for, and how a run is written in it.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The text of a run.
    pub report: fn(&Suites, &Sources) -> String,
}
