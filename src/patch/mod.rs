//! The two kinds of patches as pure functions: node in, node out.

pub mod json_patch;
mod keyed_list;
mod merge_list;
mod pass;
mod remarks;
pub mod strategic_merge;
