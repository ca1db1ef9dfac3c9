//! Output formats for findings, one file each.

mod github;
pub mod human;
mod json;
mod junit;
mod place;
mod row;
mod sarif;
mod tap;
pub mod tests;

pub use row::Format;

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[human::FORMAT, json::FORMAT, sarif::FORMAT, junit::FORMAT, tap::FORMAT, github::FORMAT];

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
