//! Pods, pod templates, and the pod spec as a whole; the parts have files of their own.

use super::owner::Owner;
use super::{annotations, claims, containers, dns, os, resources, scheduling, security, spread, volumes, windows};
use crate::validate::look::{self, count, form, in_range, is_true, items, one_of, set, text};
use crate::validate::{Findings, Path, metadata, names};
use crate::yaml::Node;

/// Checks a Pod.
pub(super) fn pod(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(found) = set(node, "spec") else {
        return out.required(node, &path.field("containers"), "a pod requires containers");
    };
    let owner = Owner { metadata: set(node, "metadata"), is_pod: true, stateful_set: None };
    annotations::check(found, owner, &Path::ROOT.field("metadata").field("annotations"), &path, out);
    spec(found, owner, &path, out);
    if let Some(containers) = set(found, "ephemeralContainers").filter(|_| count(found, "ephemeralContainers") > 0) {
        out.forbidden(containers, &path.field("ephemeralContainers"), "ephemeral containers can't be set when a pod is created");
    }
    if let Some((_, place)) = text(found, "nodeName").filter(|_| out.since(27) && count(found, "schedulingGates") > 0) {
        out.forbidden(place, &path.field("nodeName"), "`nodeName` is not allowed with scheduling gates");
    }
}

/// Checks a PodTemplate.
pub(super) fn pod_template(node: &Node, out: &mut Findings) {
    if let Some(found) = set(node, "template") {
        template(found, &Path::ROOT.field("template"), out);
    }
}

/// Checks the pod template of a workload.
pub fn template(node: &Node, path: &Path<'_>, out: &mut Findings) {
    template_of(node, Owner::default(), path, out);
}

/// Checks the pod template of a StatefulSet; `stateful_set` is its spec.
pub fn stateful_template(node: &Node, stateful_set: &Node, path: &Path<'_>, out: &mut Findings) {
    template_of(node, Owner { stateful_set: Some(stateful_set), ..Owner::default() }, path, out);
}

fn template_of<'n>(node: &'n Node, owner: Owner<'n>, path: &Path<'_>, out: &mut Findings) {
    let owner = Owner { metadata: set(node, "metadata"), ..owner };
    if let Some(found) = node.at_path(&["metadata", "labels"]) {
        metadata::labels(found, &path.field("labels"), out);
    }
    let annotations_path = path.field("annotations");
    if let Some(found) = node.at_path(&["metadata", "annotations"]) {
        metadata::annotations(found, &annotations_path, out);
    }
    let path = path.field("spec");
    let Some(found) = set(node, "spec") else {
        return out.required(node, &path.field("containers"), "a pod requires containers");
    };
    annotations::check(found, owner, &annotations_path, &path, out);
    spec(found, owner, &path, out);
    if let Some(containers) = set(found, "ephemeralContainers").filter(|_| count(found, "ephemeralContainers") > 0) {
        let path = path.field("ephemeralContainers");
        out.forbidden(containers, &path, "ephemeral containers are not allowed in a template");
    }
}

/// Checks that disks that only one node can write to are read-only in the pods of a template.
pub fn read_only_disks(template: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(spec) = set(template, "spec") {
        volumes::read_only_disks(spec, &path.field("spec"), out);
    }
}

/// Checks a pod spec.
fn spec(node: &Node, owner: Owner<'_>, path: &Path<'_>, out: &mut Findings) {
    let volumes = volumes::check(node, owner, path, out);
    claims::pod_claims(node, path, out);
    containers::check(node, owner, &volumes, path, out);
    resources::pod(node, path, out);
    one_of(node, "restartPolicy", &["Always", "OnFailure", "Never"], path, out);
    dns::check(node, path, out);
    in_range(node, "activeDeadlineSeconds", 1..=i64::from(i32::MAX), path, out);
    for field in ["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"] {
        form(node, field, names::dns_subdomain, path, out);
    }
    if set(node, "serviceAccountName").is_none() {
        form(node, "serviceAccount", names::dns_subdomain, path, out);
    }
    host_names(node, owner, path, out);
    one_of(node, "preemptionPolicy", &["PreemptLowerPriority", "Never"], path, out);
    security::pod(node, path, out);
    windows::host_process(node, path, out);
    os::check(node, path, out);
    scheduling::check(node, path, out);
    spread::check(node, path, out);
    gates(node, path, out);
}

/// Checks the host name of the pod.
fn host_names(node: &Node, owner: Owner<'_>, path: &Path<'_>, out: &mut Findings) {
    // The StatefulSet controller replaces it with the name of the pod.
    if owner.stateful_set.is_none() {
        form(node, "hostname", names::dns_label, path, out);
    }
    form(node, "subdomain", names::dns_label, path, out);
    let Some((name, place)) = text(node, "hostnameOverride").filter(|_| out.since(35)) else { return };
    let path = path.field("hostnameOverride");
    if let Err(cause) = names::dns_subdomain(name) {
        out.invalid(place, &path, format!("`{name}` {cause}"));
    }
    if name.len() > 64 {
        out.too_long(place, &path, format!("must be no more than 64 characters, found {}", name.len()));
    }
    for field in ["setHostnameAsFQDN", "hostNetwork"] {
        if is_true(node, field) {
            out.forbidden(place, &path, format!("`hostnameOverride` and `{field}` are mutually exclusive"));
        }
    }
}

/// Checks readiness gates and scheduling gates.
fn gates(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("readinessGates");
    for (at, gate) in items(node, "readinessGates") {
        let found = text(gate, "conditionType").map_or("", |(found, _)| found);
        if let Err(cause) = names::qualified_name(found) {
            let place = set(gate, "conditionType").unwrap_or(gate);
            out.invalid(
                place,
                &list.index(at).field("conditionType"),
                format!("`{found}` is not a valid condition type: {cause}"),
            );
        }
    }
    if !out.since(27) {
        return;
    }
    let list = path.field("schedulingGates");
    let mut seen = look::Unique::default();
    for (at, gate) in items(node, "schedulingGates") {
        let path = list.index(at);
        let name = text(gate, "name").map_or("", |(name, _)| name);
        let place = set(gate, "name").unwrap_or(gate);
        if let Err(cause) = names::qualified_name(name) {
            out.invalid(place, &path, format!("`{name}` is not a valid name: {cause}"));
        }
        seen.add(name, place, &path, out);
    }
}
