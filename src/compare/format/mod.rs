//! The output formats of a table, one file each.

mod cells;
mod csv;
mod html;
mod json;
mod markdown;
mod row;
mod sections;
mod summary;
mod text;
mod wrap;

pub use row::{Format, Layout};

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[text::FORMAT, markdown::FORMAT, html::FORMAT, csv::FORMAT, json::FORMAT];

/// The format with this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
