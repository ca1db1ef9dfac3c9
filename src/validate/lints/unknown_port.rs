//! An object refers to a port that does not exist, so connections fail.
//!
//! An Ingress, ServiceMonitor, or PodMonitor refers to a port that the Service or pod does not have, or the `targetPort` of a
//! Service or a probe refers to a port name that the container does not have. Port numbers are not checked against pods, because
//! a container can listen on ports that it does not list.

use rustc_hash::FxHashSet;

use super::selects_nothing::is_known;
use super::set::{Object, Pod, port_names};
use super::unknown_backend::backends;
use super::{Lint, Reporter, Set};
use crate::references::ingress::annotation_prefix;
use crate::references::is_custom;
use crate::validate::look::{as_int, as_text, int, items, set as field, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-port", file: include_str!("unknown_port.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    set.of_kind("Service").for_each(|service| of_service(service, set, out));
    set.of_kind("Ingress").for_each(|ingress| of_ingress(ingress, set, out));
    for kind in ["ServiceMonitor", "PodMonitor"] {
        set.of_any_kind(kind).filter(|monitor| is_known(monitor)).for_each(|monitor| of_monitor(monitor, set, out));
    }
    set.pods.iter().filter(|pod| !pod.is_partial).for_each(|pod| of_probes(pod, set, out));
}

fn of_service(service: &Object<'_>, set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    let Some(spec) = field(service.node, "spec") else { return };
    let Some(selector) = field(spec, "selector") else { return };
    let named = || items(spec, "ports").filter_map(|(at, port)| Some((at, text(port, "targetPort")?)));
    if named().next().is_none() {
        return;
    }
    let Some(pods) = set.served(service.namespace, selector).filter(|pods| !pods.is_empty() && are_whole(pods)) else {
        return;
    };
    let ports: FxHashSet<&str> = pods.iter().flat_map(|pod| port_names(pod.spec)).collect();
    for (at, (name, node)) in named().filter(|(_, (name, _))| !ports.contains(name)) {
        let message = format!("no pod of this Service has a port named `{name}`");
        out.warn(service, node, format!("spec.ports[{at}].targetPort"), message, "use the name of a port of its containers");
    }
}

fn of_ingress(ingress: &Object<'_>, set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    backends(ingress, &mut |backend, path| {
        let Some((name, _)) = text(backend, "name") else { return };
        let service = set.find("Service", ingress.namespace, name).filter(|service| !is_custom(service.group));
        let Some(service) = service else { return };
        let Some(port) = field(backend, "port").filter(|_| annotation_prefix(backend).is_none()) else { return };
        let exists = match (text(port, "name"), int(port, "number")) {
            (Some((name, _)), _) => set.has_port_name(service, name),
            (None, Some((number, _))) => set.has_port_number(service, number),
            (None, None) => true,
        };
        if !exists {
            let message = format!("the Service `{name}` does not have this port");
            out.warn(ingress, port, format!("{path}.port"), message, "use a port of the Service, not a port of its pods");
        }
    });
}

fn of_monitor(monitor: &Object<'_>, set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    let Some(spec) = field(monitor.node, "spec") else { return };
    let Some(selector) = field(spec, "selector").filter(|_| field(spec, "namespaceSelector").is_none()) else { return };
    let namespace = monitor.namespace;
    let (list, ports): (_, FxHashSet<&str>) = match monitor.kind {
        "ServiceMonitor" => {
            let Some(services) = set.services(namespace, selector) else { return };
            let specs = services.into_iter().filter_map(|service| field(service.node, "spec"));
            let ports = specs.flat_map(|spec| items(spec, "ports"));
            ("endpoints", ports.filter_map(|(_, port)| Some(text(port, "name")?.0)).collect())
        }
        _ => {
            let Some(pods) = set.selected(namespace, selector).filter(|pods| are_whole(pods)) else { return };
            ("podMetricsEndpoints", pods.into_iter().flat_map(|pod| port_names(pod.spec)).collect())
        }
    };
    for (at, endpoint) in items(spec, list) {
        let Some((name, node)) = text(endpoint, "port").filter(|(name, _)| !ports.is_empty() && !ports.contains(name)) else {
            continue;
        };
        let message = format!("nothing that this object selects has a port named `{name}`");
        out.warn(monitor, node, format!("spec.{list}[{at}].port"), message, "use the name of a port of the selected objects");
    }
}

fn of_probes(pod: &Pod<'_>, set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    let Some(owner) = set.owner(pod) else { return };
    for (at, container) in items(pod.spec, "containers") {
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            for handler in ["httpGet", "tcpSocket"] {
                let Some(port) = container.at_path(&[probe, handler, "port"]).filter(|port| as_int(port).is_none()) else {
                    continue;
                };
                let Some(name) = as_text(port) else { continue };
                if !items(container, "ports").any(|(_, found)| is_named(found, name)) {
                    let path = format!("{}.containers[{at}].{probe}.{handler}.port", pod.path);
                    out.warn(
                        owner,
                        port,
                        path,
                        format!("the container has no port named `{name}`"),
                        "use the name of a port of the container; otherwise the probe always fails",
                    );
                }
            }
        }
    }
}

/// Whether the pods have no ports other than those in the objects.
fn are_whole(pods: &[&Pod<'_>]) -> bool {
    pods.iter().all(|pod| !pod.is_partial)
}

fn is_named(port: &Node, name: &str) -> bool {
    text(port, "name").is_some_and(|(found, _)| found == name)
}
