//! The text of one value as kyaml prints it: with its quotes, its tag, and the comments that belong to it.
//!
//! `[name=PATTERN]` in the path of a replacement matches this text and not the value: `^web$` does not match `"web"`. Comments
//! above a key belong to the key. Behavior: kyaml's `RNode.String`, which uses go-yaml v3's encoder.

use super::node::{Node, Value};
use super::reprint::{reprint, single_quoted};
use super::tagged::{Quotes, Scalar, Tag};
use super::{scalar, style};
use crate::source::Span;

/// The text of a value that was read from `text` and not changed since; its span is a range of `text`.
pub fn written(text: &str, node: &Node) -> String {
    let own = part(text, node.span().start, node.span().end);
    let printed = match node.value() {
        Value::Scalar(scalar) => {
            let first = own.chars().next();
            match tag_of(part(text, 0, node.span().start)) {
                // The value may have another text, as with `!!binary`.
                Some(tag) => format!("{tag} {own}"),
                None => in_style(scalar, own, first),
            }
        }
        _ => reprint(text, node, node),
    };
    let is_block = node.as_scalar().is_none() && !own.starts_with(['{', '[']);
    if is_block || own.is_empty() || printed.contains('\n') {
        return printed;
    }
    let before = part(text, 0, node.span().start);
    let below = part(text, node.span().end, u32::MAX).split_once('\n').map_or("", |(_, below)| below);
    let comment = comment_after(text, node.span()).map(|comment| format!(" {comment}")).unwrap_or_default();
    format!("{}{printed}{comment}{}", comments_above(before), comments_below(before, below))
}

/// The comment on the line of a value.
pub fn comment_after(text: &str, span: Span) -> Option<&str> {
    let rest = part(text, span.end, u32::MAX).split('\n').next().unwrap_or_default();
    Some(rest.strip_prefix(',').unwrap_or(rest).trim()).filter(|rest| rest.starts_with('#'))
}

/// The comments that belong to a value whose line does not begin with a key: those above it, up to the item before it, except
/// comments right below that item that are followed by an empty line.
fn comments_above(before: &str) -> String {
    let (above, line) = before.rsplit_once('\n').unwrap_or(("", before));
    if !begins_item(line) {
        return String::new();
    }
    let mut comments: Vec<&str> = Vec::new();
    // The first comment of the lines without an empty line in between, and whether an empty line is below them.
    let (mut group, mut has_gap) = (0, false);
    for line in above.rsplit('\n').map(str::trim) {
        match line.strip_prefix('-').map(str::trim_start) {
            _ if line.is_empty() => (group, has_gap) = (comments.len(), true),
            _ if line.starts_with('#') => comments.push(line),
            Some(own) if own.starts_with('#') && comments.is_empty() => {
                comments.push(own);
                break;
            }
            _ => {
                comments.truncate(if has_gap && !line.ends_with(':') { group } else { comments.len() });
                break;
            }
        }
    }
    comments.iter().rev().map(|comment| format!("{comment}\n")).collect()
}

/// The comments right below an item, if an empty line or the end follows.
fn comments_below(before: &str, below: &str) -> String {
    if !begins_item(before.rsplit('\n').next().unwrap_or_default()) {
        return String::new();
    }
    let mut lines = below.lines().map(str::trim);
    let comments: Vec<&str> = lines.by_ref().take_while(|line| line.starts_with('#')).collect();
    let next = below.lines().nth(comments.len()).map(str::trim);
    match next.is_none_or(str::is_empty) {
        true => comments.iter().map(|comment| format!("\n{comment}")).collect(),
        false => String::new(),
    }
}

/// Whether only blanks, `-`, a tag, and an anchor are in front of a value on its line.
fn begins_item(line: &str) -> bool {
    line.split([' ', '\t']).all(|word| word.starts_with(['!', '&']) || word.bytes().all(|byte| byte == b'-'))
}

/// The text of a scalar that was set in place of another one, whose text was `old`.
pub fn rewritten(scalar: &Scalar, old: &str) -> String {
    let quote = old.chars().next().filter(|first| matches!(first, '"' | '\'' | '|' | '>'));
    in_style(scalar, old, quote.filter(|_| scalar.is_quoted()))
}

fn part(text: &str, start: u32, end: u32) -> &str {
    text.get(start as usize..(end as usize).min(text.len())).unwrap_or_default()
}

/// The tag in front of a value, except `!`, which is not printed.
fn tag_of(before: &str) -> Option<&str> {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let mut words = line.split([' ', '\t', '[', '{', ',']).rev().filter(|word| !word.is_empty());
    let near = words.by_ref().take_while(|word| word.starts_with(['!', '&']));
    near.into_iter().find(|word| word.starts_with('!') && word.len() > 1)
}

/// A scalar in the style that the first character of its text shows; without one, in quotes only if it requires them.
fn in_style(scalar: &Scalar, own: &str, first: Option<char>) -> String {
    let text = scalar.text.as_str();
    let is_json = scalar.quotes == Quotes::None && matches!(first, Some('"' | '\'' | '|' | '>'));
    match first.filter(|_| !is_json) {
        Some('"') => style::in_double_quotes(text),
        Some('\'') if !text.contains('\n') && !needs_escapes(text) => single_quoted(text),
        Some('|') if !needs_escapes(text) => block('|', text),
        Some('>') if !needs_escapes(text) => block('>', &folded(text)),
        Some('\'' | '|' | '>') => style::in_double_quotes(text),
        _ if text.contains('\n') || needs_escapes(text) => style::in_double_quotes(text),
        _ if scalar.tag == Tag::Str && scalar::needs_quotes(text) && own != text => style::in_double_quotes(text),
        _ if scalar.tag == Tag::Str && own != text && !style::is_plain(text) => single_quoted(text),
        _ => text.to_owned(),
    }
}

fn needs_escapes(text: &str) -> bool {
    text.chars().any(|c| style::must_escape(c) && !matches!(c, '\n' | '"' | '\\'))
}

/// A block scalar, indented by two spaces.
fn block(sign: char, text: &str) -> String {
    let chomp = match (text.ends_with('\n'), text.trim_end_matches('\n').len() + 1 < text.len()) {
        (false, _) => "-",
        (true, true) => "+",
        (true, false) => "",
    };
    let hint = if text.starts_with([' ', '\n']) { "2" } else { "" };
    let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("\n  {line}") };
    let body = text.strip_suffix('\n').unwrap_or(text);
    format!("{sign}{hint}{chomp}{}", body.split('\n').map(line).collect::<String>())
}

/// The lines of a folded block: a line break in the value is an empty line.
fn folded(text: &str) -> String {
    let body = text.trim_end_matches('\n');
    format!("{}{}", body.replace('\n', "\n\n"), &text[body.len()..])
}
