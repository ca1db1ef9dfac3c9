//! Changes to values that result from kustomize writing every resource once more with go-yaml v3, in its original style, and
//! reading that again before printing. The tree builder applies them where it knows the style.
//!
//! Everything else survives that round trip: quoted and plain strings over several lines, literal blocks with leading blank
//! lines or spaces, tabs, comments after `|` and `>`.

use std::borrow::Cow;

use super::Tag;

/// The value of a folded block scalar (`>`) after it was written as a folded one and read again.
///
/// When writing, go-yaml ignores that a line break before a more-indented line, and one at the end, is not folded: it adds
/// another one there. Whether it does depends on the start of the whole text: if it starts with a space or tab, line breaks
/// are never doubled, so folded ones are lost instead.
pub fn folded_round_trip(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') || !stays_block(text) {
        return Cow::Borrowed(text);
    }
    let body = text.trim_start_matches(is_break);
    let doubles = !body.starts_with(is_blank);
    let mut out = String::with_capacity(text.len() + 8);
    out.push_str(&text[..text.len() - body.len()]);
    let mut rest = body;
    while let Some(end) = rest.find(is_break) {
        let (line, after) = rest.split_at(end);
        let next = after.trim_start_matches(is_break);
        out.push_str(line);
        push_breaks(&after[..after.len() - next.len()], is_indented(line), next, doubles, &mut out);
        rest = next;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The line breaks between a line and the next one, or the end, after the round trip.
fn push_breaks(breaks: &str, indented: bool, next: &str, doubles: bool, out: &mut String) {
    let is_folded = !indented && !is_indented(next) && !next.is_empty();
    match breaks.strip_prefix('\n') {
        Some(_) if is_folded && doubles => out.push_str(breaks),
        Some("") if is_folded => out.push(' '),
        Some(more) if is_folded => out.push_str(more),
        Some(more) if !indented && doubles && !(next.is_empty() && more.is_empty()) => {
            out.push('\n');
            out.push_str(breaks);
        }
        _ => out.push_str(breaks),
    }
}

/// The value of a block scalar, given the rest of its document.
pub fn block_round_trip<'t>(text: &'t str, folded: bool, rest: &str) -> Cow<'t, str> {
    let text = if folded { folded_round_trip(text) } else { Cow::Borrowed(text) };
    if is_last_comment(rest) && keeps_breaks(&text) { Cow::Owned(text.into_owned() + "\n") } else { text }
}

/// Whether only comments follow. go-yaml separates them by a blank line, which is then read as part of a text that ends with
/// blank lines.
pub fn is_last_comment(rest: &str) -> bool {
    rest.trim_start().starts_with('#') && rest.lines().map(str::trim_start).all(|line| line.is_empty() || line.starts_with('#'))
}

/// Whether a text ends with blank lines, as only `|+` and `>+` can.
fn keeps_breaks(text: &str) -> bool {
    let mut last = text.chars().rev();
    last.next().is_some_and(is_break) && last.next().is_none_or(is_break) && stays_block(text)
}

/// The type of a plain scalar inside `[...]` or `{...}`: go-yaml writes an empty one as `''` and quotes one that contains a
/// character of the flow syntax, which of all types only dates do. (With an explicit tag, both keep their type.)
pub fn resolve_in_flow(tag: Tag, text: &str) -> Tag {
    match tag {
        Tag::Null if text.is_empty() => Tag::Str,
        Tag::Timestamp if text.contains(':') => Tag::Str,
        tag => tag,
    }
}

/// Whether go-yaml v3 writes a string as a block; otherwise it uses double quotes, which change nothing.
fn stays_block(text: &str) -> bool {
    let is_printable = |c: char| match c {
        '\t' | '\n' | ' '..='~' => true,
        '\u{a0}'..='\u{ffff}' => !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}'),
        _ => false,
    };
    let mut after_space = false;
    for c in text.chars() {
        if !is_printable(c) || after_space && is_break(c) {
            return false;
        }
        after_space = c == ' ';
    }
    !after_space
}

fn is_indented(line: &str) -> bool {
    line.starts_with(is_blank)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_strings_gain_and_lose_line_breaks() {
        for (text, expected) in [
            ("a b\nc\n  d\ne\n", "a b\nc\n\n  d\ne\n"),
            ("a\n\n", "a\n\n\n"),
            ("a\n  b\n\n", "a\n\n  b\n\n"),
            ("\n\na\n b", "\n\na\n\n b"),
            (" a\nb\nc\n\nd\n", " a\nb c\nd\n"),
            (" a\nb\n\n", " a\nb\n\n"),
        ] {
            assert_eq!(folded_round_trip(text), expected, "{text:?}");
        }
    }

    #[test]
    fn other_strings_do_not_change() {
        for text in [
            "",
            "a",
            "a\n",
            "a\nb\n",
            "a\n\nb",
            "\n",
            "\n\n",
            "  a",
            " a\n b\n",
            "a \n b\n",
            "a\n b ",
            "😀\n b\n",
            "a\n\u{1} b\n",
        ] {
            assert_eq!(folded_round_trip(text), text);
        }
    }

    #[test]
    fn blank_lines_before_the_last_comment_are_added() {
        for (text, expected) in [("a\n\n", "a\n\n\n"), ("\n", "\n\n"), ("a\n", "a\n"), ("a", "a"), ("a \n\n", "a \n\n"), ("", "")]
        {
            assert_eq!(block_round_trip(text, false, "\n  # last\n"), expected, "{text:?}");
        }
        assert_eq!(block_round_trip("a\n\n", true, "# last"), "a\n\n\n\n");
        assert_eq!(block_round_trip("a\n\n", false, "# comment\nb: 1\n"), "a\n\n");
        assert_eq!(block_round_trip("a\n\n", false, "\n"), "a\n\n");
    }

    #[test]
    fn empty_values_and_times_in_flow_collections_are_strings() {
        assert_eq!(resolve_in_flow(Tag::Null, ""), Tag::Str);
        assert_eq!(resolve_in_flow(Tag::Null, "~"), Tag::Null);
        assert_eq!(resolve_in_flow(Tag::Timestamp, "2001-01-01 1:2:3"), Tag::Str);
        assert_eq!(resolve_in_flow(Tag::Timestamp, "2001-01-01"), Tag::Timestamp);
    }
}
