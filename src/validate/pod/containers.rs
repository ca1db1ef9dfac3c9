//! Rules for containers, init containers, and ephemeral containers: names, images, and which fields each type can have.

use rustc_hash::FxHashSet;

use super::owner::Owner;
use super::ports::HostPorts;
use super::volumes::Volumes;
use super::{env, mounts, ports, probes, resources, restart, security};
use crate::validate::look::{self, Unique, is_true, items, one_of, required_text, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// The type of a container.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Main,
    Init,
    /// An init container that keeps running.
    Sidecar,
    Ephemeral,
}

/// What the rules for containers need to know about the pod.
struct Pod<'p, 'n> {
    spec: &'n Node,
    owner: Owner<'n>,
    volumes: &'p Volumes<'n>,
    claims: FxHashSet<&'n str>,
}

/// Checks all containers of a pod.
pub fn check<'n>(spec: &'n Node, owner: Owner<'n>, volumes: &Volumes<'n>, path: &Path<'_>, out: &mut Findings) {
    if items(spec, "containers").next().is_none() {
        let place = set(spec, "containers").unwrap_or(spec);
        out.required(place, &path.field("containers"), "at least one container is required");
    }
    let claims = items(spec, "resourceClaims").filter_map(|(_, claim)| Some(text(claim, "name")?.0)).collect();
    let pod = Pod { spec, owner, volumes, claims };
    let host_network = is_true(spec, "hostNetwork");
    let mut names = Unique::default();
    let mut main_ports = HostPorts::default();
    for field in ["containers", "initContainers", "ephemeralContainers"] {
        let list = path.field(field);
        for (at, container) in items(spec, field) {
            let path = list.index(at);
            let role = role(field, container);
            name(container, &mut names, &path, out);
            pod.container(container, role, &path, out);
            // The server sets the default host port in pods, but not in templates.
            let filled = host_network && owner.is_pod;
            match role {
                Role::Main => main_ports.take(container, filled, &path, out),
                // Init containers run one after another; the server reports all of them at the first.
                Role::Init | Role::Sidecar => HostPorts::default().take(container, filled, &list.index(0), out),
                Role::Ephemeral => {}
            }
        }
    }
    if host_network {
        ports::same_as_host(spec, path, out);
    }
}

fn role(field: &str, container: &Node) -> Role {
    let always = text(container, "restartPolicy").is_some_and(|(policy, _)| policy == "Always");
    match field {
        "containers" => Role::Main,
        "initContainers" if always => Role::Sidecar,
        "initContainers" => Role::Init,
        _ => Role::Ephemeral,
    }
}

fn name<'n>(container: &'n Node, seen: &mut Unique<'n>, path: &Path<'_>, out: &mut Findings) {
    if let Some((name, node)) = required_text(container, "name", path, out) {
        let path = path.field("name");
        if let Err(cause) = names::dns_label(name) {
            out.invalid(node, &path, format!("`{name}` {cause}"));
        }
        seen.add(name, node, &path, out);
    }
}

impl Pod<'_, '_> {
    fn container(&self, container: &Node, role: Role, path: &Path<'_>, out: &mut Findings) {
        let image = required_text(container, "image", path, out);
        let padded = |image: &str| image.trim() != image;
        if let Some((_, node)) = image.filter(|(image, _)| (self.owner.is_pod || role == Role::Ephemeral) && padded(image)) {
            out.invalid(node, &path.field("image"), "the image must not start or end with a space");
        }
        one_of(container, "imagePullPolicy", &["Always", "IfNotPresent", "Never"], path, out);
        one_of(container, "terminationMessagePolicy", &["File", "FallbackToLogsOnError"], path, out);
        ports::check(container, path, out);
        env::check(container, path, out);
        mounts::check(container, self.volumes, path, out);
        resources::check(container, &self.claims, path, out);
        restart::resize(container, self.spec, path, out);
        security::container(container, self.spec, path, out);
        self.life(container, role, path, out);
        match role {
            Role::Ephemeral => ephemeral(container, self.spec, path, out),
            _ => restart::check(container, role == Role::Main, path, out),
        }
    }

    /// Checks probes and hooks, which only long-running containers can have.
    fn life(&self, container: &Node, role: Role, path: &Path<'_>, out: &mut Findings) {
        let grace = look::int(self.spec, "terminationGracePeriodSeconds").map_or(30, |(seconds, _)| seconds);
        let long_running = matches!(role, Role::Main | Role::Sidecar);
        for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
            let Some(node) = set(container, field) else { continue };
            let path = path.field(field);
            match role {
                _ if long_running && field == "lifecycle" => probes::lifecycle(node, grace, &path, out),
                _ if long_running => probes::check(node, field, &path, out),
                Role::Ephemeral => {}
                _ => out.forbidden(
                    node,
                    &path,
                    format!("`{field}` is not allowed in an init container without `restartPolicy: Always`"),
                ),
            }
        }
    }
}

/// Checks an ephemeral container for fields that it must not have.
fn ephemeral(container: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let denied = ["ports", "resources", "lifecycle", "livenessProbe", "readinessProbe", "startupProbe", "resizePolicy"];
    for field in denied.into_iter().chain(["restartPolicy", "restartPolicyRules"]) {
        let empty =
            |node: &Node| node.as_mapping().is_some_and(|m| m.is_empty()) || node.as_sequence().is_some_and(|s| s.is_empty());
        if let Some(node) = set(container, field).filter(|node| !empty(node)) {
            out.forbidden(node, &path.field(field), format!("`{field}` is not allowed in an ephemeral container"));
        }
    }
    if let Some((target, place)) = text(container, "targetContainerName") {
        let mut others = ["containers", "initContainers"].into_iter().flat_map(|list| items(spec, list));
        if !others.any(|(_, other)| text(other, "name").is_some_and(|(name, _)| name == target)) {
            let path = path.field("targetContainerName");
            out.push(place.error("unknown-container", format!("the pod has no container `{target}`")), path.to_string());
        }
    }
}
