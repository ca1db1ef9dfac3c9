//! What objects refer to and create, as data: the table of references, pods of workloads of any kind, and labels that only
//! controllers set.

mod find;
pub mod ingress;
mod path;
mod pods;
mod runtime_labels;
mod table;

pub use find::{Kind, Place, Reference, is_global, own_references, own_references_of, references};
pub use path::{get_mut, visit};
pub use pods::{Labels, Template, is_custom, is_installer, may_create_pods, templates};
pub use runtime_labels::{is_of_platform, is_set_by_controller};
pub use table::{Group, Row, Table, Target, verb};
