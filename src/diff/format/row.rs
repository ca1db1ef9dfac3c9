//! The table row of an output format, and options for the output.

use crate::diff::groups::{Folded, fold, single};
use crate::diff::model::Diff;

/// An output format: its name, its purpose, and the function that writes a diff.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// The description in `--help`.
    pub purpose: &'static str,
    /// Whether the output contains the errors of sides that do not build, so that it is complete without `--keep-going`.
    pub shows_errors: bool,
    /// Whether the output is shown next to the lines of a change, which must then be known.
    pub annotates: bool,
    /// Formats a diff.
    pub write: fn(&Diff, Style) -> String,
}

/// Options for the output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether to color the output with terminal escape sequences.
    pub color: bool,
    /// The maximum size in characters, for output that is posted somewhere.
    pub max_size: Option<usize>,
    /// Whether to show each object by itself, even if several have the same changes.
    pub no_fold: bool,
    /// Whether to show the whole of objects that were added or removed, instead of a few facts.
    pub full: bool,
}

impl Style {
    /// A diff as this style requires it.
    pub fn folded<'d>(&self, diff: &'d Diff) -> Folded<'d> {
        if self.no_fold { single(diff) } else { fold(diff) }
    }
}
