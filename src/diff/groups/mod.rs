//! Folds a diff: a change that several objects or overlays have in common becomes one entry with the list of its members.
//!
//! ```text
//! parts: what the difference of an object consists of -> keys: when two parts are the same
//!   -> fold: parts with the same objects form a group -> shared: a change as a group shows it; members: where it applies
//! ```
//! [`fold`] loses nothing: [`unfold`] yields the diff again. Each change is in exactly one place, either in a group or among the
//! changes that only its object has. The cost grows with the size of the diff.

mod fold;
mod keys;
mod members;
mod model;
mod parts;
mod shared;
mod unfold;

pub use fold::{fold, single};
pub use members::{Spot, count, spots};
pub use model::{Failure, Folded, Group, Member, Section};
pub use parts::{elsewhere, identity};
pub use shared::{Noted, Shared, noted, places, shared};
pub use unfold::unfold;
