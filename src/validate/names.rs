//! Syntax of names: labels, subdomains, qualified names, ports. Each check returns the violated rule as a phrase such as
//! `must ...`, which follows the name in messages.
//!
//! Behavior: apimachinery's `util/validation`.

/// A lowercase RFC 1123 label: up to 63 characters of `a-z`, `0-9`, and `-`.
pub fn dns_label(text: &str) -> Result<(), String> {
    let ok = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if text.len() > 63 {
        return Err(format!("must be no more than 63 characters, found {}", text.len()));
    }
    if text.is_empty() || !text.bytes().all(|byte| ok(byte) || byte == b'-') || !ends_ok(text, ok) {
        return Err("must consist of lowercase letters, digits, and `-`, and must start and end with a letter or digit".into());
    }
    Ok(())
}

/// A label that starts with a letter (RFC 1035).
pub fn dns_1035_label(text: &str) -> Result<(), String> {
    dns_label(text)?;
    match text.bytes().next() {
        Some(first) if first.is_ascii_lowercase() => Ok(()),
        _ => Err("must start with a lowercase letter".into()),
    }
}

/// A lowercase RFC 1123 subdomain: labels separated by dots, up to 253 characters.
pub fn dns_subdomain(text: &str) -> Result<(), String> {
    if text.len() > 253 {
        return Err(format!("must be no more than 253 characters, found {}", text.len()));
    }
    let ok = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let label = |part: &str| !part.is_empty() && part.bytes().all(|byte| ok(byte) || byte == b'-') && ends_ok(part, ok);
    if text.split('.').all(label) {
        return Ok(());
    }
    Err("must consist of lowercase letters, digits, `-`, and `.`, and must start and end with a letter or digit".into())
}

/// A subdomain that can contain underscores, as DNS search domains can.
pub fn dns_subdomain_with_underscores(text: &str) -> Result<(), String> {
    if text.len() > 253 {
        return Err(format!("must be no more than 253 characters, found {}", text.len()));
    }
    let ok = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let inner = |byte: u8| ok(byte) || matches!(byte, b'-' | b'_');
    let label = |part: &str| part.bytes().all(inner) && ends_ok(part, |byte| ok(byte) || byte == b'_');
    if text.split('.').all(label) {
        return Ok(());
    }
    Err("must consist of lowercase letters, digits, `-`, `_`, and `.`, and must start and end with a letter or digit".into())
}

/// A domain followed by a path: `acme.io/controller`.
pub fn domain_prefixed_path(text: &str) -> Result<(), String> {
    let Some((domain, path)) = text.split_once('/').filter(|(domain, path)| !domain.is_empty() && !path.is_empty()) else {
        return Err("must consist of a domain and a path, such as `acme.io/controller`".into());
    };
    dns_subdomain(domain).map_err(|cause| format!("is not valid: the domain {cause}"))?;
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
    if path.bytes().all(ok) { Ok(()) } else { Err("has a path with characters that are not allowed in a URL".into()) }
}

/// The name of an environment variable: printable ASCII except `=`.
pub fn env_name(text: &str) -> Result<(), String> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'=') {
        return Ok(());
    }
    Err("must consist of printable ASCII characters other than `=`".into())
}

/// The name of an environment variable before Kubernetes 1.32: letters, digits, `_`, `-`, and `.`, not starting with a digit.
pub fn strict_env_name(text: &str) -> Result<(), String> {
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !text.bytes().all(ok) || text.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("must consist of letters, digits, `_`, `-`, and `.`, and must not start with a digit".into());
    }
    if text == "." || text.starts_with("..") {
        return Err("must not be `.` or start with `..`".into());
    }
    Ok(())
}

