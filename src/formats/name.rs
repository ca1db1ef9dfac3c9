//! Names: `hostname`, `k8s-short-name`, `k8s-long-name`.
//!
//! Behavior: `IsHostname`, `IsShortName`, and `IsLongName` of `strfmt`. A host name with dots ends with a label of letters; one
//! without dots has at most one dash.

use std::sync::OnceLock;

use regex::Regex;

use crate::go_regexp::compile;

/// The maximum size of the expressions below.
const BYTES: usize = 1 << 20;

/// A host name.
pub fn is_hostname(text: &str) -> bool {
    if text.len() > 255 || text.split('.').any(|label| label.len() > 63) {
        return false;
    }
    match text.rsplit_once('.') {
        None => is_single_label(text),
        Some((labels, last)) => is_top_label(last) && labels.split('.').all(is_label),
    }
}

/// A character, followed by a dash and more characters, which are optional.
fn is_single_label(text: &str) -> bool {
    let mut rest = text.chars();
    if !rest.next().is_some_and(is_part) {
        return false;
    }
    let rest = rest.as_str();
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    rest.chars().count() <= 62 && rest.chars().all(is_part)
}

fn is_label(text: &str) -> bool {
    let is_end = |c: Option<char>| c.is_some_and(is_part);
    text.chars().count() <= 63
        && is_end(text.chars().next())
        && is_end(text.chars().next_back())
        && text.chars().all(|c| c == '-' || is_part(c))
}

fn is_top_label(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || !c.is_ascii() && matches(&LETTER, r"^\pL$", c);
    (2..=63).contains(&text.chars().count()) && text.chars().all(is_letter)
}

/// A letter, a digit of ASCII, or a symbol such as `$` and `+`.
fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || "$+<=>^`|~".contains(c) || !c.is_ascii() && matches(&PART, r"^[\pS\pL]$", c)
}

static LETTER: OnceLock<Option<Regex>> = OnceLock::new();
static PART: OnceLock<Option<Regex>> = OnceLock::new();

fn matches(compiled: &OnceLock<Option<Regex>>, pattern: &str, c: char) -> bool {
    let compiled = compiled.get_or_init(|| compile(pattern, BYTES).ok());
    compiled.as_ref().is_some_and(|regex| regex.is_match(c.encode_utf8(&mut [0; 4])))
}

/// Lowercase letters, digits, and dashes inside; at most 63 characters.
pub fn is_short_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(is_inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// Such names of any length, separated by dots; at most 253 characters.
pub fn is_long_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_segment =
        |part: &str| !part.is_empty() && part.bytes().all(is_inner) && !part.starts_with('-') && !part.ends_with('-');
    text.len() <= 253 && text.split('.').all(is_segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_those_of_the_server() {
        for right in [
            "a",
            "web",
            "a-b",
            "a-",
            "a.example.com",
            "a-b-c.example.com",
            "1.example.com",
            "größe.example",
            "a+b",
            "€",
            "x.中文",
        ] {
            assert!(is_hostname(right), "{right}");
        }
        for wrong in [
            "",
            "ab-c",
            "a-b-c",
            "-a",
            "a_b",
            "a..b",
            "a.b",
            "a.",
            "10.0.0.1",
            "a.example.com.",
            "-a.example.com",
            "a.c0m",
            "a b",
            "x.€€",
        ] {
            assert!(!is_hostname(wrong), "{wrong}");
        }
        let long = "a".repeat(63);
        assert!(is_hostname(&long) && !is_hostname(&format!("{long}a")) && !is_hostname(&format!("{long}a.example.com")));
    }

    #[test]
    fn names_are_lower_case() {
        assert!(is_short_name("a-1") && is_long_name("a-1.b") && is_long_name(&"a".repeat(64)));
        for wrong in ["", "A", "-a", "a-", "a_b"] {
            assert!(!is_short_name(wrong) && !is_long_name(wrong), "{wrong}");
        }
        assert!(!is_short_name("a.b") && !is_long_name("a..b") && !is_short_name(&"a".repeat(64)));
    }
}
