//! Output formats for runs of tests, one file each.

mod human;
mod json;
mod junit;
mod yaml;

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

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[human::FORMAT, json::FORMAT, yaml::FORMAT, junit::FORMAT];

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
