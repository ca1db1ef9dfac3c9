//! What builds read, as a graph: which field of which kustomization reads which file.
//!
//! The builds themselves are the source: their loaders noted every file with the step that asked for it (`load/reads.rs`).

mod draw;
mod graph;
mod place;

pub use draw::{dot, json, mermaid, text};
pub use graph::{Edge, Graph};
pub use place::{Place, relative};
