//! Output formats for findings, one file each.

pub mod human;
pub mod json;
