//! Information about Kubernetes objects, as tables in the program: they are neither parsed nor unpacked at run time.
//!
//! There are two tables. `kubernetes`: which fields does a kind have in Kubernetes 1.25 to 1.37? It is used by validation.
//! `kustomize`: by which keys does kustomize merge a list, and which kinds does it treat as cluster-scoped? It is used for
//! patches, namespaces and ids; its data comes from the old OpenAPI document (1.21.2) inside kustomize and must not be newer.
//! `tools/generate-schema.py` writes both tables and describes their layout; `table` and `vocabulary` read it. A user's own
//! document (`openapi`) can be added to the second one: `merge` uses both. `comments` finds schemas in comments of manifests.

pub mod catalogue;
mod catalogue_table;
pub mod cel;
mod comments;
mod custom_lists;
mod deferred;
pub mod definition;
pub mod definitions;
pub mod field_paths;
mod gvk;
mod json_schema;
pub mod kubernetes;
pub mod kustomize;
mod layout;
mod merge;
pub mod openapi;
pub mod pattern;
pub mod quantity;
mod schema_files;
mod shape;
pub mod string_format;
pub mod structural;
mod table;
mod version;
mod vocabulary;

pub use comments::CommentSchemas;
pub use custom_lists::CustomLists;
pub use definitions::{Definitions, definitions_in};
pub use field_paths::{Judged, Notation};
pub use gvk::Gvk;
pub use kubernetes::{Field, Kind, Kubernetes, Type, kinds, known_in};
pub use kustomize::Scope;
pub use layout::{Layout, Named};
pub use merge::{MergeType, Schema, SchemaChoice};
pub use schema_files::SchemaFile;
pub use shape::Shape;
pub use table::Names;
pub use version::{UnknownVersion, Version, VersionRange, Versions};
pub use vocabulary::{Class, Format, ListType, MapType, Strategy};
