//! Strings in double quotes, as Go's `%q` prints them.

use std::fmt::Write;

/// A string in double quotes, with escapes for what is not printable.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if (c as u32) < 0x20 || c == '\u{7f}' => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if is_printable(c) => out.push(c),
            c if (c as u32) < 0x1_0000 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => {
                let _ = write!(out, "\\U{:08x}", c as u32);
            }
        }
    }
    out.push('"');
    out
}

/// Whether a character is a letter, a mark, a number, punctuation, a symbol, or the space.
fn is_printable(c: char) -> bool {
    // Rust escapes the same characters, and marks at the start of a string.
    let text = String::from_iter(['a', c]);
    matches!(c, '\'') || text.escape_debug().eq(text.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_is_not_printable() {
        assert_eq!(quoted("e\u{301} 日本 \u{1f600}\u{e0001}'"), "\"e\u{301} 日本 \u{1f600}\\U000e0001'\"");
        assert_eq!(quoted("a\"b\\\n\t\u{1}é\u{a0}"), r#""a\"b\\\n\t\x01é\u00a0""#);
    }
}
