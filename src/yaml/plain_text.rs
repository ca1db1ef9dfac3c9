//! Whether a string that is written without quotes is read back as a string.
//!
//! kyaml checks this when it sets a field, and quotes the string if it is not; strings that no parser can read are not
//! changed. Behavior: kyaml's `IsValueNonString`, which reads with go-yaml v2 (YAML 1.1).

use super::event::{Event, Style};
use super::parser::Parser;
use super::scalar;
use super::tagged::Tag;

/// Whether YAML reads the text as something other than a string: a number, a list, a mapping, nothing.
pub fn is_other_than_text(text: &str) -> bool {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/'));
    if is_word {
        return scalar::resolve_yaml11(text) != Tag::Str;
    }
    !text.is_empty() && !text.contains('\n') && reads_as_text(text) == Some(false)
}

/// Whether the first document is a string; `None` if it can't be read.
fn reads_as_text(text: &str) -> Option<bool> {
    let mut parser = Parser::new(text);
    let mut first = None;
    // The open collections; `Some` is a mapping that expects a key (true) or a value (false).
    let mut open: Vec<Option<bool>> = Vec::new();
    while let Some((event, _)) = parser.next().ok()? {
        let is_value = !matches!(event, Event::DocumentStart { .. } | Event::SequenceEnd | Event::MappingEnd);
        if let (true, Some(Some(expects_key))) = (is_value, open.last_mut()) {
            let is_collection = matches!(event, Event::SequenceStart { .. } | Event::MappingStart { .. });
            if *expects_key && is_collection {
                return None;
            }
            *expects_key = !*expects_key;
        }
        match event {
            Event::SequenceStart { .. } => open.push(None),
            Event::MappingStart { .. } => open.push(Some(true)),
            Event::SequenceEnd | Event::MappingEnd => _ = open.pop(),
            _ => {}
        }
        let is_text = match event {
            Event::DocumentStart { .. } => continue,
            Event::DocumentEnd => break,
            Event::Scalar { tag: Some(tag), .. } => tag.ends_with(":str") || tag.starts_with('!'),
            Event::Scalar { style: Style::Plain, text, .. } => scalar::resolve_yaml11(&text) == Tag::Str,
            Event::Scalar { .. } => true,
            Event::Alias(_) => return None,
            _ => false,
        };
        first.get_or_insert(is_text);
    }
    Some(first.unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::is_other_than_text;

    #[test]
    fn texts_of_other_types_are_not_strings() {
        for text in
            ["", "a", "'", "\"", "[x", "a b # c", "'5'", "!x", "*a", "a\n- 1", "@", "v: 1: 2", "2001-01-01", "{{ x }}", "{{}}"]
        {
            assert!(!is_other_than_text(text), "{text}");
        }
        for text in ["5", "yes", "~", "# x", "- a", "a: b", "[x]", "{}", " ", "!!int 5", "{a: {b: [c]}, d: {}}"] {
            assert!(is_other_than_text(text), "{text}");
        }
    }
}
