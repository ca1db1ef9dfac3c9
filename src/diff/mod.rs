//! Compares two collections of objects and returns a [`Diff`]. Independent of the command line and of git.
//!
//! ```text
//! pair: match old and new objects -> findings: those that only one side has
//!   -> walk: find the values that differ, lists by their merge keys
//!   -> content: differences inside strings -> fold: consequences of a new name -> notes -> filter -> mask
//! groups: what several objects or overlays have in common, for the formats that people read
//! touched: the lines that a change of files touches, for annotations
//! ```
//! [`compare`] runs the first steps, and `model.rs` defines the types that formats see. A format is a file in `format/` with a
//! constant `FORMAT` and a line in the table `FORMATS`: a function that turns a [`Diff`] into text. The diff contains everything
//! it needs: locations are resolved, Secrets are masked, and ignored changes are counted in `hidden`; the spans of the nodes are
//! no longer valid. See `format/human.rs` for an example: it visits the overlays, their objects, the notes and changes of each
//! object, and the `Inside` of each change.

mod apply;
mod compare;
mod content;
mod encrypted;
mod filter;
mod findings;
mod fold;
pub mod format;
mod groups;
mod keys;
mod lines;
mod list;
mod mask;
mod matching;
mod model;
mod note;
mod notes;
mod object;
mod pair;
mod path;
mod places;
mod same;
mod touched;
mod walk;

pub use apply::{apply, apply_to_object};
pub use compare::{Findings as FindingsOfSide, Options, compare, compare_checked};
pub use filter::{FILTERS, Filter, Filters};
pub use findings::{Findings, Introduced, Severities};
pub use groups::{Folded, fold, single, unfold};
pub use model::{
    Change, Class, Diff, HiddenBy, Hunk, Inside, Line, Note, ObjectDiff, ObjectKind, ObjectSide, OverlayDiff, Sided,
};
pub use object::{Object, Side};
pub use path::{Path, Place, Step};
pub use touched::TouchedFile;
