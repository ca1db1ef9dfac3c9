//! What the API server would refuse: schema first, then the hand-written rules of each kind.
//!
//! [`RULES`] lists the rules by kind; adding one is a file and a line. Rules see only objects that the decoder accepts, as on
//! the server.

mod addresses;
mod admission_policy;
mod admission_rules;
mod api_service;
mod api_versions;
mod autoscaler;
mod cel_syntax;
mod certificates;
mod cluster;
mod config_map;
mod crd_rules;
mod custom;
mod devices;
mod disruption_budget;
mod endpoints;
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
mod quota;
mod rbac;
mod rule;
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
pub use validator::Validator;

/// All rules, one list a file.
pub const RULES: &[&[Rule]] = &[
    pod::RULES,
    workloads::RULES,
    admission_policy::RULES,
    api_service::RULES,
    autoscaler::RULES,
    certificates::RULES,
    cluster::RULES,
    config_map::RULES,
    crd_rules::RULES,
    devices::RULES,
    disruption_budget::RULES,
    endpoints::RULES,
    flow_control::RULES,
    ingress::RULES,
    limit_range::RULES,
    network_policy::RULES,
    persistent_volume::RULES,
    quota::RULES,
    rbac::RULES,
    service::RULES,
    storage::RULES,
    volume_claim::RULES,
    webhooks::RULES,
];
