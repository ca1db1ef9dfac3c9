//! The files that builds read, as a graph: which field of which kustomization reads which file. Also the graph of the objects of
//! builds.
//!
//! The information about files comes from the builds themselves: their loaders record every file and the step that requested it
//! (`load/reads.rs`). What objects refer to is in the table of `references/`.

mod depfile;
mod draw;
pub mod draw_objects;
mod graph;
mod objects;
mod place;

pub use depfile::{Engine, Needs};
pub use draw::{dot, json, mermaid, text};
pub use graph::{Edge, Graph, Request};
pub use objects::{ObjectEdge, ObjectGraph, ObjectNode, ObjectSource};
pub use place::{Here, Place, relative};
