//! Parses URLs like Go.
//!
//! Behavior: `url.ParseRequestURI`, `url.Parse`, and the accessors of Go's `net/url`.

use ecow::{EcoString, eco_format};

/// A URL in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// The scheme, in lower case.
    pub scheme: EcoString,
    /// The user in printed form, with `@`.
    user: EcoString,
    /// The host and the port.
    pub host: EcoString,
    /// The part after the scheme if it is not a path, such as `user@example.com` in `mailto:user@example.com`.
    opaque: EcoString,
    /// The path, with escape sequences.
    pub path: EcoString,
    /// The query, without its question mark.
    query: Option<EcoString>,
    /// The fragment, without its hash.
    fragment: EcoString,
}

impl Url {
    /// Parses an absolute URL or an absolute path.
    pub fn parse(text: &str) -> Option<Self> {
        // The whole text must be a valid request URI; the fragment is removed afterward.
        parts(text, true)?;
        let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
        let url = parts(rest, false)?;
        unescape(fragment, Part::Fragment)?;
        Some(Url { fragment: fragment.into(), ..url })
    }

    /// Whether Go's `url.ParseRequestURI` accepts a text.
    pub fn is_request_uri(text: &str) -> bool {
        parts(text, true).is_some()
    }

    /// The host without its port and brackets.
    pub fn hostname(&self) -> &str {
        let host = self.split_host().0;
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    /// The port; empty if there is none.
    pub fn port(&self) -> &str {
        self.split_host().1
    }

    fn split_host(&self) -> (&str, &str) {
        match self.host.rfind(':') {
            Some(colon) if valid_port(self.host.get(colon..).unwrap_or_default()) => {
                (self.host.get(..colon).unwrap_or_default(), self.host.get(colon + 1..).unwrap_or_default())
            }
            _ => (&self.host, ""),
        }
    }

    /// The values of the query by name, in order; invalid parts are omitted.
    pub fn values(&self) -> Vec<(EcoString, Vec<EcoString>)> {
        let mut out: Vec<(EcoString, Vec<EcoString>)> = Vec::new();
        for part in self.query.as_deref().unwrap_or_default().split('&').filter(|part| !part.is_empty() && !part.contains(';')) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (Some(name), Some(value)) = (unescape(name, Part::Query), unescape(value, Part::Query)) else { continue };
            match out.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value),
                None => out.push((name, vec![value])),
            }
        }
        out
    }
}

/// The part of a URL that contains an escape sequence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Query,
    Fragment,
    User,
}

/// Parses everything except the fragment. A request starts with a scheme or a slash.
fn parts(text: &str, request: bool) -> Option<Url> {
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) || text.is_empty() && request {
        return None;
    }
    let mut url = Url::default();
    if text == "*" {
        return Some(Url { path: text.into(), ..url });
    }
    let (scheme, rest) = scheme(text)?;
    url.scheme = scheme.to_lowercase().into();
    let (mut rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query.into())));
    url.query = query;
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            url.opaque = rest.into();
            return Some(url);
        }
        // A first segment with a colon would be a scheme.
        if request || rest.split('/').next().is_some_and(|first| first.contains(':')) {
            return None;
        }
    }
    if (!url.scheme.is_empty() || !request && !rest.starts_with("///")) && rest.starts_with("//") {
        let after = rest.get(2..)?;
        let (authority, path) = after.split_at_checked(after.find('/').unwrap_or(after.len()))?;
        (url.user, url.host) = self::authority(authority)?;
        rest = path;
    }
    unescape(rest, Part::Path)?;
    url.path = escaped_path(rest);
    Some(url)
}

/// Splits a scheme off.
fn scheme(text: &str) -> Option<(&str, &str)> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at > 0 => return Some((text.get(..at)?, text.get(at + 1..)?)),
            // A colon at the start.
            ':' => return None,
            _ => break,
        }
    }
    Some(("", text))
}

