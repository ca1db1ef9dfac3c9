//! What is known of Kubernetes' objects, as tables in the program: they are neither parsed nor unpacked at run time.
//!
//! Two tables, two questions. `kubernetes`: which fields does a kind have in Kubernetes 1.25 .. 1.37? Validation asks that.
//! `kustomize`: by which keys does kustomize merge a list, and which kinds does it take as cluster-scoped? Patches, namespaces
//! and ids ask that; its answers come from the one old OpenAPI document (1.21.2) inside kustomize and must not be newer.
//! `tools/generate-schema.py` writes both tables and describes their layout; `table` and `vocabulary` read it. A user's own
//! document (`openapi`) may stand beside the second one: `merge` asks both. `comments` finds schemas in comments of manifests.

pub mod catalogue;
pub mod cel;
mod comments;
mod custom_lists;
pub mod definition;
pub mod definitions;
mod gvk;
pub mod kubernetes;
pub mod kustomize;
mod merge;
pub mod openapi;
pub mod pattern;
pub mod quantity;
pub mod string_format;
pub mod structural;
mod table;
mod version;
mod vocabulary;

pub use comments::CommentSchemas;
pub use custom_lists::CustomLists;
pub use definitions::Definitions;
pub use gvk::Gvk;
pub use kubernetes::{Field, Kind, Kubernetes, Type, kinds, known_in};
pub use kustomize::Scope;
pub use merge::{MergeType, Schema, SchemaChoice};
pub use table::Names;
pub use version::{UnknownVersion, Version, VersionRange, Versions};
pub use vocabulary::{Class, Format, ListType, MapType, Strategy};
