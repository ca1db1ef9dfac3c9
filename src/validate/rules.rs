//! The table of rules.

use super::rule::Rule;
use super::{
    admission_policy, api_service, autoscaler, certificates, cluster, config_map, crd_rules, devices, disruption_budget,
    endpoints, flow_control, ingress, limit_range, network_policy, persistent_volume, pod, pod_security, quota, rbac, service,
    storage, volume_claim, webhooks, workloads,
};

/// All rules, one list per file.
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
    pod_security::RULES,
    quota::RULES,
    rbac::RULES,
    service::RULES,
    storage::RULES,
    volume_claim::RULES,
    webhooks::RULES,
];
