//! What a change does to objects: two collections of them in, a [`Diff`] out. Knows no command line and no git.
//!
//! ```text
//! pair: which old object is which new one -> walk: the values that differ, lists by their merge keys
//!   -> content: what differs inside of texts -> fold: what only follows from a new name -> notes -> filter -> mask
//! ```
//! [`compare`] tells that story, `model.rs` has the types that formats see. A format is a file in `format/` with a constant
//! `FORMAT` and a line in the table `FORMATS`: a function from a [`Diff`] to a text. All that it needs lies in the diff: places
//! are resolved, Secrets are masked, what is ignored is counted in `hidden`; the spans of the nodes mean nothing any more.
//! `format/human.rs` shows how it is walked: overlays, their objects, the notes and changes of each, and `Inside` of a change.

mod apply;
mod compare;
mod content;
mod filter;
mod fold;
pub mod format;
mod immutable;
mod keys;
mod list;
mod mask;
mod model;
mod notes;
mod object;
mod pair;
mod path;
mod same;
mod walk;

pub use apply::{apply, apply_to_object};
pub use compare::{Options, compare};
pub use filter::{FILTERS, Filter, Filters};
pub use model::{Change, Diff, HiddenBy, Hunk, Inside, Line, Note, ObjectDiff, ObjectKind, ObjectSide, OverlayDiff, Sided};
pub use object::{Object, Side};
pub use path::{Path, Place, Step};
