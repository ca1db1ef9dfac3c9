//! Fields of objects, found by path: the field specs that transformers share, and the dotted paths of replacements and vars.

pub mod configurations;
pub mod crds;
mod default_specs;
pub mod field_specs;
mod spec_list;
pub mod structured;
pub mod suggestion;
mod table;
pub mod value_path;
pub mod visit;
