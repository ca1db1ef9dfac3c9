//! Escapes special characters for the formats of reports.

/// Adds a character of XML, HTML, or Markdown text: unchanged, or as an entity.
pub fn push_markup(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        c => out.push(c),
    }
}

/// Adds a character of an attribute value.
pub fn push_attribute(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("&quot;"),
        c => push_markup(c, out),
    }
}

/// Escapes the message of a workflow command of GitHub Actions.
pub fn command_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command, such as `file`.
pub fn command_property(text: &str) -> String {
    command_message(text).replace(':', "%3A").replace(',', "%2C")
}
