//! Rules for Services: ports, types, cluster IPs and IP families, and traffic policies.
//!
//! Behavior: `ValidateService` in `pkg/apis/core/validation`, except checks that depend on a cluster: whether a node port or an
//! address is free and in range.

use rustc_hash::FxHashSet;

use super::look::{as_text, choice, count, form, int, items, one_of, required_text, set, text, texts};
use super::metadata::labels;
use super::{Findings, Path, Rule, addresses, names};
use crate::yaml::Node;

/// Rules for Services.
pub const RULES: &[Rule] = &[Rule { group: "", kinds: &["Service"], check: service }];

const TYPES: &[&str] = &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
/// The protocols of ports.
pub const PROTOCOLS: &[&str] = &["SCTP", "TCP", "UDP"];

fn service(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let Some(spec) = set(node, "spec") else { return out.required(node, &path.field("ports"), "`spec.ports` is required") };
    let of_type = text(spec, "type").map_or("ClusterIP", |(of_type, _)| of_type);
    let headless = text(spec, "clusterIP").or_else(|| first(spec, "clusterIPs")).filter(|(ip, _)| *ip == "None");
    if count(spec, "ports") == 0 && headless.is_none() && of_type != "ExternalName" {
        out.required(set(spec, "ports").unwrap_or(spec), &path.field("ports"), "at least one port is required");
    }
    if let Some((_, place)) = headless.filter(|_| matches!(of_type, "LoadBalancer" | "NodePort")) {
        let list = path.field("clusterIPs");
        out.invalid(place, &list.index(0), format!("the cluster IP must not be `None` with `type: {of_type}`"));
    }
    ports(spec, of_type, &path, out);
    if of_type == "ExternalName" {
        external_name(spec, &path, out);
    } else {
        cluster_ips(spec, &path, out);
        choice(spec, "internalTrafficPolicy", &["Cluster", "Local"], &path, out);
    }
    if let Some(selector) = set(spec, "selector") {
        labels(selector, &path.field("selector"), out);
    }
    one_of(spec, "type", TYPES, &path, out);
    session_affinity(spec, &path, out);
    external_ips(spec, &path, out);
    load_balancer(node, spec, of_type, &path, out);
    external_traffic(spec, of_type, &path, out);
    traffic_distribution(spec, &path, out);
}

fn first<'n>(node: &'n Node, field: &str) -> Option<(&'n str, &'n Node)> {
    let (_, item) = items(node, field).next()?;
    Some((as_text(item)?, item))
}

fn ports(spec: &Node, of_type: &str, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("ports");
    let several = count(spec, "ports") > 1;
    let (mut names, mut numbers, mut node_ports) = (FxHashSet::default(), FxHashSet::default(), FxHashSet::default());
    for (at, port) in items(spec, "ports") {
        let path = list.index(at);
        port_name(port, several, &mut names, &path, out);
        let number = port_number(port, &path, out);
        let protocol = text(port, "protocol").map_or("TCP", |(protocol, _)| protocol);
        one_of(port, "protocol", PROTOCOLS, &path, out);
        target_port(port, &path, out);
        app_protocol(port, &path, out);
        if let Some((node_port, place)) = int(port, "nodePort").filter(|(number, _)| *number != 0) {
            if of_type == "ClusterIP" {
                out.forbidden(place, &path.field("nodePort"), "`nodePort` is not allowed with `type: ClusterIP`");
            }
            if !node_ports.insert((protocol, node_port)) {
                out.duplicate(place, &path.field("nodePort"), format!("the node port {node_port} appears twice"));
            }
        }
        if !numbers.insert((protocol, number)) {
            out.duplicate(port, &path, format!("the port {number} appears twice for the protocol {protocol}"));
        }
        if of_type == "LoadBalancer" && number == 10250 {
            out.invalid(port, &path, "the port 10250 must not be exposed, because the kubelet uses it");
        }
    }
}

fn port_name<'n>(port: &'n Node, required: bool, seen: &mut FxHashSet<&'n str>, path: &Path<'_>, out: &mut Findings) {
    let path_of_name = path.field("name");
    match text(port, "name") {
        None if required => out.required(port, &path_of_name, "`name` is required when there is more than one port"),
        None => {}
        Some((name, place)) => {
            form(port, "name", names::dns_label, path, out);
            if !seen.insert(name) {
                out.duplicate(place, &path_of_name, format!("the port name `{name}` appears twice"));
            }
        }
    }
}

/// Checks the required number `port` and returns it; 0 if it is not set.
pub fn port_number(port: &Node, path: &Path<'_>, out: &mut Findings) -> i64 {
    let found = int(port, "port");
    let number = found.map_or(0, |(number, _)| number);
    if let Err(cause) = names::port_number(number) {
        let place = found.map_or(port, |(_, place)| place);
        out.invalid(place, &path.field("port"), format!("the port {cause}"));
    }
    number
}

