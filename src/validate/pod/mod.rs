//! Pods and the pod templates of workloads.
//!
//! Behaviour: Kubernetes' `ValidatePodSpec` and `ValidatePodTemplateSpec` (`pkg/apis/core/validation`). One file a part of the pod.

mod containers;
mod env;
mod probes;
mod resources;
mod scheduling;
mod security;
mod volumes;

pub use volumes::claim_spec;

use rustc_hash::FxHashSet;

use super::look::{self, form, in_range, items, not_negative, one_of, required_text, set, text};
use super::metadata;
use super::names;
use super::{Findings, Path, Rule};
use crate::yaml::Node;

/// Rules for Pods and PodTemplates.
pub const RULES: &[Rule] =
    &[Rule { group: "", kinds: &["Pod"], check: pod }, Rule { group: "", kinds: &["PodTemplate"], check: pod_template }];

fn pod(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    match set(node, "spec") {
        Some(found) => spec(found, &path, out),
        None => out.required(node, &path.field("containers"), "a pod needs containers"),
    }
}

fn pod_template(node: &Node, out: &mut Findings) {
    if let Some(found) = set(node, "template") {
        template(found, &Path::ROOT.field("template"), out);
    }
}

/// Checks the pod template of a workload.
pub fn template(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let metadata_path = path.field("metadata");
    for field in ["labels", "annotations"] {
        if let Some(found) = node.at_path(&["metadata", field]) {
            match field {
                "labels" => metadata::labels(found, &metadata_path.field(field), out),
                _ => metadata::annotations(found, &metadata_path.field(field), out),
            }
        }
    }
    let path = path.field("spec");
    match set(node, "spec") {
        Some(found) => spec(found, &path, out),
        None => out.required(node, &path.field("containers"), "a pod needs containers"),
    }
}

/// Checks a pod spec.
pub fn spec(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let volumes: FxHashSet<&str> = volumes::check(node, path, out);
    containers::check(node, &volumes, path, out);
    one_of(node, "restartPolicy", &["Always", "OnFailure", "Never"], path, out);
    dns(node, path, out);
    in_range(node, "activeDeadlineSeconds", 1..=i64::from(i32::MAX), path, out);
    not_negative(node, "terminationGracePeriodSeconds", path, out);
    form(node, "serviceAccountName", names::dns_subdomain, path, out);
    form(node, "nodeName", names::dns_subdomain, path, out);
    form(node, "priorityClassName", names::dns_subdomain, path, out);
    form(node, "runtimeClassName", names::dns_subdomain, path, out);
    form(node, "hostname", names::dns_label, path, out);
    form(node, "subdomain", names::dns_label, path, out);
    one_of(node, "preemptionPolicy", &["PreemptLowerPriority", "Never"], path, out);
    security::pod(node, path, out);
    scheduling::check(node, path, out);
    host_aliases(node, path, out);
    readiness_gates(node, path, out);
    if let Some(os) = set(node, "os") {
        match text(os, "name") {
            Some(_) => one_of(os, "name", &["linux", "windows"], &path.field("os"), out),
            None => out.required(os, &path.field("os").field("name"), "`name` is missing"),
        }
    }
}

fn dns(node: &Node, path: &Path<'_>, out: &mut Findings) {
    one_of(node, "dnsPolicy", &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], path, out);
    let config_path = path.field("dnsConfig");
    let config = set(node, "dnsConfig");
    let servers = config.map_or(0, |config| items(config, "nameservers").count());
    if text(node, "dnsPolicy").is_some_and(|(policy, _)| policy == "None") && servers == 0 {
        match config {
            None => out.required(node, &config_path, "`dnsPolicy: None` needs `dnsConfig`"),
            Some(config) => out.required(config, &config_path.field("nameservers"), "`dnsPolicy: None` needs a nameserver"),
        }
    }
    let Some(config) = config else { return };
    let list = config_path.field("nameservers");
    if servers > 3 {
        out.invalid(config, &list, format!("there are {servers} nameservers, at most 3 are allowed"));
    }
    for (at, server) in items(config, "nameservers") {
        ip(server, &list.index(at), out);
    }
    let list = config_path.field("searches");
    for (at, search) in items(config, "searches") {
        let found = look::as_text(search).unwrap_or("");
        if let (false, Err(cause)) = (found == ".", names::dns_subdomain(&found.trim_end_matches('.').replace('_', "-"))) {
            out.invalid(search, &list.index(at), format!("`{found}` {cause}"));
        }
    }
    let list = config_path.field("options");
    for (at, option) in items(config, "options") {
        required_text(option, "name", &list.index(at), out);
    }
}

/// Checks an IP address.
pub fn ip(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let found = look::as_text(node).unwrap_or("");
    if found.parse::<std::net::IpAddr>().is_err() {
        out.invalid(node, path, format!("`{found}` is no IP address"));
    }
}

fn host_aliases(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("hostAliases");
    for (at, alias) in items(node, "hostAliases") {
        let path = list.index(at);
        ip(set(alias, "ip").unwrap_or(alias), &path.field("ip"), out);
        let names_path = path.field("hostnames");
        for (at, host) in items(alias, "hostnames") {
            if let Some(Err(cause)) = look::as_text(host).map(names::dns_subdomain) {
                out.invalid(host, &names_path.index(at), format!("the host name {cause}"));
            }
        }
    }
}

fn readiness_gates(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("readinessGates");
    for (at, gate) in items(node, "readinessGates") {
        let found = text(gate, "conditionType").map_or("", |(found, _)| found);
        if let Err(cause) = names::qualified_name(found) {
            let place = set(gate, "conditionType").unwrap_or(gate);
            out.invalid(place, &list.index(at).field("conditionType"), format!("`{found}`: {cause}"));
        }
    }
}
