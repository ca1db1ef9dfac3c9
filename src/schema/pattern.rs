//! Converts regular expressions in Go's syntax for the crate `regex`: the languages are almost the same, but some characters
//! differ.
//!
//! Behavior: Go's `regexp` (RE2). A pattern is compiled on first use; one that can't be compiled here matches everything, so
//! that no object is rejected because of a pattern that only Go understands.

use std::sync::OnceLock;

use ecow::EcoString;
use regex::{Error, Regex, RegexBuilder};

/// The maximum size of a compiled pattern, in bytes.
const SIZE_LIMIT: usize = 4 << 20;

/// A pattern, compiled on first use.
#[derive(Debug)]
pub struct Pattern {
    text: EcoString,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern from its text.
    pub fn new(text: &str) -> Self {
        Pattern { text: text.into(), compiled: OnceLock::new() }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches somewhere in the text.
    pub fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| compile(&self.text).ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

/// Compiles a pattern in Go's syntax.
///
/// # Errors
/// It can't be compiled.
pub fn compile(pattern: &str) -> Result<Regex, Error> {
    RegexBuilder::new(&translated(pattern)).size_limit(SIZE_LIMIT).build()
}

/// The error in a pattern, as far as it is certain.
pub fn fault(pattern: &str) -> Option<String> {
    // Only Go supports these, or supports more of them.
    if ["\\p", "\\P", "\\Q", "\\C"].iter().any(|sign| pattern.contains(sign)) {
        return None;
    }
    match compile(pattern) {
        Err(Error::Syntax(message)) => Some(message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()),
        _ => None,
    }
}

/// The pattern in the syntax of the crate: `\d`, `\w` and `\s` are ASCII; `[`, `&&` and `~~` are literal in a class, and so is
/// a brace that does not begin a repetition.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.char_indices().peekable();
    let mut in_class = false;
    let mut class_start = 0;
    while let Some((at, c)) = chars.next() {
        let rest = pattern.get(at..).unwrap_or_default();
        match c {
            '\\' => match chars.next() {
                Some((_, escaped)) => push_escaped(escaped, in_class, &mut out),
                None => out.push('\\'),
            },
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                class_start = at + 1;
                if chars.next_if(|(_, next)| *next == '^').is_some() {
                    out.push('^');
                    class_start += 1;
                }
            }
            '[' if rest.starts_with("[:") => {
                let length = rest.find(":]").map_or(1, |end| end + 2);
                out.push_str(rest.get(..length).unwrap_or("["));
                for _ in rest.get(1..length).unwrap_or_default().chars() {
                    chars.next();
                }
            }
            ']' if in_class && at == class_start => out.push_str("\\]"),
            ']' => {
                in_class = false;
                out.push(']');
            }
            '[' | '&' | '~' if in_class => out.extend(['\\', c]),
            '{' if !in_class && !repeats(rest) => out.push_str("\\{"),
            c => out.push(c),
        }
    }
    out
}

fn push_escaped(escaped: char, in_class: bool, out: &mut String) {
    match (escaped, in_class) {
        ('d', true) => out.push_str("0-9"),
        ('d', false) => out.push_str("[0-9]"),
        ('D', _) => out.push_str("[^0-9]"),
        ('w', true) => out.push_str("0-9A-Za-z_"),
        ('w', false) => out.push_str("[0-9A-Za-z_]"),
        ('W', _) => out.push_str("[^0-9A-Za-z_]"),
        ('s', true) => out.push_str("\\t\\n\\f\\r "),
        ('s', false) => out.push_str("[\\t\\n\\f\\r ]"),
        ('S', _) => out.push_str("[^\\t\\n\\f\\r ]"),
        ('b', false) => out.push_str("(?-u:\\b)"),
        ('B', false) => out.push_str("(?-u:\\B)"),
        ('<' | '>', _) => out.push(escaped),
        _ => out.extend(['\\', escaped]),
    }
}

/// Whether a brace begins a repetition: `{2}`, `{2,}`, `{2,5}`.
fn repeats(rest: &str) -> bool {
    let Some((inner, _)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else { return false };
    let (low, high) = inner.split_once(',').unwrap_or((inner, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !low.is_empty() && digits(low) && digits(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_the_same_meaning_as_in_go() {
        let table = [
            ("^[a-z0-9]+$", "web1", true),
            ("^\\d+$", "１２", false),
            ("^[\\w.-]+$", "a_b-c.d", true),
            ("^[[]x[]]$", "[x]", true),
            ("^[^]]+$", "abc", true),
            ("^[a&&b]+$", "a&b", true),
            ("^a{,2}$", "a{,2}", true),
            ("^a{2}$", "aa", true),
            ("^\\/x\\-y$", "/x-y", true),
            ("^[[:alpha:]]+$", "abc", true),
            ("^[^\\s]+$", "a b", false),
            ("^(0|(([0-9]+)y)?(([0-9]+)s)?)$", "5", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
            assert_eq!(fault(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn only_certain_errors_are_reported() {
        for wrong in ["(", "[a", "(?=x)", "(?<!x)", "\\1", "*a", "x{2,1}"] {
            assert!(fault(wrong).is_some(), "{wrong}");
        }
        for unknown in ["\\pN", "\\Qa(b\\E"] {
            assert_eq!(fault(unknown), None, "{unknown}");
        }
        assert!(Pattern::new("(").matches("anything"));
    }
}
