//! The first line of a comment, by which a job finds the comment that it wrote before and updates it.
//!
//! Comments with different titles can coexist on one pull request. The marker is a comment in HTML, so the title must not end
//! it, and jobs search for it in JSON, so it contains no character that JSON escapes.

use std::fmt::Write;

/// The marker of comments with this title: `<!-- render-diff: Production -->`; without a title, `<!-- render-diff -->`.
pub fn marker(title: &str) -> String {
    if title.is_empty() {
        return "<!-- render-diff -->".into();
    }
    let mut name = String::with_capacity(title.len());
    for byte in title.bytes() {
        match byte {
            b' ' | b'.' | b'/' | b'_' => name.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => name.push(char::from(byte)),
            // Two hyphens may not occur in a comment.
            b'-' if !name.ends_with('-') => name.push('-'),
            byte => _ = write!(name, "%{byte:02X}"),
        }
    }
    format!("<!-- render-diff: {name} -->")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::marker;

    #[test]
    fn a_title_is_readable_in_the_marker() {
        assert_eq!(marker(""), "<!-- render-diff -->");
        assert_eq!(marker("Production, eu-west"), "<!-- render-diff: Production%2C eu-west -->");
        assert_eq!(marker("--> <b>"), "<!-- render-diff: -%2D%3E %3Cb%3E -->");
    }

    proptest! {
        #[test]
        fn a_title_cannot_end_the_marker_and_titles_differ(one in "(?s).{0,30}", other in "(?s).{0,30}") {
            let found = marker(&one);
            let inner = found.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).unwrap_or_default();
            prop_assert!(!inner.contains("--") && !inner.contains(['<', '>', '"', '\\', '&', '\n']), "{found}");
            prop_assert_eq!(found == marker(&other), one == other);
        }
    }
}
