//! Containers, init containers and ephemeral containers: names, images, ports, mounts.

use rustc_hash::FxHashSet;

use super::{env, probes, resources, security};
use crate::validate::look::{self, Unique, form, in_range, items, one_of, required_text, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// What a container is in its pod.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Main,
    Init,
    /// An init container that goes on running.
    Sidecar,
    Ephemeral,
}

/// Checks all containers of a pod.
pub fn check(spec: &Node, volumes: &FxHashSet<&str>, path: &Path<'_>, out: &mut Findings) {
    if items(spec, "containers").next().is_none() {
        out.required(set(spec, "containers").unwrap_or(spec), &path.field("containers"), "a pod needs at least one container");
    }
    let mut all = Unique::default();
    for field in ["containers", "initContainers", "ephemeralContainers"] {
        let list = path.field(field);
        let mut ports = FxHashSet::default();
        for (at, container) in items(spec, field) {
            let path = list.index(at);
            let always = text(container, "restartPolicy").is_some_and(|(policy, _)| policy == "Always");
            let role = match field {
                "containers" => Role::Main,
                "initContainers" if always => Role::Sidecar,
                "initContainers" => Role::Init,
                _ => Role::Ephemeral,
            };
            if let Some((name, node)) = required_text(container, "name", &path, out) {
                if let Err(cause) = names::dns_label(name) {
                    out.invalid(node, &path.field("name"), format!("`{name}` {cause}"));
                }
                all.add(name, node, &path.field("name"), out);
            }
            one(container, role, volumes, look::is_true(spec, "hostNetwork"), &path, out);
            if role == Role::Main || role == Role::Sidecar {
                host_ports(container, &mut ports, &path, out);
            }
        }
    }
}

fn one(container: &Node, role: Role, volumes: &FxHashSet<&str>, host_network: bool, path: &Path<'_>, out: &mut Findings) {
    match text(container, "image") {
        None => out.required(set(container, "image").unwrap_or(container), &path.field("image"), "`image` is missing"),
        Some((image, node)) if image.trim() != image => {
            out.invalid(node, &path.field("image"), "the image must not begin or end with a blank");
        }
        Some(_) => {}
    }
    one_of(container, "imagePullPolicy", &["Always", "IfNotPresent", "Never"], path, out);
    one_of(container, "terminationMessagePolicy", &["File", "FallbackToLogsOnError"], path, out);
    ports(container, host_network, path, out);
    env::check(container, path, out);
    mounts(container, volumes, path, out);
    resources::check(container, path, out);
    security::container(container, path, out);
    let long_running = matches!(role, Role::Main | Role::Sidecar);
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        match set(container, probe) {
            Some(node) if !long_running => {
                out.forbidden(node, &path.field(probe), "an init container has no probes unless it restarts always")
            }
            Some(node) => probes::check(node, probe, &path.field(probe), out),
            None => {}
        }
    }
    if let Some(lifecycle) = set(container, "lifecycle") {
        match long_running {
            true => probes::lifecycle(lifecycle, &path.field("lifecycle"), out),
            false => {
                out.forbidden(lifecycle, &path.field("lifecycle"), "an init container has no lifecycle unless it restarts always")
            }
        }
    }
    if let Some((policy, node)) = text(container, "restartPolicy") {
        if !matches!(policy, "Always" | "OnFailure" | "Never") {
            out.unsupported(node, &path.field("restartPolicy"), &["Always"]);
        }
    }
    let list = path.field("resizePolicy");
    for (at, policy) in items(container, "resizePolicy") {
        let path = list.index(at);
        one_of(policy, "resourceName", &["cpu", "memory"], &path, out);
        one_of(policy, "restartPolicy", &["NotRequired", "RestartContainer"], &path, out);
    }
}

