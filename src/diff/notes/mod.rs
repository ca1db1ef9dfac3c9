//! The effects of changes in a cluster: data that is lost, objects that must be recreated, pods that restart, and who decides what.
//!
//! A family is a file with functions from a [`Subject`], an object with its changes and everything else on both sides, to notes, and
//! a line in the table of `families.rs`. `rules.rs` names all rules, and `src/explain/changes.md` describes them.

mod claims;
mod context;
mod custom;
mod definition;
mod families;
mod immutable;
mod kept;
mod namespace;
mod pod_volumes;
mod referred;
mod restart;
mod rules;
mod scaling;
mod stale;
mod stateful_set;
mod subject;
mod uses;
mod volumes;

pub use context::Context;
pub use families::notes;
pub use subject::Subject;
