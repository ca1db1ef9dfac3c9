//! Why a regular expression can't be used, and reading its text character by character.
//!
//! Behavior: the codes and excerpts of `syntax.Error` in Go.

use std::fmt;

/// The reason why a regular expression can't be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Go refuses it, too. The text is Go's reason: ``invalid repeat count: `{1001}` ``.
    Invalid(String),
    /// It takes more than this number of bytes when it is compiled.
    TooLarge(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Invalid(reason) => f.write_str(reason),
            Fault::TooLarge(bytes) if *bytes >= 1 << 20 => {
                write!(f, "it takes more than {} MiB when it is compiled", bytes >> 20)
            }
            Fault::TooLarge(bytes) => write!(f, "it takes more than {} KiB when it is compiled", bytes >> 10),
        }
    }
}

/// A reason with the part of the expression that it is about; none if it is about all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem<'p> {
    /// Go's words.
    pub reason: &'static str,
    /// The part of the expression.
    pub part: &'p str,
}

/// The text that was read between `start` and the later position `rest` of the same expression.
pub fn between<'p>(start: &'p str, rest: &str) -> &'p str {
    start.get(..start.len().saturating_sub(rest.len())).unwrap_or(start)
}

/// The next character and the text after it. At the end, it is one that is part of no syntax, as in Go.
pub fn next(text: &str) -> (char, &str) {
    let mut chars = text.chars();
    (chars.next().unwrap_or(char::REPLACEMENT_CHARACTER), chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_named_in_the_unit_that_fits() {
        assert_eq!(Fault::TooLarge(2 << 20).to_string(), "it takes more than 2 MiB when it is compiled");
        assert_eq!(Fault::TooLarge(64 << 10).to_string(), "it takes more than 64 KiB when it is compiled");
        assert_eq!(Fault::Invalid("unexpected )".into()).to_string(), "unexpected )");
    }

    #[test]
    fn parts_are_what_lies_between_two_positions() {
        let text = "a{1001}b";
        assert_eq!(between(&text[1..], &text[7..]), "{1001}");
        assert_eq!(next("éa"), ('é', "a"));
        assert_eq!(next(""), ('\u{fffd}', ""));
    }
}
