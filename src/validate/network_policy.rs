//! Rules for NetworkPolicies: peers, CIDRs, and ports.
//!
//! Behavior: `ValidateNetworkPolicySpec` in `pkg/apis/networking/validation`.

use super::addresses::Network;
use super::look::{as_int, as_text, choice, count, int, items, port, required_text, set, texts};
use super::selectors::label_selector;
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

/// Rules for NetworkPolicies.
pub const RULES: &[Rule] = &[Rule { group: "networking.k8s.io", kinds: &["NetworkPolicy"], check: network_policy }];

fn network_policy(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    if let Some(selector) = set(spec, "podSelector") {
        label_selector(selector, &path.field("podSelector"), out);
    }
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        let list = path.field(direction);
        for (at, rule) in items(spec, direction) {
            direction_rule(rule, peers, &list.index(at), out);
        }
    }
    let list = path.field("policyTypes");
    if count(spec, "policyTypes") > 2 {
        out.invalid(set(spec, "policyTypes").unwrap_or(spec), &list, "must have at most 2 items");
    }
    for (at, policy_type, place) in texts(spec, "policyTypes") {
        if !matches!(policy_type, "Ingress" | "Egress") {
            out.unsupported(place, &list.index(at), &["Ingress", "Egress"]);
        }
    }
}

fn direction_rule(rule: &Node, peers: &str, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("ports");
    for (at, found) in items(rule, "ports") {
        policy_port(found, &list.index(at), out);
    }
    let list = path.field(peers);
    for (at, found) in items(rule, peers) {
        peer(found, &list.index(at), out);
    }
}

fn policy_port(found: &Node, path: &Path<'_>, out: &mut Findings) {
    choice(found, "protocol", &["TCP", "UDP", "SCTP"], path, out);
    let first = set(found, "port");
    if first.is_some() {
        port(found, "port", path, out);
    }
    let Some((end, place)) = int(found, "endPort") else { return };
    let path = path.field("endPort");
    match first.map(as_int) {
        None => out.invalid(place, &path, "`endPort` requires `port`"),
        Some(None) => out.invalid(place, &path, "`endPort` requires `port` to be a number"),
        Some(Some(first)) if end < first => {
            out.invalid(place, &path, format!("`endPort` must be at least `port` ({first}), found {end}"))
        }
        Some(Some(_)) => {
            if let Err(cause) = names::port_number(end) {
                out.invalid(place, &path, format!("`endPort` {cause}"));
            }
        }
    }
}

fn peer(peer: &Node, path: &Path<'_>, out: &mut Findings) {
    let selectors = ["podSelector", "namespaceSelector"];
    for field in selectors {
        if let Some(selector) = set(peer, field) {
            label_selector(selector, &path.field(field), out);
        }
    }
    let has_selector = selectors.iter().any(|field| set(peer, field).is_some());
    match set(peer, "ipBlock") {
        None if has_selector => {}
        None => out.required(peer, path, "one of `podSelector`, `namespaceSelector`, or `ipBlock` is required"),
        Some(block) => {
            ip_block(block, &path.field("ipBlock"), out);
            if has_selector {
                out.forbidden(block, path, "`ipBlock` and selectors are mutually exclusive");
            }
        }
    }
}

fn ip_block(block: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some((cidr, place)) = required_text(block, "cidr", path, out) else { return };
    let Some(network) = Network::parse(cidr) else {
        return out.invalid(place, &path.field("cidr"), format!("expected a CIDR such as `10.0.0.0/8`, found `{cidr}`"));
    };
    let list = path.field("except");
    for (at, found) in items(block, "except") {
        let except = as_text(found).unwrap_or("");
        match Network::parse(except) {
            None => out.invalid(found, &list.index(at), format!("expected a CIDR such as `10.0.0.0/8`, found `{except}`")),
            Some(part) if !network.contains_smaller(part) => {
                out.invalid(found, &list.index(at), format!("`{except}` must be a strict subset of `{cidr}`"));
            }
            Some(_) => {}
        }
    }
}
