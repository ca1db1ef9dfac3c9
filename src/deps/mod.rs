//! The files that builds read, as a graph: which field of which kustomization reads which file.
//!
//! The information comes from the builds themselves: their loaders record every file and the step that requested it
//! (`load/reads.rs`).

mod draw;
mod graph;
mod place;

pub use draw::{dot, json, mermaid, text};
pub use graph::{Edge, Graph};
pub use place::{Place, relative};
