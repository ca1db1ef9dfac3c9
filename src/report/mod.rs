//! Output formats for findings, one file each.

mod github;
pub mod human;
mod json;
mod junit;
mod place;
mod sarif;
mod tap;
pub mod tests;
mod yaml;

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

/// All formats; the first one is the default.
pub const FORMATS: &[Format] =
    &[human::FORMAT, json::FORMAT, yaml::FORMAT, sarif::FORMAT, junit::FORMAT, tap::FORMAT, github::FORMAT];

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
