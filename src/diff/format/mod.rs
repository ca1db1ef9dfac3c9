//! The output formats of a diff, one file each.

mod annotations;
mod budget;
mod github;
mod gitlab;
mod html;
mod human;
pub mod json;
mod markdown;
mod summary;
mod text;
mod unified;

use super::model::Diff;

/// An output format: its name, its purpose, and the function that writes a diff.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// The description in `--help`.
    pub purpose: &'static str,
    /// Formats a diff.
    pub write: fn(&Diff, Style) -> String,
}

/// Options for the output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether to color the output with terminal escape sequences.
    pub color: bool,
    /// The maximum size in bytes, for output that is posted somewhere.
    pub max_size: Option<usize>,
}

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[
    human::FORMAT,
    unified::FORMAT,
    json::FORMAT,
    summary::FORMAT,
    markdown::FORMAT,
    html::FORMAT,
    github::FORMAT,
    gitlab::FORMAT,
];

/// The minimum size to which output can be truncated.
pub const LEAST_SIZE: usize = markdown::LEAST_SIZE;

/// The format with this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
