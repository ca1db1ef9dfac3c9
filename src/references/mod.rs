//! What objects refer to and create, as data: pods of workloads of any kind, and labels that only controllers set.

mod path;
mod pods;
mod runtime_labels;

pub use path::visit;
pub use pods::{Labels, Template, is_custom, may_create_pods, templates};
pub use runtime_labels::is_set_by_controller;