fn authority(text: &str) -> Option<(EcoString, EcoString)> {
    let (user, host) = text.rsplit_once('@').map_or((None, text), |(user, host)| (Some(user), host));
    let host = host_of(host)?;
    let user = match user {
        None => EcoString::new(),
        Some(user) => {
            if !user.chars().all(|c| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c)) {
                return None;
            }
            unescape(user, Part::User)?;
            eco_format!("{user}@")
        }
    };
    Some((user, host))
}

fn host_of(host: &str) -> Option<EcoString> {
    if let Some(start) = host.rfind('[') {
        // An IPv6 address.
        let end = host.rfind(']').filter(|_| start == 0)?;
        if !valid_port(host.get(end + 1..)?) {
            return None;
        }
        let address = host.get(1..end)?;
        let (plain, zone) = address.split_once("%25").unwrap_or((address, ""));
        if plain.parse::<std::net::Ipv6Addr>().is_err() {
            return None;
        }
        let zone = unescape(zone, Part::Host)?;
        let zone = if zone.is_empty() { zone } else { eco_format!("%{zone}") };
        return Some(eco_format!("[{plain}{zone}]{}", host.get(end + 1..)?));
    }
    if let Some(colon) = host.rfind(':').filter(|colon| !valid_port(host.get(*colon..).unwrap_or_default())) {
        let _ = colon;
        return None;
    }
    unescape(host, Part::Host)
}

/// Whether a string is empty, or a colon followed by digits.
fn valid_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => text.is_empty(),
    }
}

/// Decodes escape sequences; `None` if one is not valid.
fn unescape(text: &str, part: Part) -> Option<EcoString> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'%' => {
                let digit = |at: usize| after.get(at).and_then(|byte| (*byte as char).to_digit(16));
                let byte = (digit(0)? * 16 + digit(1)?) as u8;
                // In a host, only non-ASCII characters and percent signs are escaped.
                if part == Part::Host && byte.is_ascii() && byte != b'%' {
                    return None;
                }
                bytes.push(byte);
                rest = after.get(2..)?;
            }
            b'+' if part == Part::Query => bytes.push(b' '),
            byte if part == Part::Host && byte.is_ascii() && !host_byte(*byte) => return None,
            byte => bytes.push(*byte),
        }
    }
    Some(String::from_utf8_lossy(&bytes).as_ref().into())
}

fn host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
}

/// The path as Go prints it: unchanged if it is valid, otherwise escaped again.
fn escaped_path(path: &str) -> EcoString {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:@/[]%".contains(&byte);
    if path.bytes().all(fine) {
        return path.into();
    }
    let plain = unescape(path, Part::Path).unwrap_or_default();
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte);
    let mut out = EcoString::new();
    for byte in plain.bytes() {
        match keep(byte) {
            true => out.push(byte as char),
            false => out.push_str(&eco_format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_as_in_go() {
        let url = |text| Url::parse(text).unwrap_or_else(|| panic!("{text}"));
        let full = url("HTTPS://me:pw@[::1]:80/path%20to/x?k=1&k=b+c&d=%zz#frag");
        assert_eq!((full.scheme.as_str(), full.host.as_str(), full.hostname(), full.port()), ("https", "[::1]:80", "::1", "80"));
        assert_eq!(full.path, "/path%20to/x");
        assert_eq!(full.values(), [("k".into(), vec!["1".into(), "b c".into()])]);
        assert_eq!(url("/absolute/path").path, "/absolute/path");
        assert_eq!(url("https://a.com/with space").path, "/with%20space");
        assert_eq!(url("mailto:x@example.com").path, "");
        for wrong in
            ["", "../relative", "https://a:b/", "https://a b.com/", ":x", "http://[::1", "https://a.com/%zz", "example.com"]
        {
            assert_eq!(Url::parse(wrong), None, "{wrong}");
        }
    }
}
