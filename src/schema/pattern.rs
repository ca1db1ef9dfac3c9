//! The patterns of schemas: regular expressions in Go's syntax.
//!
//! A pattern is compiled on first use; one that is not valid, or too large to be compiled, matches everything.

use std::sync::OnceLock;

use ecow::EcoString;
use regex::Regex;

use crate::go_regexp::{Fault, compile};
use crate::limits::SCHEMA_PATTERN_BYTES;

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
        let compiled = self.compiled.get_or_init(|| compile(&self.text, SCHEMA_PATTERN_BYTES).ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

/// The error in a pattern, as far as it is certain.
pub fn fault(pattern: &str) -> Option<String> {
    match compile(pattern, SCHEMA_PATTERN_BYTES) {
        Err(Fault::Invalid(cause)) => Some(cause),
        _ => None,
    }
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
    fn errors_are_reported() {
        for wrong in ["(", "[a", "(?=x)", "(?<!x)", "\\1", "*a", "x{2,1}"] {
            assert!(fault(wrong).is_some(), "{wrong}");
        }
        for right in ["\\pN", "\\Qa(b\\E", "(\\pL{1000}x?){1000}"] {
            assert_eq!(fault(right).filter(|fault| !fault.contains("repeat count")), None, "{right}");
        }
        assert!(Pattern::new("(").matches("anything"));
    }
}
