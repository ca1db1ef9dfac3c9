//! Output formats for runs of tests, one file each.

mod human;
mod json;
mod junit;
mod row;

pub use row::Format;

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[human::FORMAT, json::FORMAT, junit::FORMAT];

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
