//! The commands, one file each: its arguments and what it does.

pub mod build;
mod flags;
mod output;
pub mod render;
pub mod version;
