//! Output formats for differences, one file each.

mod annotations;
mod budget;
mod github;
mod gitlab;
mod html;
mod human;
pub mod json;
mod markdown;
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
