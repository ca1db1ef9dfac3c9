//! Renders Kubernetes kustomizations: the bytes of `kustomize build`, and the location of every value.
//!
//! ```text
//! text -> Source -> Vec<Node> -> Resource -> ResMap
//!   per kustomization:  resources -> field specs -> generators -> components -> transformers -> validators
//!   once, at the root:  hash suffix -> name references -> drop local-config -> sort
//! ResMap -> emit
//! ```
//! [`pipeline`] contains the steps of a build; [`diagnostic`] is the error type; [`yaml`] is the document model.

pub mod accumulate;
pub mod affected;
pub mod assertion;
pub mod blame;
pub mod cel;
pub mod check;
pub mod cli;
mod commands;
pub mod compare;
pub mod confidential;
pub mod definitions;
pub mod deps;
pub mod diagnostic;
pub mod diff;
pub mod documents;
pub mod edit;
mod entries;
mod escape;
pub mod explain;
pub mod fields;
pub mod finding;
pub mod finish;
pub mod formats;
pub mod generate;
mod go_cli;
pub mod go_regexp;
pub mod go_yaml;
pub mod jobs;
pub mod kustomization;
pub mod kustomize_words;
pub mod limits;
pub mod load;
mod localize;
pub mod openapi;
pub mod options;
pub mod packages;
pub mod patch;
pub mod pipeline;
pub mod plugin;
pub mod prefetch;
pub mod records;
pub mod references;
pub mod report;
pub mod repository;
pub mod resource;
pub mod schema;
pub mod secret_values;
pub mod session;
pub mod settings;
pub mod snapshot;
pub mod source;
pub mod stage;
pub mod substitute;
pub mod suite;
pub mod transform;
pub mod usage;
pub mod validate;
pub mod write;
pub mod yaml;
