//! Which servers a build may contact: all of them, those that `--allow-remote` lists, or none with `--offline`.
//!
//! A rule is `HOST`, `HOST:PORT`, `*.DOMAIN`, `*.DOMAIN:PORT`, or `file://`. A host matches if it is equal, ignoring case and a
//! final dot; `*.example.com` matches all hosts below `example.com`, but not `example.com` itself. A rule without a port matches
//! only the default port of the URL's scheme. Names are not resolved: `localhost` and `127.0.0.1` are different hosts. A URL
//! whose host could be read in different ways matches no rule.

use std::str::FromStr;

use super::attempt::Failure;

/// What a build may contact.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Whether only the cache is used.
    pub offline: bool,
    /// The rules; without any, every server may be contacted.
    pub allowed: Vec<Host>,
}

/// A rule of `--allow-remote`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Repositories of this machine.
    Files,
    /// A host, or all hosts below a domain.
    Server {
        /// The name in lower case.
        name: String,
        /// Whether the rule is for the hosts below the name.
        below: bool,
        /// The port; the default one of the scheme if there is none.
        port: Option<u16>,
    },
}

impl FromStr for Host {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "file://" {
            return Ok(Host::Files);
        }
        let (below, rest) = text.strip_prefix("*.").map_or((false, text), |rest| (true, rest));
        let (name, port) = split_port(rest).ok_or("expected HOST, HOST:PORT, *.DOMAIN, *.DOMAIN:PORT, or file://")?;
        Ok(Host::Server { name, below, port })
    }
}

impl Host {
    fn matches(&self, host: &str, port: Option<u16>, default: Option<u16>) -> bool {
        match self {
            Host::Files => false,
            Host::Server { name, below, port: wanted } => {
                let is_host = match below {
                    true => host.strip_suffix(name.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
                    false => host == name,
                };
                is_host && port.or(default).is_some_and(|port| wanted.or(default) == Some(port))
            }
        }
    }
}

impl Access {
    /// Whether only some servers may be contacted.
    pub fn is_limited(&self) -> bool {
        !self.allowed.is_empty()
    }

    /// Checks that the server of a URL may be contacted.
    ///
    /// # Errors
    /// No rule matches it.
    pub fn check(&self, url: &str) -> Result<(), Failure> {
        if !self.is_limited() {
            return Ok(());
        }
        let failure = |what: String, rule: &str| {
            let help = format!("if the server is trusted, add `--allow-remote {rule}`");
            Failure::new("host-not-allowed", format!("{what} is not allowed by `--allow-remote`")).help(help)
        };
        if url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file://")) {
            let allowed = self.allowed.contains(&Host::Files);
            return if allowed { Ok(()) } else { Err(failure("a repository of this machine".into(), "file://")) };
        }
        match server(url) {
            Some((host, port, default)) if self.allowed.iter().any(|rule| rule.matches(&host, port, default)) => Ok(()),
            Some((host, port, default)) => {
                let port = port.filter(|port| Some(*port) != default).map(|port| format!(":{port}")).unwrap_or_default();
                Err(failure(format!("the host `{host}{port}`"), &format!("{host}{port}")))
            }
            None => Err(Failure::new("host-not-allowed", "its host is not clear, so `--allow-remote` does not allow it")),
        }
    }
}

/// The host of a URL in lower case, its port, and the default port of the scheme.
fn server(url: &str) -> Option<(String, Option<u16>, Option<u16>)> {
    let Some((scheme, rest)) = url.split_once("://") else {
        // `user@host:path`
        let (authority, _) = url.split_once(':')?;
        let (host, _) = split_port(without_user(authority)?)?;
        return Some((host, None, Some(22)));
    };
    let default = match scheme.to_ascii_lowercase().as_str() {
        "https" => 443,
        "http" => 80,
        "ssh" | "git+ssh" | "ssh+git" => 22,
        "git" => 9418,
        _ => return None,
    };
    let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    let (host, port) = split_port(without_user(authority)?)?;
    Some((host, port, Some(default)))
}

/// An authority without its user, if both are written as usual.
fn without_user(authority: &str) -> Option<&str> {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let is_usual = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:%".contains(c);
    user.chars().all(is_usual).then_some(host)
}

/// A host in lower case and its port; `None` if either is malformed.
fn split_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.rfind(']') {
        Some(end) => (&text[..=end], text[end + 1..].strip_prefix(':').or_else(|| text[end + 1..].is_empty().then_some(""))?),
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let port = match port {
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        _ => return None,
    };
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let is_address = |inner: &str| inner.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.');
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let is_valid = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(inner) => !inner.is_empty() && is_address(inner),
        None => !host.is_empty() && !host.starts_with(['-', '.']) && host.chars().all(is_name),
    };
    is_valid.then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(rule: &str, url: &str) -> bool {
        Access { offline: false, allowed: vec![rule.parse().unwrap()] }.check(url).is_ok()
    }

    #[test]
    fn rules_match_whole_hosts_and_ports() {
        for (rule, url) in [
            ("github.com", "https://github.com/o/r"),
            ("GitHub.com", "https://user:pw@GITHUB.com./o/r?ref=v1"),
            ("github.com", "http://github.com"),
            ("github.com", "git@github.com:o/r"),
            ("github.com", "ssh://git@github.com:22/o/r"),
            ("h:8080", "http://h:8080/x"),
            ("h:443", "https://h/x"),
            ("*.h.test", "https://a.b.h.test/x"),
            ("[::1]:80", "http://[::1]/x"),
            ("file://", "file:///srv/r"),
        ] {
            assert!(allows(rule, url), "{rule} {url}");
        }
        for (rule, url) in [
            ("github.com", "https://github.com.evil.test/o/r"),
            ("github.com", "https://evil.test/github.com"),
            ("github.com", "https://github.com:8443/o/r"),
            ("github.com", "https://github.com@evil.test/o/r"),
            ("github.com", "https://evil.test\\@github.com/o/r"),
            ("github.com", "https://evil.test#@github.com/o/r"),
            ("github.com", "https://sub.github.com/o/r"),
            ("github.com", "ext::sh -c x"),
            ("github.com", "file:///srv/r"),
            ("github.com", "/srv/r"),
            ("*.h.test", "https://h.test/x"),
            ("*.h.test", "https://xh.test/x"),
            ("*.h.test", "https://.h.test/x"),
            ("h:443", "http://h/x"),
        ] {
            assert!(!allows(rule, url), "{rule} {url}");
        }
    }

    #[test]
    fn malformed_rules_are_rejected() {
        for text in ["", "*", "*.", "https://h", "h/x", "h:x", "h:99999", "-h", "a b", "[::1", "h:1:2"] {
            assert!(text.parse::<Host>().is_err(), "{text}");
        }
    }
}
