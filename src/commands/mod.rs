//! The commands, one file each: its arguments and what it does.

pub mod affected;
pub mod blame;
pub mod build;
mod checking;
pub mod compare;
pub mod deps;
pub mod diff;
pub mod explain;
mod flags;
mod manifest;
pub mod outcome;
mod output;
pub mod render;
pub mod test;
pub mod validate;
pub mod version;
