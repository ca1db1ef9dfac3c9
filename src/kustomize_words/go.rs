//! Texts as Go writes them: quoted strings, and the causes of failed file operations.

use std::fmt::Write;
use std::io;
use std::sync::LazyLock;

use regex::Regex;

/// A string as `%q` prints it. Behavior: Go's `strconv.Quote`.
pub fn quote(text: &str) -> String {
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
            c if c.is_ascii() || is_print(c) => out.push(c),
            c if c as u32 > 0xffff => _ = write!(out, "\\U{:08x}", c as u32),
            c => _ = write!(out, "\\u{:04x}", c as u32),
        }
    }
    out.push('"');
    out
}

/// Whether Go prints a character as it is.
fn is_print(c: char) -> bool {
    static PRINTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\pL\pM\pN\pP\pS]$").ok());
    let mut buffer = [0; 4];
    PRINTED.as_ref().is_none_or(|printed| printed.is_match(c.encode_utf8(&mut buffer)))
}

/// The cause of a failed file operation. Behavior: Go's `syscall.Errno`.
pub fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => cut_os_error(&error.to_string()),
    }
}

/// The text of an error of the system, without its number and in lower case.
pub fn cut_os_error(text: &str) -> String {
    let text = text.split_once(" (os error").map_or(text, |(text, _)| text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_as_in_go() {
        assert_eq!(quote("a \"b\"\n\\ \u{1} \u{7f} é"), r#""a \"b\"\n\\ \x01 \x7f é""#);
    }

    #[test]
    fn causes_are_those_of_go() {
        assert_eq!(cause(&io::Error::from(io::ErrorKind::NotFound)), "no such file or directory");
        assert_eq!(cut_os_error("File name too long (os error 36)"), "file name too long");
    }
}
