//! Texts as Go writes them: quoted strings, and the causes of failed file operations.

use std::io;

/// A string as `%q` prints it. Behavior: Go's `strconv.Quote`.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            letter if letter.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", letter as u32)),
            letter if is_hidden(letter) && letter as u32 > 0xffff => quoted.push_str(&format!("\\U{:08x}", letter as u32)),
            letter if is_hidden(letter) => quoted.push_str(&format!("\\u{:04x}", letter as u32)),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a character can't be printed, except for those that combine with others.
fn is_hidden(letter: char) -> bool {
    letter.is_control() || (!letter.is_alphanumeric() && letter != ' ' && letter.escape_debug().count() > 2)
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
