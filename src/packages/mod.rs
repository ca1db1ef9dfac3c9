//! Directories and streams of objects, as kyaml's `kio` reads, filters, and writes them.
//!
//! ```text
//! stream, directory (with .krmignore) -> objects with annotations about their file -> filters -> stream, tree, directory
//! ```
//! Objects keep their comments and style: see `go_yaml/`. Errors are kyaml's words.

mod annotations;
mod columns;
mod count;
mod directory;
mod fields;
mod file_annotations;
mod format;
mod function;
mod function_config;
mod function_run;
mod go_path;
mod grep;
mod ignore;
mod json;
mod keyed_items;
mod local;
mod matcher;
mod merge_back;
mod meta;
mod object;
mod order;
mod pipeline;
mod query;
mod stream;
mod subpackages;
mod tree;
mod tree_fields;
mod walk;
mod write_back;
mod writer;

pub use count::count;
pub use directory::PackageReader;
pub use format::{format, strip_comments};
pub use function_run::{Failed, FunctionRun, function_config};
pub use go_path::written;
pub use grep::Grep;
pub use local::LocalConfig;
pub use object::{Object, objects_of};
pub use pipeline::{Filter, filter};
pub use query::field_path;
pub use stream::read;
pub use subpackages::{KRM_FILE, subpackages};
pub use tree::{Structure, Tree};
pub use tree_fields::Field;
pub use writer::{Writer, style};
