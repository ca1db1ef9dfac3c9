//! Output formats for findings, one file per format.

mod github;
pub mod human;
mod json;
mod junit;
mod place;
mod sarif;
mod tap;
pub mod tests;

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

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[human::FORMAT, json::FORMAT, sarif::FORMAT, junit::FORMAT, tap::FORMAT, github::FORMAT];

/// Finds a format by name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
