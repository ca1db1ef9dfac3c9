//! What is wrong with a text, in the words of go-yaml v2.

use std::fmt::Write;

use crate::diagnostic::Diagnostic;
use crate::yaml::event::SyntaxError;
use crate::yaml::go_words::{self, Version};

/// A syntax error in go-yaml's words.
pub(super) fn syntax_error(text: &str, error: &SyntaxError) -> String {
    format!("yaml: {}", go_words::of(text, error, None, Version::Two))
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
