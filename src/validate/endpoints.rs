//! Rules for Endpoints and EndpointSlices: the addresses and ports behind a Service.
//!
//! Behavior: `ValidateEndpoints` in `pkg/apis/core/validation`, and `pkg/apis/discovery/validation`.

use rustc_hash::FxHashSet;

use super::look::{as_text, choice, count, form, int, items, one_of, required_choice, set, text, texts};
use super::service::{PROTOCOLS, app_protocol, ordinary_ip, port_number};
use super::{Findings, Path, Rule, addresses, names};
use crate::yaml::Node;

/// Rules for Endpoints and EndpointSlices.
pub const RULES: &[Rule] = &[
    Rule { group: "", kinds: &["Endpoints"], check: endpoints },
    Rule { group: "discovery.k8s.io", kinds: &["EndpointSlice"], check: endpoint_slice },
];

fn endpoints(node: &Node, out: &mut Findings) {
    let list = Path::ROOT.field("subsets");
    for (at, subset) in items(node, "subsets") {
        let path = list.index(at);
        if count(subset, "addresses") + count(subset, "notReadyAddresses") == 0 {
            out.required(subset, &path, "one of `addresses` or `notReadyAddresses` is required");
        }
        for field in ["addresses", "notReadyAddresses"] {
            let list = path.field(field);
            for (at, address) in items(subset, field) {
                endpoint_address(address, &list.index(at), out);
            }
        }
        let several = count(subset, "ports") > 1;
        let list = path.field("ports");
        for (at, port) in items(subset, "ports") {
            endpoint_port(port, several, &list.index(at), out);
        }
    }
}

fn endpoint_address(address: &Node, path: &Path<'_>, out: &mut Findings) {
    let ip = text(address, "ip").map_or("", |(ip, _)| ip);
    ordinary_ip(ip, set(address, "ip").unwrap_or(address), &path.field("ip"), out);
    form(address, "hostname", names::dns_label, path, out);
    form(address, "nodeName", names::dns_subdomain, path, out);
}

fn endpoint_port(port: &Node, several: bool, path: &Path<'_>, out: &mut Findings) {
    match text(port, "name") {
        None if several => out.required(port, &path.field("name"), "`name` is required when there is more than one port"),
        _ => form(port, "name", names::dns_label, path, out),
    }
    port_number(port, path, out);
    one_of(port, "protocol", PROTOCOLS, path, out);
    app_protocol(port, path, out);
}

fn endpoint_slice(node: &Node, out: &mut Findings) {
    required_choice(node, "addressType", &["FQDN", "IPv4", "IPv6"], &Path::ROOT, out);
    let family = text(node, "addressType").map_or("", |(family, _)| family);
    let list = Path::ROOT.field("endpoints");
    if count(node, "endpoints") > 1000 {
        out.too_long(node, &list, "must have at most 1000 endpoints");
    }
    for (at, endpoint) in items(node, "endpoints") {
        slice_endpoint(endpoint, family, &list.index(at), out);
    }
    let list = Path::ROOT.field("ports");
    let mut seen = FxHashSet::default();
    for (at, port) in items(node, "ports") {
        let path = list.index(at);
        form(port, "name", names::dns_label, &path, out);
        let name = text(port, "name").map_or("", |(name, _)| name);
        if !seen.insert(name) {
            let place = set(port, "name").unwrap_or(port);
            out.duplicate(place, &path.field("name"), format!("the port name `{name}` appears twice"));
        }
        choice(port, "protocol", PROTOCOLS, &path, out);
        if int(port, "port").is_some() {
            port_number(port, &path, out);
        }
        app_protocol(port, &path, out);
    }
}

fn slice_endpoint(endpoint: &Node, family: &str, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("addresses");
    match count(endpoint, "addresses") {
        0 => out.required(endpoint, &list, "at least one address is required"),
        101.. => out.too_long(endpoint, &list, "must have at most 100 addresses"),
        _ => {}
    }
    for (at, address, place) in texts(endpoint, "addresses") {
        let path = list.index(at);
        let parsed = addresses::ip(address);
        match family {
            "FQDN" => {
                let name = address.strip_suffix('.').unwrap_or(address);
                if names::dns_subdomain(name).is_err() || !name.contains('.') {
                    out.invalid(place, &path, format!("`{address}` is not a valid fully qualified domain name"));
                }
            }
            "IPv4" if parsed.is_none_or(|parsed| !parsed.is_ipv4()) => {
                out.invalid(place, &path, format!("`{address}` is not a valid IPv4 address"));
            }
            "IPv6" if parsed.is_none_or(|parsed| parsed.is_ipv4()) => {
                out.invalid(place, &path, format!("`{address}` is not a valid IPv6 address"));
            }
            "IPv4" | "IPv6" => ordinary_ip(address, place, &path, out),
            _ => {}
        }
    }
    form(endpoint, "nodeName", names::dns_subdomain, path, out);
    if let Some(place) = set(endpoint, "hostname") {
        let hostname = as_text(place).unwrap_or("");
        if let Err(cause) = names::dns_label(hostname) {
            out.invalid(place, &path.field("hostname"), format!("`{hostname}` {cause}"));
        }
    }
}
