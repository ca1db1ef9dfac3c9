//! Compiles expressions in Go's syntax, within a limit.
//!
//! Behavior: Go's `regexp.Compile`.

use regex::{Error, Regex, RegexBuilder};

use super::fault::{Fault, Problem};
use super::translate::translate;

/// Parentheses, repetitions, and alternatives inside each other: more than Go allows.
const NESTING: u32 = 5000;
/// Bytes of a compiled expression per byte of its text, at least, if it consists of plain text.
const BYTES_PER_BYTE: usize = 16;

/// Compiles an expression to at most this number of bytes.
///
/// # Errors
/// The expression is not valid, or too large.
pub fn compile(pattern: &str, size: usize) -> Result<Regex, Fault> {
    compiled(pattern, size, 0)
}

/// Compiles an expression that must match a whole text, as kustomize does: the reason names parts of `pattern`.
///
/// # Errors
/// The expression is not valid, or too large.
pub fn compile_anchored(pattern: &str, size: usize) -> Result<Regex, Fault> {
    let anchored = format!("^(?:{pattern})$");
    compiled(&anchored, size, ")$".len())
}

/// `added` is the number of bytes at the end that the author of the expression did not write.
fn compiled(pattern: &str, size: usize, added: usize) -> Result<Regex, Fault> {
    // Before it is compiled, an expression takes many times the size of its text.
    if pattern.len() > size / BYTES_PER_BYTE {
        return Err(Fault::TooLarge(size));
    }
    let text = translate(pattern).map_err(|Problem { reason, part }| match written(pattern, part, added) {
        "" => Fault::Invalid(reason.to_owned()),
        part => Fault::Invalid(format!("{reason}: `{part}`")),
    })?;
    RegexBuilder::new(&text).size_limit(size).nest_limit(NESTING).build().map_err(|error| match error {
        Error::Syntax(message) => Fault::Invalid(message.lines().last().unwrap_or_default().to_owned()),
        _ => Fault::TooLarge(size),
    })
}

/// The part of an expression without what was added to its end.
fn written<'p>(pattern: &str, part: &'p str, added: usize) -> &'p str {
    let start = (part.as_ptr() as usize).saturating_sub(pattern.as_ptr() as usize);
    let beyond = (start + part.len() + added).saturating_sub(pattern.len());
    part.get(..part.len().saturating_sub(beyond.min(added))).unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(result: Result<Regex, Fault>) -> String {
        result.expect_err("not valid").to_string()
    }

    #[test]
    fn reasons_do_not_show_the_anchors() {
        assert_eq!(reason(compile_anchored("[a", 1 << 20)), "missing closing ]: `[a`");
        assert_eq!(reason(compile_anchored("\\x4", 1 << 20)), "invalid escape sequence: `\\x4`");
        assert_eq!(reason(compile_anchored("(?<!x)$", 1 << 20)), "invalid named capture: `(?<!x)$`");
        assert_eq!(reason(compile("[a", 1 << 20)), "missing closing ]: `[a`");
        assert_eq!(reason(compile("a)", 1 << 20)), "unexpected )");
    }

    #[test]
    fn the_size_is_limited() {
        let long = "a".repeat(1 << 17);
        for large in ["\\pL{1000}", "(?:a{100}b?){10}", &long, "(?i)(?:[^a]|\\PL){500}"] {
            assert_eq!(compile(large, 4 << 10).err(), Some(Fault::TooLarge(4 << 10)), "{large:.30}");
        }
        let folded = format!("(?i){}", "[\\x{0}-\\x{10FFFF}]".repeat(200));
        assert_eq!(reason(compile(&folded, 1 << 20)), "expression too large");
    }

    #[test]
    fn as_many_parentheses_as_in_go_are_allowed() {
        let nested = |count: usize| format!("{}a{}", "(".repeat(count), ")".repeat(count));
        let stars = |count: usize| format!("{}a{}", "(?:".repeat(count), ")*".repeat(count));
        let work = move || {
            assert!(compile(&nested(999), 1 << 20).is_ok() && compile(&stars(999), 1 << 20).is_ok());
            assert_eq!(reason(compile(&nested(1001), 1 << 20)), "expression nests too deeply");
            assert_eq!(reason(compile(&stars(1001), 1 << 20)), "expression nests too deeply");
            assert!(compile(&stars(1).replace("a", &"(?:".repeat(3000)).replace(")*", &")".repeat(3001)), 1 << 20).is_ok());
        };
        std::thread::Builder::new().stack_size(256 << 20).spawn(work).expect("a thread").join().expect("no fault");
    }
}
