//! Translates regular expressions from Go's syntax to that of the crate `regex`, which differs in a few characters.
//!
//! Behavior: Go's `regexp` (RE2).

use regex::{Error, Regex, RegexBuilder};

/// The maximum size of a compiled pattern, in bytes.
pub const SIZE_LIMIT: usize = 4 << 20;

/// The reason why a pattern can't be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The pattern is not valid in Go either.
    Invalid(String),
    /// The pattern may be valid in Go.
    Unsupported,
}

/// Compiles a pattern in Go's syntax.
///
/// # Errors
/// The pattern can't be compiled.
pub fn compile(pattern: &str) -> Result<Regex, Fault> {
    compile_within(pattern, SIZE_LIMIT)
}

/// Compiles a pattern with this maximum size.
///
/// # Errors
/// The pattern can't be compiled.
pub fn compile_within(pattern: &str, size: usize) -> Result<Regex, Fault> {
    RegexBuilder::new(&translated(pattern)).size_limit(size).build().map_err(|error| match error {
        // Only Go supports these, or supports more of them.
        _ if ["\\p", "\\P", "\\Q", "\\C"].iter().any(|sign| pattern.contains(sign)) => Fault::Unsupported,
        Error::Syntax(message) => {
            Fault::Invalid(message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
        }
        _ => Fault::Unsupported,
    })
}

/// The pattern in the syntax of the crate: `\d`, `\w`, and `\s` match ASCII only; `[`, `&&`, and `~~` are literals in a class;
/// and a brace that is not a repetition is a literal.
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

/// Whether a brace starts a repetition: `{2}`, `{2,}`, `{2,5}`.
fn repeats(rest: &str) -> bool {
    let Some((inner, _)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else { return false };
    let (low, high) = inner.split_once(',').unwrap_or((inner, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !low.is_empty() && digits(low) && digits(high)
}
