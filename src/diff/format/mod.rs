//! Output formats for differences, one file each.

mod annotations;
mod budget;
mod github;
mod gitlab;
mod html;
mod human;
pub mod json;
mod json_patch;
mod markdown;
mod operations;
mod summary;
mod text;
mod unified;

use super::model::Diff;

/// A format: its name, what it is for, and how a diff is written in it.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The text of a diff.
    pub write: fn(&Diff, Style) -> String,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether it is coloured, with the escape sequences of terminals.
    pub color: bool,
    /// How many bytes it may have at most, when it is to be posted somewhere.
    pub max_size: Option<usize>,
}

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[
    human::FORMAT,
    unified::FORMAT,
    json::FORMAT,
    json_patch::FORMAT,
    summary::FORMAT,
    markdown::FORMAT,
    html::FORMAT,
    github::FORMAT,
    gitlab::FORMAT,
];

/// The least size that a text can be cut to.
pub const LEAST_SIZE: usize = markdown::LEAST_SIZE;

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
