//! The commands. Each file contains the arguments of one command and its `run` function.

pub mod affected;
pub mod blame;
pub mod build;
mod building;
pub mod catalogue;
mod checking;
mod choice;
pub mod compare;
mod depfile;
pub mod deps;
pub mod diff;
pub mod explain;
pub mod external_diff;
mod flags;
pub mod kustomize;
mod manifest;
pub mod outcome;
pub(crate) mod output;
pub mod render;
pub mod schema;
mod stand_ins;
pub mod test;
pub mod validate;
