//! Lints: rules that need all objects at once, and rules for objects that the API server accepts but that are probably wrong.
//!
//! [`LINTS`] lists them; a new lint is a new file and one line here. The comment at the top of a lint's file is its page, which
//! `render explain CODE` prints.

mod admission_pod_security;
mod blocked_evictions;
mod budget_above_autoscaler;
mod cluster_admin;
mod container_socket;
mod creators;
mod host_namespaces;
mod image_tag;
mod labels;
mod lint;
mod placeholder_secret;
mod pod_references;
mod privileged;
mod replicas_and_autoscaler;
mod reporter;
mod requirements;
mod root_user;
mod scaling_without_requests;
mod selects_nothing;
mod set;
mod shared_volume;
mod too_large_to_apply;
mod unknown_backend;
mod unknown_claim;
mod unknown_config_map;
mod unknown_key;
mod unknown_port;
mod unknown_reference;
mod unknown_role;
mod unknown_scale_target;
mod unknown_secret;
mod unknown_service;
mod unknown_service_account;
mod unknown_subject;
mod unresolved_variable;
mod wildcard_role;

pub use lint::Lint;
pub use reporter::Reporter;
pub use set::{Object, Set, Whole};

use crate::finding::Finding;
use crate::schema::Version;
use crate::yaml::Node;

/// All lints, by code.
pub const LINTS: &[Lint] = &[
    admission_pod_security::LINT,
    blocked_evictions::LINT,
    budget_above_autoscaler::LINT,
    cluster_admin::LINT,
    container_socket::LINT,
    host_namespaces::LINT,
    image_tag::LINT,
    placeholder_secret::LINT,
    privileged::LINT,
    replicas_and_autoscaler::LINT,
    root_user::LINT,
    scaling_without_requests::LINT,
    selects_nothing::LINT,
    shared_volume::LINT,
    too_large_to_apply::LINT,
    unknown_backend::LINT,
    unknown_claim::LINT,
    unknown_config_map::LINT,
    unknown_key::LINT,
    unknown_port::LINT,
    unknown_reference::LINT,
    unknown_role::LINT,
    unknown_scale_target::LINT,
    unknown_secret::LINT,
    unknown_service::LINT,
    unknown_service_account::LINT,
    unknown_subject::LINT,
    unresolved_variable::LINT,
    wildcard_role::LINT,
];

/// Runs all lints for servers of these versions. Returns the findings of each object.
pub fn check(nodes: &[Node], whole: &Whole, versions: &[Version]) -> Vec<Vec<Finding>> {
    let set = Set::new(nodes, whole, versions);
    let mut findings: Vec<Vec<Finding>> = std::iter::repeat_with(Vec::new).take(nodes.len()).collect();
    for lint in LINTS {
        (lint.check)(&set, &mut Reporter::new(lint.code, &set, &mut findings));
    }
    findings
}

/// The page of a lint.
pub fn page(lint: &Lint) -> String {
    let lines = lint.file.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lints_are_sorted_and_have_pages() {
        assert!(LINTS.is_sorted_by_key(|lint| lint.code));
        for lint in LINTS {
            let page = page(lint);
            assert!(page.lines().count() >= 3 && page.lines().nth(1) == Some(""), "{}: {page}", lint.code);
        }
    }
}