fn ports(container: &Node, host_network: bool, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("ports");
    let mut names_seen = Unique::default();
    for (at, port) in items(container, "ports") {
        let path = list.index(at);
        form(port, "name", names::port_name, &path, out);
        if let Some((name, node)) = text(port, "name") {
            names_seen.add(name, node, &path.field("name"), out);
        }
        let number = look::int(port, "containerPort");
        match number {
            None | Some((0, _)) => out.required(
                set(port, "containerPort").unwrap_or(port),
                &path.field("containerPort"),
                "`containerPort` is missing",
            ),
            Some((number, node)) => {
                if let Err(cause) = names::port_number(number) {
                    out.invalid(node, &path.field("containerPort"), format!("the port {number} {cause}"));
                }
            }
        }
        in_range(port, "hostPort", 0..=65535, &path, out);
        let host = look::int(port, "hostPort").filter(|(host, _)| *host != 0);
        if let (true, Some((host, node)), Some((number, _))) = (host_network, host, number) {
            if host != number {
                out.invalid(node, &path.field("hostPort"), "with `hostNetwork`, `hostPort` must equal `containerPort`");
            }
        }
        one_of(port, "protocol", &["TCP", "UDP", "SCTP"], &path, out);
        if let Some((ip, node)) = text(port, "hostIP") {
            if ip.parse::<std::net::IpAddr>().is_err() {
                out.invalid(node, &path.field("hostIP"), format!("`{ip}` is no IP address"));
            }
        }
    }
}

/// Two containers of a pod can't have the same port of the host.
fn host_ports<'n>(container: &'n Node, seen: &mut FxHashSet<(&'n str, &'n str, i64)>, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("ports");
    for (at, port) in items(container, "ports") {
        let Some((number, node)) = look::int(port, "hostPort").filter(|(number, _)| *number > 0) else { continue };
        let protocol = text(port, "protocol").map_or("TCP", |(protocol, _)| protocol);
        let ip = text(port, "hostIP").map_or("", |(ip, _)| ip);
        if !seen.insert((ip, protocol, number)) {
            out.duplicate(
                node,
                &list.index(at).field("hostPort"),
                format!("the host port {number} is taken by another port of the pod"),
            );
        }
    }
}

fn mounts(container: &Node, volumes: &FxHashSet<&str>, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("volumeMounts");
    let mut paths = Unique::default();
    for (at, mount) in items(container, "volumeMounts") {
        let path = list.index(at);
        match text(mount, "name") {
            None => out.required(set(mount, "name").unwrap_or(mount), &path.field("name"), "`name` is missing"),
            Some((name, node)) if !volumes.contains(name) => {
                let near = crate::diagnostic::did_you_mean(name, volumes.iter().copied());
                let error = node.error("unknown-volume", format!("the pod has no volume `{name}`"));
                out.push(error.help_if(near.map(|near| format!("did you mean `{near}`?"))), path.field("name").to_string());
            }
            Some(_) => {}
        }
        if let Some((mount_path, node)) = required_text(mount, "mountPath", &path, out) {
            paths.add(mount_path, node, &path.field("mountPath"), out);
        }
        for field in ["subPath", "subPathExpr"] {
            if let Some((sub, node)) = text(mount, field) {
                if sub.starts_with('/') {
                    out.invalid(node, &path.field(field), "the path must be relative");
                } else if sub.split('/').any(|part| part == "..") {
                    out.invalid(node, &path.field(field), "the path must not hold `..`");
                }
            }
        }
        if let (Some(_), Some((_, node))) = (text(mount, "subPath"), text(mount, "subPathExpr")) {
            out.invalid(node, &path.field("subPathExpr"), "`subPathExpr` and `subPath` exclude each other");
        }
        one_of(mount, "mountPropagation", &["None", "HostToContainer", "Bidirectional"], &path, out);
        one_of(mount, "recursiveReadOnly", &["Disabled", "IfPossible", "Enabled"], &path, out);
    }
    let list = path.field("volumeDevices");
    for (at, device) in items(container, "volumeDevices") {
        let path = list.index(at);
        match text(device, "name") {
            Some((name, node)) if !volumes.contains(name) => {
                out.push(node.error("unknown-volume", format!("the pod has no volume `{name}`")), path.field("name").to_string());
            }
            Some(_) => {}
            None => out.required(device, &path.field("name"), "`name` is missing"),
        }
        required_text(device, "devicePath", &path, out);
    }
}
