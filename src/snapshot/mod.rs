//! Golden snapshots: what an overlay renders, one file per object, stored in the repository. Independent of the command line.
//!
//! ```text
//! objects -> masked: values with a reason, Secrets, hashes of names -> text -> compared with the files of a folder ->
//! results, or a plan
//! ```
//! Snapshots are made for reviews: a change of an object changes its own file and no other one, so the hashes in generated
//! names are replaced by `HASH`, and the values of Secrets are never written to it.

mod compare;
mod field;
mod folder;
mod hashes;
mod mask;
mod names;
mod secret;
mod take;

pub use compare::{Missing, compare};
pub use field::Field;
pub use folder::{Folder, Plan, is_snapshot};
pub use mask::{Mask, Masks, TestSettings};
pub use take::{Snapshot, take, title};

/// The directory of snapshots next to a kustomization, unless another one is configured.
pub const DIRECTORY: &str = "__snapshots__";
