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
mod flags;
pub mod kustomize;
mod manifest;
pub mod outcome;
pub(crate) mod output;
pub mod render;
pub mod schema;
pub mod test;
pub mod validate;