fn target_port(port: &Node, path: &Path<'_>, out: &mut Findings) {
    // Unset, 0, and an empty string mean the port itself.
    let Some(target) = set(port, "targetPort") else { return };
    if as_text(target).is_some_and(str::is_empty) || super::look::as_int(target) == Some(0) {
        return;
    }
    super::look::port(port, "targetPort", path, out);
}

/// Checks `appProtocol`.
pub fn app_protocol(port: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(place) = set(port, "appProtocol") {
        let found = as_text(place).unwrap_or("");
        if let Err(cause) = names::qualified_name(found) {
            out.invalid(place, &path.field("appProtocol"), format!("`{found}` is not a valid protocol name: {cause}"));
        }
    }
}

fn external_name(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    for (field, given) in [
        ("clusterIPs", count(spec, "clusterIPs") > 0 || text(spec, "clusterIP").is_some()),
        ("ipFamilies", count(spec, "ipFamilies") > 0),
        ("ipFamilyPolicy", set(spec, "ipFamilyPolicy").is_some()),
    ] {
        if given {
            let place = set(spec, field).unwrap_or(spec);
            out.forbidden(place, &path.field(field), format!("`{field}` is not allowed with `type: ExternalName`"));
        }
    }
    if let Some((name, place)) = required_text(spec, "externalName", path, out) {
        // A name can end with a dot, but a dot alone is not a name.
        match name.strip_suffix('.').unwrap_or(name) {
            "" => out.required(place, &path.field("externalName"), "`externalName` must not be empty"),
            name => {
                if let Err(cause) = names::dns_subdomain(name) {
                    out.invalid(place, &path.field("externalName"), format!("`{name}` {cause}"));
                }
            }
        }
    }
}

fn cluster_ips(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("clusterIPs");
    let families = path.field("ipFamilies");
    let mut seen = FxHashSet::default();
    for (at, family, place) in texts(spec, "ipFamilies") {
        if !matches!(family, "IPv4" | "IPv6") {
            out.unsupported(place, &families.index(at), &["IPv4", "IPv6"]);
        }
        if !seen.insert(family) {
            out.duplicate(place, &families.index(at), format!("`{family}` appears twice"));
        }
    }
    choice(spec, "ipFamilyPolicy", &["PreferDualStack", "RequireDualStack", "SingleStack"], path, out);
    let given: Vec<(&str, &Node)> = match text(spec, "clusterIP") {
        Some((ip, place)) if count(spec, "clusterIPs") == 0 => vec![(ip, place)],
        Some((ip, place)) if first(spec, "clusterIPs").is_none_or(|(first, _)| first != ip) => {
            return out.invalid(place, &list, "the first item of `clusterIPs` must be equal to `clusterIP`");
        }
        _ => texts(spec, "clusterIPs").map(|(_, ip, place)| (ip, place)).collect(),
    };
    let mut parsed = Vec::new();
    for (at, (ip, place)) in given.iter().enumerate() {
        match addresses::ip(ip) {
            None if *ip == "None" && at == 0 && given.len() == 1 => return,
            None if *ip == "None" && at == 0 => out.invalid(place, &list, "`None` must be the only item"),
            None => out.invalid(place, &list.index(at), format!("`{ip}` is not a valid IP address")),
            Some(address) => parsed.push(address.is_ipv4()),
        }
    }
    if let [_, _, third, ..] = given.as_slice() {
        out.invalid(third.1, &list, "must have at most 2 items, one per IP family");
    } else if let ([first, second], [_, place]) = (parsed.as_slice(), given.as_slice())
        && first == second
    {
        out.invalid(place.1, &list, "must have one IPv4 and one IPv6 address");
    }
    if parsed.len() == given.len() {
        let of_families = given.iter().zip(parsed).zip(texts(spec, "ipFamilies"));
        for (at, (((ip, place), is_v4), (_, family, _))) in of_families.enumerate() {
            if matches!((family, is_v4), ("IPv4", false) | ("IPv6", true)) {
                out.invalid(place, &list.index(at), format!("expected an {family} address as in `ipFamilies`, found `{ip}`"));
            }
        }
    }
}

fn session_affinity(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    one_of(spec, "sessionAffinity", &["ClientIP", "None"], path, out);
    // The server drops the configuration unless the affinity is `ClientIP`.
    if text(spec, "sessionAffinity").is_none_or(|(affinity, _)| affinity != "ClientIP") {
        return;
    }
    let Some(client) = spec.at_path(&["sessionAffinityConfig", "clientIP"]) else { return };
    if let Some((seconds, place)) = int(client, "timeoutSeconds").filter(|(seconds, _)| !(1..=86400).contains(seconds)) {
        let path = path.field("sessionAffinityConfig");
        let path = path.field("clientIP");
        out.invalid(
            place,
            &path.field("timeoutSeconds"),
            format!("`timeoutSeconds` must be between 1 and 86400, found {seconds}"),
        );
    }
}

