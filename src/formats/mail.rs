//! Email addresses: `a@example.com`, `Ann <a@example.com>`.
//!
//! Behavior: `ParseAddress` of Go's `net/mail`, except that encoded words (`=?...?=`) are plain words here.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A single address; the name and comments are optional.
pub fn is_email(text: &str) -> bool {
    let mut rest = text;
    address(&mut rest, true) == Some(1) && comments(&mut rest) && rest.is_empty()
}

/// Reads an address or a group, and returns the number of addresses.
fn address(rest: &mut &str, may_be_group: bool) -> Option<usize> {
    spaces(rest);
    if spec(rest) {
        spaces(rest);
        return if !rest.starts_with('(') || comment(rest) { Some(1) } else { None };
    }
    if !rest.starts_with('<') && !phrase(rest) {
        return None;
    }
    spaces(rest);
    if may_be_group && take(rest, ':') {
        return group(rest);
    }
    (take(rest, '<') && spec(rest) && take(rest, '>')).then_some(1)
}

fn group(rest: &mut &str) -> Option<usize> {
    spaces(rest);
    if take(rest, ';') {
        return comments(rest).then_some(0);
    }
    let mut count = 0;
    loop {
        count += address(rest, false)?;
        if !comments(rest) {
            return None;
        }
        if take(rest, ';') {
            return comments(rest).then_some(count);
        }
        if !take(rest, ',') {
            return None;
        }
    }
}

/// Reads `local@domain`; if there is none, nothing is read.
fn spec(rest: &mut &str) -> bool {
    let mut after = *rest;
    spaces(&mut after);
    let has_local = if after.starts_with('"') { quoted(&mut after).is_some_and(|length| length > 0) } else { dotted(&mut after) };
    if !has_local || !take(&mut after, '@') {
        return false;
    }
    spaces(&mut after);
    let has_domain = if after.starts_with('[') { literal(&mut after) } else { dotted(&mut after) };
    if has_domain {
        *rest = after;
    }
    has_domain
}

fn dotted(rest: &mut &str) -> bool {
    let atom = atom(rest);
    !atom.is_empty() && !atom.starts_with('.') && !atom.ends_with('.') && !atom.contains("..")
}

fn atom<'t>(rest: &mut &'t str) -> &'t str {
    let end = rest.find(|c: char| !is_visible(c) || "()<>[]:;@\\,\"".contains(c)).unwrap_or(rest.len());
    let (atom, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    *rest = after;
    atom
}

/// Words and quoted strings, at least one.
fn phrase(rest: &mut &str) -> bool {
    let mut count = 0;
    loop {
        if count > 0 && !comments(rest) {
            return false;
        }
        spaces(rest);
        let is_word = match rest.chars().next() {
            None => true,
            Some('"') => quoted(rest).is_some(),
            Some(_) => !atom(rest).is_empty(),
        };
        if rest.is_empty() || !is_word {
            return is_word || count > 0;
        }
        count += 1;
    }
}

/// Reads a string in quotation marks, and returns its length; an invalid one is not read.
fn quoted(rest: &mut &str) -> Option<usize> {
    let inner = rest.strip_prefix('"')?;
    let (mut is_escaped, mut length) = (false, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '"' if !is_escaped => {
                *rest = inner.get(at + 1..).unwrap_or_default();
                return Some(length);
            }
            '\\' if !is_escaped => is_escaped = true,
            c if is_visible(c) || matches!(c, ' ' | '\t') => (is_escaped, length) = (false, length + 1),
            _ => return None,
        }
    }
    None
}

/// An IP address in brackets.
fn literal(rest: &mut &str) -> bool {
    let Some((address, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) else { return false };
    *rest = after;
    address.parse::<Ipv4Addr>().is_ok() || address.parse::<Ipv6Addr>().is_ok()
}

/// Skips spaces and comments; false if a comment is not closed.
fn comments(rest: &mut &str) -> bool {
    spaces(rest);
    while rest.starts_with('(') {
        if !comment(rest) {
            return false;
        }
        spaces(rest);
    }
    true
}

fn comment(rest: &mut &str) -> bool {
    let (mut depth, mut is_escaped) = (0, false);
    for (at, c) in rest.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            *rest = rest.get(at + 1..).unwrap_or_default();
            return true;
        }
    }
    false
}

fn spaces(rest: &mut &str) {
    *rest = rest.trim_start_matches([' ', '\t']);
}

fn take(rest: &mut &str, c: char) -> bool {
    match rest.strip_prefix(c) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}

fn is_visible(c: char) -> bool {
    c.is_ascii_graphic() || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_go() {
        let right = [
            "a@b",
            "a.b+c@example.com",
            "Ann <a@example.com>",
            "\"Ann, B.\" <a@example.com>",
            "Ann (comment) B <a@b>",
            "\"a b\"@example.com",
            "a@[127.0.0.1]",
            "a@b (comment)",
            "<a@b>",
            "ü@ü.example",
            "team: a@b;",
            " a@b ",
        ];
        for text in right {
            assert!(is_email(text), "{text}");
        }
        let wrong = [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a..b@c",
            ".a@b",
            "a.@b",
            "a@b.",
            "Ann <a@b",
            "a@b, c@d",
            "\"\"@b",
            "a@[x]",
            "(a@b",
            "a@b (x",
            "team: a@b, c@d;",
            "team:;",
            "Ann a@b",
            "a@b\n",
            "a,b@c",
        ];
        for text in wrong {
            assert!(!is_email(text), "{text}");
        }
    }
}
