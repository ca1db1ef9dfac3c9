//! Editing kustomization files: a file is decoded, changed by name of its fields, and written again.
//!
//! ```text
//! file (found, read) -> decode (JSON, types) -> Kustomization -> a command changes it -> print -> file
//! ```

mod coerce;
mod decode;
mod empty;
mod file;
mod fix;
pub mod go_error;
pub mod go_print;
mod kustomization;
mod print;
pub mod surgical;
#[cfg(test)]
mod tests;
pub mod types;

pub use decode::{decode, decode_known_fields, decode_strict, faults_in_go_words};
pub use file::{FILE_NAMES, KustomizationFile, Style};
pub use kustomization::Kustomization;
