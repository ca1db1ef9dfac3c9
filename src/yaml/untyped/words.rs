//! What is wrong with a text, in the words of go-yaml v2.

use std::fmt::Write;

use crate::diagnostic::Diagnostic;
use crate::yaml::event::SyntaxError;

/// Messages of our parser, and what go-yaml calls it. The second part of the table is found by the scanner, which counts lines
/// from one; the parser counts from zero.
const WORDS: &[(&str, &str, bool)] = &[
    ("expected `---`", "did not find expected <document start>", false),
    ("the `%YAML` directive appears twice", "found duplicate %YAML directive", false),
    ("expected `%YAML 1.1`", "found incompatible YAML document", false),
    ("the `%TAG` directive for", "found duplicate %TAG directive", false),
    ("the tag handle", "found undefined tag handle", false),
    ("expected a value", "did not find expected node content", false),
    ("expected another list item", "did not find expected '-' indicator", false),
    ("expected another mapping key", "did not find expected key", false),
    ("expected `,` or `]`", "did not find expected ',' or ']'", false),
    ("expected `,` or `}`", "did not find expected ',' or '}'", false),
    ("a value cannot start with", "found character that cannot start any token", true),
    ("a mapping value is not allowed here", "mapping values are not allowed in this context", true),
    ("a mapping key is not allowed here", "mapping keys are not allowed in this context", true),
    ("a list item is not allowed here", "block sequence entries are not allowed in this context", true),
    ("expected `:` after a mapping key", "could not find expected ':'", true),
    ("unknown directive", "found unknown directive name", true),
    ("unknown escape sequence", "found unknown escape character", true),
    ("the escape sequence is not a valid", "found invalid Unicode character escape code", true),
    ("the indentation indicator must not be 0", "found an indentation indicator equal to 0", true),
    ("expected the URI of a tag", "did not find expected tag URI", true),
    ("expected two hexadecimal digits after", "did not find URI escaped octet", true),
    ("expected `>` at the end of a tag", "did not find the expected '>'", true),
];

/// A syntax error in go-yaml's words.
pub(super) fn go_words(text: &str, error: &SyntaxError) -> String {
    let found = WORDS.iter().find(|(ours, ..)| error.message.starts_with(ours));
    let line = text.as_bytes().iter().take(error.offset).filter(|byte| **byte == b'\n').count();
    let (words, line) = match found {
        Some((_, words, true)) => (*words, line + 1),
        Some((_, words, false)) => (*words, line),
        None => (error.message.as_str(), line + 1),
    };
    if line == 0 { format!("yaml: {words}") } else { format!("yaml: line {line}: {words}") }
}

/// The error about bytes that are not text.
pub(super) fn not_text(content: &[u8], offset: usize) -> String {
    let _ = (content, offset);
    "yaml: invalid leading UTF-8 octet".to_owned()
}

/// The error about a document that can't be printed.
pub(super) fn unprintable(errors: &[Diagnostic]) -> String {
    let _ = errors;
    "yaml: control characters are not allowed".to_owned()
}

/// A text as Go's `%q` prints it.
pub fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => _ = write!(out, "\\x{:02x}", c as u32),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