fn external_ips(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("externalIPs");
    for (at, ip, place) in texts(spec, "externalIPs") {
        ordinary_ip(ip, place, &list.index(at), out);
    }
}

/// Checks an IP address that traffic is sent to.
pub fn ordinary_ip(ip: &str, place: &Node, path: &Path<'_>, out: &mut Findings) {
    match addresses::ip(ip).map(addresses::special) {
        None => out.invalid(place, path, format!("`{ip}` is not a valid IP address")),
        Some(Err(cause)) => out.invalid(place, path, format!("`{ip}` {cause}")),
        Some(Ok(())) => {}
    }
}

fn load_balancer(node: &Node, spec: &Node, of_type: &str, path: &Path<'_>, out: &mut Findings) {
    // The server writes this field with a capital letter in its errors.
    let ranges = path.field("LoadBalancerSourceRanges");
    let is_load_balancer = of_type == "LoadBalancer";
    if let Some(list) = set(spec, "loadBalancerSourceRanges").filter(|_| count(spec, "loadBalancerSourceRanges") > 0) {
        if !is_load_balancer {
            out.forbidden(list, &ranges, "`loadBalancerSourceRanges` requires `type: LoadBalancer`");
        }
        for (at, range, place) in texts(spec, "loadBalancerSourceRanges") {
            if addresses::Network::parse(range.trim()).is_none() {
                out.invalid(place, &ranges.index(at), format!("expected a CIDR such as `10.0.0.0/8`, found `{range}`"));
            }
        }
    } else if let Some((found, place)) = source_ranges_annotation(node) {
        let path = Path::ROOT.field("metadata");
        let path = path.field("annotations");
        let path = path.key(SOURCE_RANGES);
        if !is_load_balancer {
            out.forbidden(place, &path, "the annotation requires `type: LoadBalancer`");
        }
        let wrong = |range: &&str| addresses::Network::parse(range.trim()).is_none();
        if let Some(range) = found.trim().split(',').find(wrong).filter(|_| !found.trim().is_empty()) {
            out.invalid(place, &path, format!("expected a CIDR such as `10.0.0.0/8`, found `{range}`"));
        }
    }
    for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
        if let Some(place) = set(spec, field).filter(|_| !is_load_balancer) {
            out.forbidden(place, &path.field(field), format!("`{field}` requires `type: LoadBalancer`"));
        }
    }
    if let Some(place) = set(spec, "loadBalancerClass") {
        let class = as_text(place).unwrap_or("");
        if let Err(cause) = names::qualified_name(class) {
            out.invalid(place, &path.field("loadBalancerClass"), format!("`{class}` is not a valid class name: {cause}"));
        }
    }
}

const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

fn source_ranges_annotation(node: &Node) -> Option<(&str, &Node)> {
    let value = node.at_path(&["metadata", "annotations", SOURCE_RANGES])?;
    Some((as_text(value)?, value))
}

fn external_traffic(spec: &Node, of_type: &str, path: &Path<'_>, out: &mut Findings) {
    let reachable = matches!(of_type, "LoadBalancer" | "NodePort") || (of_type == "ClusterIP" && count(spec, "externalIPs") > 0);
    let policy = text(spec, "externalTrafficPolicy");
    if reachable {
        one_of(spec, "externalTrafficPolicy", &["Cluster", "Local"], path, out);
    } else if let Some((_, place)) = policy {
        let message = "`externalTrafficPolicy` is allowed only for externally accessible Services";
        out.invalid(place, &path.field("externalTrafficPolicy"), message);
    }
    let needs_check = of_type == "LoadBalancer" && policy.is_some_and(|(policy, _)| policy == "Local");
    let health = path.field("healthCheckNodePort");
    match int(spec, "healthCheckNodePort").filter(|(port, _)| *port != 0) {
        Some((_, place)) if !needs_check => {
            out.invalid(place, &health, "`healthCheckNodePort` requires `type: LoadBalancer` and `externalTrafficPolicy: Local`");
        }
        Some((port, place)) => {
            if let Err(cause) = names::port_number(port) {
                out.invalid(place, &health, format!("the port {cause}"));
            }
        }
        // The server picks the next port after those that are set, so one must be left.
        None if needs_check => {
            let highest = items(spec, "ports").filter_map(|(_, port)| int(port, "nodePort")).max_by_key(|(port, _)| *port);
            if let Some((port, place)) = highest.filter(|(port, _)| *port > 65535) {
                out.invalid(place, &health, format!("the node port must be between 1 and 65535, found {port}"));
            }
        }
        None => {}
    }
}

fn traffic_distribution(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let allowed: &[&str] = if out.since(34) { &["PreferClose", "PreferSameZone", "PreferSameNode"] } else { &["PreferClose"] };
    // By default, 1.30 drops the field, and 1.33 accepts only some of its values.
    if out.since(34) || (out.since(31) && !out.since(33)) {
        choice(spec, "trafficDistribution", allowed, path, out);
    }
}
