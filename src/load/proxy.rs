//! The proxy that a file is fetched through: `HTTP_PROXY`, `HTTPS_PROXY`, and `NO_PROXY`, in upper or lower case.
//!
//! Behavior: Go's `http.ProxyFromEnvironment`, which kustomize uses. Local hosts are never accessed through a proxy.

use std::net::IpAddr;

use ureq::Proxy;

/// The proxy for a scheme and an authority without user.
pub fn proxy(scheme: &str, authority: &str) -> Option<Proxy> {
    let named = if scheme == "https" { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let proxy = variable(named)?;
    let no_proxy = variable(["NO_PROXY", "no_proxy"]).unwrap_or_default();
    if is_direct(authority, default_port(scheme), &no_proxy) { None } else { Proxy::new(&proxy).ok() }
}

fn variable(names: [&str; 2]) -> Option<String> {
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

fn default_port(scheme: &str) -> &'static str {
    if scheme == "https" { "443" } else { "80" }
}

/// Whether a host is accessed without the proxy.
fn is_direct(authority: &str, port: &str, no_proxy: &str) -> bool {
    let (host, port) = split_port(authority).map_or((authority, port), |(host, port)| (host, port));
    let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    no_proxy.split(',').map(|entry| entry.trim().to_ascii_lowercase()).filter(|entry| !entry.is_empty()).any(|entry| {
        let (name, its_port) = split_port(&entry).map_or((entry.as_str(), None), |(name, port)| (name, Some(port)));
        entry == "*" || its_port.is_none_or(|its_port| its_port == port) && matches(name, &host, address)
    })
}

/// Whether one entry of `NO_PROXY` matches: an address, a network, or a domain with its subdomains.
fn matches(entry: &str, host: &str, address: Option<IpAddr>) -> bool {
    let entry = entry.trim_matches(['[', ']']);
    if let Some(address) = address {
        return match entry.split_once('/') {
            Some((network, bits)) => is_in(address, network, bits),
            None => entry.parse() == Ok(address),
        };
    }
    let entry = entry.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(entry);
    match entry.strip_prefix('.') {
        Some(_) => host.ends_with(entry),
        None => host.strip_suffix(entry).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
    }
}

fn is_in(address: IpAddr, network: &str, bits: &str) -> bool {
    let Ok(bits) = bits.parse::<u32>() else { return false };
    match (address, network.parse()) {
        (IpAddr::V4(address), Ok(IpAddr::V4(network))) if bits <= 32 => {
            (address.to_bits() ^ network.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(address), Ok(IpAddr::V6(network))) if bits <= 128 => {
            (address.to_bits() ^ network.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// A name and the port after it; colons in an address without brackets do not separate a port.
fn split_port(text: &str) -> Option<(&str, &str)> {
    let (name, port) = text.rsplit_once(':')?;
    let is_address = name.contains(':') && !name.ends_with(']');
    (!is_address && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some((name, port))
}

#[cfg(test)]
mod tests {
    use super::is_direct;

    #[test]
    fn hosts_that_are_accessed_directly() {
        for (authority, no_proxy) in [
            ("localhost:8080", ""),
            ("127.0.0.1:1", ""),
            ("[::1]:1", ""),
            ("h.test", "*"),
            ("h.test", "x, H.test"),
            ("a.h.test:8", "h.test"),
            ("a.h.test", ".h.test"),
            ("a.h.test", "*.h.test"),
            ("h.test", "h.test:443"),
            ("10.1.2.3", "10.0.0.0/8"),
            ("10.1.2.3", "0.0.0.0/0"),
            ("10.1.2.3:8", "10.1.2.3"),
            ("[fd00::1]", "fd00::/8"),
        ] {
            assert!(is_direct(authority, "443", no_proxy), "{authority} with {no_proxy}");
        }
    }

    #[test]
    fn hosts_that_are_accessed_through_the_proxy() {
        for (authority, no_proxy) in [
            ("h.test", ""),
            ("h.test", ".h.test"),
            ("xh.test", "h.test"),
            ("h.test:8", "h.test:443"),
            ("11.1.2.3", "10.0.0.0/8"),
            ("h.test", "10.0.0.0/8"),
            ("10.1.2.3", "10.0.0.0/99"),
            ("10.1.2.3", "2.3"),
        ] {
            assert!(!is_direct(authority, "443", no_proxy), "{authority} with {no_proxy}");
        }
    }
}