/// A name with an optional prefix: `app`, `example.com/app`.
pub fn qualified_name(text: &str) -> Result<(), String> {
    let (prefix, name) = match text.split_once('/') {
        Some((_, name)) if name.contains('/') => return Err("must not contain more than one `/`".into()),
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    match prefix {
        Some("") => return Err("the prefix part must not be empty".into()),
        Some(prefix) => dns_subdomain(prefix).map_err(|cause| format!("the prefix part {cause}"))?,
        None => {}
    }
    match name.len() {
        0 => Err("the name part must not be empty".into()),
        64.. => Err(format!("the name part must be no more than 63 characters, found {}", name.len())),
        _ if is_word(name) => Ok(()),
        _ => {
            Err("the name part must consist of letters, digits, `-`, `_`, and `.`, and must start and end with a letter or digit"
                .into())
        }
    }
}

/// The same as [`qualified_name`], but the error is a phrase that follows the name.
pub fn qualified(text: &str) -> Result<(), String> {
    qualified_name(text).map_err(|cause| format!("is not valid: {cause}"))
}

/// The value of a label: empty, or up to 63 characters.
pub fn label_value(text: &str) -> Result<(), String> {
    if text.len() > 63 {
        return Err(format!("must be no more than 63 characters, found {}", text.len()));
    }
    if text.is_empty() || is_word(text) {
        return Ok(());
    }
    Err("must consist of letters, digits, `-`, `_`, and `.`, and must start and end with a letter or digit".into())
}

/// A key in a ConfigMap or Secret.
pub fn config_key(key: &str) -> Result<(), String> {
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if key.len() > 253 {
        return Err(format!("must be no more than 253 characters, found {}", key.len()));
    }
    if key.is_empty() || !key.bytes().all(ok) {
        return Err("must consist of letters, digits, `-`, `_`, and `.`".into());
    }
    if key == "." || key.starts_with("..") {
        return Err("must not be `.` or start with `..`".into());
    }
    Ok(())
}

/// The name of a port: up to 15 characters with at least one letter, such as `http`.
pub fn port_name(text: &str) -> Result<(), String> {
    if text.len() > 15 {
        return Err(format!("must be no more than 15 characters, found {}", text.len()));
    }
    let ok = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if text.is_empty() || !text.bytes().all(|byte| ok(byte) || byte == b'-') {
        return Err("must consist of lowercase letters, digits, and `-`".into());
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Err("must contain at least one letter".into());
    }
    if text.contains("--") || !ends_ok(text, ok) {
        return Err("must not start or end with `-` or contain `--`".into());
    }
    Ok(())
}

/// A port number: 1 to 65535.
pub fn port_number(number: i64) -> Result<(), String> {
    if (1..=65535).contains(&number) { Ok(()) } else { Err(format!("{number} must be between 1 and 65535")) }
}

/// A name that can be a path segment of a URL, such as that of a Role.
pub fn path_segment(text: &str) -> Result<(), String> {
    if matches!(text, "." | "..") || text.contains(['/', '%']) {
        return Err("must not be `.` or `..`, and must not contain `/` or `%`".into());
    }
    Ok(())
}

/// The name of a CSI driver or similar: a subdomain in upper or lower case, up to 63 characters.
pub fn driver_name(text: &str) -> Result<(), String> {
    if text.len() > 63 {
        return Err(format!("must be no more than 63 characters, found {}", text.len()));
    }
    dns_subdomain(&text.to_lowercase())
}

/// The host of an Ingress rule: a subdomain, which can start with `*.`.
pub fn host(text: &str) -> Result<(), String> {
    if !text.contains('*') {
        return dns_subdomain(text);
    }
    match text.strip_prefix("*.") {
        Some(rest) => dns_subdomain(rest).map_err(|cause| format!("is not valid: the part after `*.` {cause}")),
        None => Err("must not contain `*` except as the first label, as in `*.example.com`".into()),
    }
}

/// The rule for a Service name; `since_relaxed` means that it can start with a digit.
pub fn service_name(since_relaxed: bool) -> fn(&str) -> Result<(), String> {
    if since_relaxed { dns_label } else { dns_1035_label }
}

/// Whether a string consists of letters, digits, `-`, `_`, and `.`, with a letter or digit at both ends.
fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && ends_ok(text, |byte| byte.is_ascii_alphanumeric())
}

fn ends_ok(text: &str, ok: impl Fn(u8) -> bool) -> bool {
    text.bytes().next().is_some_and(&ok) && text.bytes().last().is_some_and(&ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        assert!(dns_label("web-1").is_ok() && dns_label("1web").is_ok());
        assert!(
            dns_label("Web").is_err()
                && dns_label("-web").is_err()
                && dns_label("a.b").is_err()
                && dns_label(&"a".repeat(64)).is_err()
        );
        assert!(dns_1035_label("web").is_ok() && dns_1035_label("1web").is_err());
        assert!(dns_subdomain("a.b-c.d").is_ok() && dns_subdomain("a..b").is_err() && dns_subdomain("").is_err());
        assert!(qualified_name("example.com/a_b.C").is_ok() && qualified_name("/a").is_err() && qualified_name("a/b/c").is_err());
        assert!(label_value("").is_ok() && label_value("a b").is_err());
        assert!(
            port_name("http").is_ok()
                && port_name("80").is_err()
                && port_name("a--b").is_err()
                && port_name("averyveryverylong").is_err()
        );
    }
}
