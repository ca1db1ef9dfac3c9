//! Golden snapshots: what an overlay renders, one file an object, as a repository wants to keep it. Knows no command line.
//!
//! ```text
//! objects -> masked: values with a reason, Secrets, hashes of names -> text -> beside the files of a folder -> verdicts, or a plan
//! ```
//! A snapshot is made for reviews: a change of an object changes its own file and no other one, so the hashes in generated names
//! are written as `HASH`, and what a Secret holds does not land in it.

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
pub use folder::{Folder, Plan};
pub use mask::{Mask, Masks, TestSettings};
pub use take::{Snapshot, take};

/// The directory beside a kustomization that holds its snapshots, where nothing else is chosen.
pub const DIRECTORY: &str = "__snapshots__";
