//! The output formats of a diff, one file each.

mod annotations;
mod budget;
mod facts;
mod findings;
mod github;
mod gitlab;
mod group_text;
mod html;
mod human;
pub mod json;
mod json_patch;
mod losses;
mod markdown;
mod marker;
mod operations;
mod row;
mod summary;
mod text;
mod unified;

pub use row::{Format, Style};

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

/// The minimum size to which output can be truncated.
pub const LEAST_SIZE: usize = markdown::LEAST_SIZE;

/// The maximum number of characters of a title.
pub const LONGEST_TITLE: usize = markdown::LONGEST_TITLE;

/// The format with this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
