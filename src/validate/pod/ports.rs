//! Rules for container ports: numbers, names, and conflicting host ports.

use rustc_hash::FxHashSet;

use crate::validate::look::{self, Unique, items, one_of, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// Checks `ports` of a container.
pub fn check(container: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("ports");
    let mut seen = Unique::default();
    for (at, port) in items(container, "ports") {
        let path = list.index(at);
        if let Some((name, place)) = text(port, "name") {
            match names::port_name(name) {
                Err(cause) => out.invalid(place, &path.field("name"), format!("the port name `{name}` {cause}")),
                Ok(()) => drop(seen.add(name, place, &path.field("name"), out)),
            }
        }
        match look::int(port, "containerPort") {
            None | Some((0, _)) => {
                let place = set(port, "containerPort").unwrap_or(port);
                out.required(place, &path.field("containerPort"), "`containerPort` is required");
            }
            Some((number, place)) => port_number(number, place, &path.field("containerPort"), out),
        }
        if let Some((number, place)) = look::int(port, "hostPort").filter(|(number, _)| *number != 0) {
            port_number(number, place, &path.field("hostPort"), out);
        }
        one_of(port, "protocol", &["TCP", "UDP", "SCTP"], &path, out);
    }
}

fn port_number(number: i64, place: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Err(cause) = names::port_number(number) {
        out.invalid(place, path, format!("the port {cause}"));
    }
}

/// Checks that host ports are equal to container ports in a pod with `hostNetwork`.
pub fn same_as_host(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let containers = path.field("containers");
    for (at, container) in items(spec, "containers") {
        let path = containers.index(at);
        let list = path.field("ports");
        for (at, port) in items(container, "ports") {
            let (host, own) = (look::int(port, "hostPort"), look::int(port, "containerPort"));
            if let Some((host, place)) = host.filter(|(host, _)| *host != 0 && Some(*host) != own.map(|(own, _)| own)) {
                let message = format!("`hostPort` must be equal to `containerPort` with `hostNetwork`, found {host}");
                out.invalid(place, &list.index(at).field("hostPort"), message);
            }
        }
    }
}

/// Host ports, each of which only one container can use.
#[derive(Default)]
pub struct HostPorts<'n> {
    seen: FxHashSet<(&'n str, &'n str, i64)>,
}

impl<'n> HostPorts<'n> {
    /// Adds the ports of a container. With `filled`, the host port defaults to the container port.
    pub fn take(&mut self, container: &'n Node, filled: bool, path: &Path<'_>, out: &mut Findings) {
        let list = path.field("ports");
        for (at, port) in items(container, "ports") {
            let given = |field: &str| look::int(port, field).filter(|(number, _)| *number != 0);
            let Some((number, place)) = given("hostPort").or_else(|| given("containerPort").filter(|_| filled)) else { continue };
            let protocol = text(port, "protocol").map_or("TCP", |(protocol, _)| protocol);
            let ip = text(port, "hostIP").map_or("", |(ip, _)| ip);
            if !self.seen.insert((ip, protocol, number)) {
                let message = format!("the host port {number} appears twice");
                out.duplicate(place, &list.index(at).field("hostPort"), message);
            }
        }
    }
}
