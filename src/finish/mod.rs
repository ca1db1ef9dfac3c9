//! The steps that run once, when the whole tree is collected: hash suffixes, name references, vars, removal of local
//! configuration, the order of output, and metadata about the build.

pub mod build_metadata;
pub mod custom_references;
mod expansion;
pub mod hash_suffix;
pub mod local_config;
mod mentions;
pub mod name_references;
pub mod vars;
