//! The options in the query of a repository's URL: `ref` or `version`, `timeout`, `submodules`.
//!
//! An invalid value counts as absent, and a malformed query counts as absent as a whole.
//! Behavior: kustomize's `parseQuery` on Go's `url.ParseQuery`, `strconv`, and `time.ParseDuration`.

use std::time::Duration;

/// How long a run of git, or a server, may take by default.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(27);

/// The options in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The revision: `ref`, or else `version`.
    pub reference: Option<String>,
    /// `timeout`, in seconds or with units.
    pub timeout: Duration,
    /// Whether `timeout` is specified.
    pub has_timeout: bool,
    /// `submodules`.
    pub submodules: bool,
}

impl Query {
    /// Parses the text after `?`.
    pub fn parse(text: &str) -> Self {
        let values = values(text).unwrap_or_default();
        let get =
            |name: &str| values.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty());
        let timeout = get("timeout").and_then(timeout);
        Query {
            reference: get("ref").or_else(|| get("version")).map(str::to_owned),
            timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
            has_timeout: timeout.is_some(),
            submodules: get("submodules").and_then(boolean).unwrap_or(true),
        }
    }
}

/// Keys and values, decoded; `None` if the query is malformed.
fn values(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if pair.contains(';') { None } else { Some((decoded(&key.replace('+', " "))?, decoded(&value.replace('+', " "))?)) }
    });
    pairs.collect()
}

/// A text with its `%XX` decoded; `None` if one is malformed or the result is not valid UTF-8.
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

fn timeout(text: &str) -> Option<Duration> {
    let seconds = text.parse::<i64>().ok().and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
    seconds.or_else(|| duration(text)).filter(|duration| !duration.is_zero())
}

/// A sum of numbers with units, such as `1m30s` or `1.5h`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|&end| end > 0)?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        seconds += number
            * match &rest[..unit] {
                "ns" => 1e-9,
                "us" | "µs" | "μs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                _ => return None,
            };
        rest = &rest[unit..];
    }
    Duration::try_from_secs_f64(seconds).ok()
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions() {
        for (text, reference) in [
            ("", None),
            ("ref=v1.0.0", Some("v1.0.0")),
            ("ref=kustomize%2Fv4.5.7", Some("kustomize/v4.5.7")),
            ("version=main", Some("main")),
            ("version=main&ref=v1", Some("v1")),
            ("version=main&ref=", Some("main")),
            ("ref=a&ref=b", Some("a")),
            ("ref=a;b", None),
            ("ref=a%2", None),
            ("ref=a&timeout=%zz", None),
            ("&&ref=a+b", Some("a b")),
        ] {
            assert_eq!(Query::parse(text).reference.as_deref(), reference, "{text}");
        }
    }

    #[test]
    fn timeouts() {
        for (text, millis) in [
            ("", 27_000),
            ("timeout=", 27_000),
            ("timeout=jiffy", 27_000),
            ("timeout=0", 27_000),
            ("timeout=0s", 27_000),
            ("timeout=-5", 27_000),
            ("timeout=-5s", 27_000),
            ("timeout=61", 61_000),
            ("timeout=61s", 61_000),
            ("timeout=1m1s", 61_000),
            ("timeout=1.5h", 5_400_000),
            ("timeout=300ms", 300),
            ("timeout=5 s", 27_000),
            ("timeout=99999999999999999999h", 27_000),
        ] {
            assert_eq!(Query::parse(text).timeout, Duration::from_millis(millis), "{text}");
        }
    }

    #[test]
    fn submodules() {
        for (text, expected) in [("", true), ("submodules=", true), ("submodules=maybe", true), ("submodules=0", false)] {
            assert_eq!(Query::parse(text).submodules, expected, "{text}");
        }
        assert!(!Query::parse("version=main&submodules=false").submodules);
        assert!(Query::parse("submodules=T").submodules);
    }
}
