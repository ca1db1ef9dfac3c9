//! Network access: hosts of Ingresses, gateways, routes, and certificates, and types of Services.

use super::look::{entries, items, text};
use super::{Fact, Surroundings};
use crate::resource::Resource;
use crate::yaml::Node;

/// Facts about network access.
pub fn facts(object: &Resource, _: &Surroundings) -> Vec<Fact> {
    let node = object.node();
    let one = |field: &str, path: &[&str]| text(node, path).map(|text| Fact::new(field, text));
    match object.kind() {
        "Ingress" => {
            let rules = items(node, &["spec", "rules"]).iter().map(|rule| text(rule, &["host"]).unwrap_or("*"));
            let tls = items(node, &["spec", "tls"]).iter().flat_map(|tls| texts(tls, &["hosts"]));
            let class = one("class", &["spec", "ingressClassName"]);
            [list("hosts", rules), list("tls hosts", tls), class].into_iter().flatten().collect()
        }
        "Gateway" => {
            let listeners =
                items(node, &["spec", "listeners"]).iter().map(|listener| text(listener, &["hostname"]).unwrap_or("*"));
            let servers = items(node, &["spec", "servers"]).iter().flat_map(|server| texts(server, &["hosts"]));
            list("hosts", listeners.chain(servers)).into_iter().chain(one("class", &["spec", "gatewayClassName"])).collect()
        }
        "HTTPRoute" | "GRPCRoute" | "TLSRoute" => list("hosts", texts(node, &["spec", "hostnames"])).into_iter().collect(),
        "VirtualService" => list("hosts", texts(node, &["spec", "hosts"])).into_iter().collect(),
        "Certificate" => list("hosts", texts(node, &["spec", "dnsNames"])).into_iter().collect(),
        "Route" => one("hosts", &["spec", "host"]).into_iter().collect(),
        "Service" => service(node),
        _ => Vec::new(),
    }
}

/// The type of a Service and the fields that expose it to the outside.
fn service(node: &Node) -> Vec<Fact> {
    let kind = Fact::new("type", text(node, &["spec", "type"]).unwrap_or("ClusterIP"));
    let named = ["externalName", "loadBalancerIP"];
    let named = named.iter().filter_map(|field| text(node, &["spec", field]).map(|text| Fact::new(*field, text)));
    let ports = items(node, &["spec", "ports"]).iter().filter_map(|port| {
        let name = text(port, &["name"]).or_else(|| text(port, &["port"]))?;
        Some(Fact::new(format!("node port ({name})"), text(port, &["nodePort"])?))
    });
    let external = entries(node, &["metadata", "annotations"])
        .filter(|(key, _)| key.starts_with("external-dns.alpha.kubernetes.io/hostname"))
        .filter_map(|(_, value)| text(value, &[]).map(|text| Fact::new("hosts", text)));
    std::iter::once(kind).chain(named).chain(ports).chain(external).collect()
}

/// The scalars of a list.
fn texts<'n>(node: &'n Node, path: &[&str]) -> impl Iterator<Item = &'n str> + use<'n> {
    items(node, path).iter().filter_map(|item| text(item, &[]))
}

/// The names in order, without duplicates; `None` if there are none.
fn list<'n>(field: &str, names: impl Iterator<Item = &'n str>) -> Option<Fact> {
    let mut unique: Vec<&str> = Vec::new();
    names.for_each(|name| {
        if !unique.contains(&name) {
            unique.push(name);
        }
    });
    (!unique.is_empty()).then(|| Fact::new(field, unique.join(", ")).items(unique.iter().copied()))
}
