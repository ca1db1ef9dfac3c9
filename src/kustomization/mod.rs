//! The kustomization file: its fields, and findings about its entries before anything is built.

pub mod config_words;
pub mod entries;
mod file;
pub mod sort_options;

pub use file::{FIELDS, FILE_NAMES, Kustomization};
