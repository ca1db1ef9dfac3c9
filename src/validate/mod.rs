//! Validates objects as the API server would: first against the schema, then with hand-written rules per kind.
//!
//! [`RULES`] lists the rules by kind; a new rule is a new file and one line here. As on the server, rules run only on objects
//! that the decoder accepts.

mod addresses;
mod admission_policy;
mod admission_rules;
mod admission_types;
mod api_service;
mod api_versions;
mod autoscaler;
mod certificates;
mod cluster;
mod config_map;
mod crd_rules;
mod custom;
mod device_selectors;
mod devices;
mod disruption_budget;
mod endpoints;
mod expressions;
mod findings;
mod flow_control;
mod ingress;
mod limit_range;
pub mod lints;
mod look;
mod metadata;
pub mod names;
mod network_policy;
mod object_names;
mod path;
mod persistent_volume;
mod pod;
mod pod_security;
mod quota;
mod rbac;
mod rule;
mod rules;
mod schema;
mod scope;
mod selectors;
mod service;
mod storage;
mod validator;
mod volume_claim;
mod webhooks;
mod workloads;

pub use crate::finding::Finding;
pub use findings::Findings;
pub use path::Path;
pub use rule::Rule;
pub use rules::RULES;
pub use validator::Validator;
