//! Output formats for findings, one file per format.

mod github;
pub mod human;
mod json;
mod junit;
mod place;
mod row;
mod sarif;
mod tap;
pub mod tests;
mod yaml;

pub use row::Format;

/// All formats; the first one is the default.
pub const FORMATS: &[Format] =
    &[human::FORMAT, json::FORMAT, yaml::FORMAT, sarif::FORMAT, junit::FORMAT, tap::FORMAT, github::FORMAT];

/// Finds a format by name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
