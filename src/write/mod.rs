//! Writing: everything that the program leaves behind goes through here, and is complete or not there.
//!
//! ```text
//! text -> a temporary file in the place itself (scratch) -> moved into place (file, directory) -> recorded (manifest)
//! ```
//! Temporary files are known to the process while they exist, so that a signal removes them (signals), and are locked by it, so
//! that the next run in the same place removes what a killed run has left.

mod directory;
mod file;
mod in_place;
mod manifest;
mod scratch;
mod signals;
mod stdout;
mod tree;

pub use directory::{Changes, NewFile, apply};
pub use file::{Written, file};
pub use manifest::{Entries, MANIFEST, changes};
pub use scratch::{Temporary, temporary};
pub use signals::watch;
pub use stdout::stdout;
pub use tree::NewTree;
