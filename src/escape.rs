//! Characters that mean something in the languages that reports are written in.

/// Adds a character between tags of XML, HTML or Markdown: as itself, or as its entity.
pub fn push_markup(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        c => out.push(c),
    }
}

/// The same in an attribute.
pub fn push_attribute(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("&quot;"),
        c => push_markup(c, out),
    }
}

/// A text as the message of a workflow command of GitHub Actions.
pub fn command_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as a property of a workflow command, such as `file`.
pub fn command_property(text: &str) -> String {
    command_message(text).replace(':', "%3A").replace(',', "%2C")
}
