//! Validates objects as the API server would: first against the schema, then with hand-written rules per kind.
//!
//! [`RULES`] lists the rules by kind; a new rule is a new file and one line here. Rules only see what the server's decoder
//! accepts: of an object with wrong parts, the rest ([`repair`], [`wrong_parts`]).

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
mod encrypted;
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
mod repair;
mod rule;
mod rules;
mod schema;
mod scope;
mod selectors;
mod service;
mod storage;
mod unknown_values;
mod validator;
mod volume_claim;
mod webhooks;
mod workloads;
mod wrong_parts;

pub use crate::finding::Finding;
pub use findings::Findings;
pub use path::Path;
pub use rule::Rule;
pub use rules::RULES;
pub use unknown_values::UnknownValues;
pub use validator::Validator;
