//! Output formats for test runs, one file per format.

mod human;
mod json;
mod junit;

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

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[human::FORMAT, json::FORMAT, junit::FORMAT];

/// Finds a format by name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
