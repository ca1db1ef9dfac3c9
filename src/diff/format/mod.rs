//! Output formats for differences, one file each.

mod human;
mod text;

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
}

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[human::FORMAT];

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
