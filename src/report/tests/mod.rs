//! Output formats for test runs, one file per format.

mod human;
mod json;
mod junit;
mod row;
mod yaml;

pub use row::Format;

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[human::FORMAT, json::FORMAT, yaml::FORMAT, junit::FORMAT];

/// Finds a format by name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
