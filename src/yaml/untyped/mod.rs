//! YAML as `sigs.k8s.io/yaml` reads and prints it: text to JSON and JSON to text, without spans and origins.
//!
//! Used by the editor of kustomization files, whose results and error messages have to be those of Go's libraries.
//! ```text
//! text -> tree (nodes with anchors) -> value (what Go's `interface{}` contains) -> JSON;  JSON -> text
//! ```

mod print;
mod read;
mod tree;
mod value;
mod words;

pub use print::{json_number, json_to_yaml};
pub use read::{scalar_text, yaml_to_json};
