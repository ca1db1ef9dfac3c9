//! Rules for name resolution in a pod: DNS policy and configuration, and host aliases.

use crate::validate::look::{as_text, count, items, one_of, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

const MAX_SERVERS: usize = 3;
const MAX_SEARCHES: usize = 32;
const MAX_SEARCH_LENGTH: usize = 2048;

/// Checks `dnsPolicy`, `dnsConfig`, and `hostAliases` of a pod spec.
pub fn check(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    one_of(spec, "dnsPolicy", &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], path, out);
    let config_path = path.field("dnsConfig");
    let config = set(spec, "dnsConfig");
    if text(spec, "dnsPolicy").is_some_and(|(policy, _)| policy == "None") {
        match config {
            None => out.required(spec, &config_path, "`dnsPolicy: None` requires `dnsConfig`"),
            Some(config) if count(config, "nameservers") == 0 => {
                out.required(config, &config_path.field("nameservers"), "`dnsPolicy: None` requires at least one nameserver");
            }
            Some(_) => {}
        }
    }
    if let Some(config) = config {
        self::config(config, &config_path, out);
    }
    host_aliases(spec, path, out);
}

fn config(config: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("nameservers");
    let servers = count(config, "nameservers");
    if servers > MAX_SERVERS {
        let place = set(config, "nameservers").unwrap_or(config);
        out.invalid(place, &list, format!("must have at most {MAX_SERVERS} nameservers, found {servers}"));
    }
    for (at, server) in items(config, "nameservers") {
        ip(server, &list.index(at), out);
    }
    searches(config, path, out);
    let list = path.field("options");
    for (at, option) in items(config, "options") {
        if text(option, "name").is_none() {
            out.required(option, &list.index(at), "the option requires `name`");
        }
    }
}

fn searches(config: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("searches");
    let place = set(config, "searches").unwrap_or(config);
    let found = count(config, "searches");
    if found > MAX_SEARCHES {
        out.invalid(place, &list, format!("must have at most {MAX_SEARCHES} search domains, found {found}"));
    }
    let lengths = items(config, "searches").map(|(_, search)| as_text(search).map_or(0, str::len));
    let length = lengths.sum::<usize>() + found.saturating_sub(1);
    if length > MAX_SEARCH_LENGTH {
        out.invalid(place, &list, format!("the list must be no more than {MAX_SEARCH_LENGTH} characters, found {length}"));
    }
    let relaxed = out.since(33);
    for (at, search) in items(config, "searches") {
        let found = as_text(search).unwrap_or("");
        if relaxed && found == "." {
            continue;
        }
        let domain = found.strip_suffix('.').unwrap_or(found);
        let form = if relaxed { names::dns_subdomain_with_underscores } else { names::dns_subdomain };
        if let Err(cause) = form(domain) {
            out.invalid(search, &list.index(at), format!("`{found}` {cause}"));
        }
    }
}

/// Checks an IP address.
fn ip(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let found = as_text(node).unwrap_or("");
    if !is_ip(found) {
        out.invalid(node, path, format!("`{found}` is not a valid IP address"));
    }
}

/// Whether a string is an IP address as the server parses it: decimal parts can have leading zeros.
fn is_ip(text: &str) -> bool {
    let sloppy = |part: &str| {
        let digits = part.trim_start_matches('0');
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && (digits.is_empty() || digits.parse::<u8>().is_ok())
    };
    text.parse::<std::net::IpAddr>().is_ok() || (text.split('.').count() == 4 && text.split('.').all(sloppy))
}

fn host_aliases(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("hostAliases");
    for (at, alias) in items(spec, "hostAliases") {
        let path = list.index(at);
        ip(set(alias, "ip").unwrap_or(alias), &path.field("ip"), out);
        let names_path = path.field("hostnames");
        for (at, host) in items(alias, "hostnames") {
            let name = as_text(host).unwrap_or("");
            if let Err(cause) = names::dns_subdomain(name) {
                out.invalid(host, &names_path.index(at), format!("the host name `{name}` {cause}"));
            }
        }
    }
}
