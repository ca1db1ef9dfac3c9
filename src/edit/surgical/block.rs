//! Items of lists and entries of mappings that are on lines of their own: removing them and adding new ones.

use anyhow::{Result, bail};

use super::changes::Changes;
use super::lines::Lines;
use super::render::spaces;
use crate::yaml::layout::Piece;

/// The items or entries of a collection.
pub struct Parts<'a> {
    /// Where each begins and ends.
    pub spans: &'a [(usize, usize)],
    /// Which are removed.
    pub removed: &'a [bool],
    /// The words by which a comment refers to one of them.
    pub words: &'a dyn Fn(usize) -> String,
    /// Whether it is a list.
    pub is_list: bool,
}

/// The positions of the `-` of all items, and the ends of the items.
pub fn dashes(lines: &Lines, list: &Piece) -> Option<Vec<(usize, usize)>> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for item in list.items() {
        let dash = match spans.last() {
            None => list.start,
            Some((_, end)) => {
                let mut line = lines.end(*end);
                while lines.is_blank(line) || lines.is_comment(line) && line < lines.text.len() {
                    line = lines.end(line);
                }
                line + lines.indent(line)
            }
        };
        if !lines.text.get(dash..)?.starts_with('-') || dash > item.end {
            return None;
        }
        spans.push((dash, item.end.max(dash + 1)));
    }
    Some(spans)
}

/// Removes items or entries and adds others; each of these with the number of those in front of it.
pub fn change(lines: &Lines, changes: &mut Changes, parts: &Parts, added: &[(usize, String)]) -> Result<()> {
    let Some(&(first, _)) = parts.spans.first() else { bail!("can't add to an empty collection") };
    let column = lines.column(first);
    let own_line = lines.is_first(first);
    if !own_line && parts.is_list && (added.iter().any(|(at, _)| *at == 0) || parts.removed.first() == Some(&true)) {
        bail!("can't change the first item of a list on the line of another one");
    }
    let mut from = 0;
    if !own_line && parts.removed.first() == Some(&true) {
        // The first kept entry moves up to the line of the `-`.
        let Some(kept) = parts.removed.iter().position(|removed| !removed) else {
            bail!("can't remove all entries of an item");
        };
        let Some(&(next, _)) = parts.spans.get(kept) else { return Ok(()) };
        changes.replace(first, next, "");
        from = kept;
    }
    for at in from..parts.spans.len() {
        if parts.removed.get(at) == Some(&true) {
            let (start, end) = removal(lines, parts, at);
            changes.replace(start, end, "");
        }
    }
    for (at, text) in added {
        let gap = lines_between(lines, parts, *at);
        match at.checked_sub(1).and_then(|before| parts.spans.get(before)) {
            Some(&(_, end)) => {
                let is_last = *at == parts.spans.len();
                let end = place_below(lines, end, column, parts.is_list, is_last);
                changes.insert(end, format!("{gap}{}{text}\n", spaces(column)));
            }
            None if own_line => {
                let start = lines.start(first);
                let above = lines.comments_above(start);
                let start = if is_head(lines, above) { start } else { above };
                changes.insert(start, format!("{}{text}\n{gap}", spaces(column)));
            }
            None => changes.insert(first, format!("{text}\n{}", spaces(column))),
        }
    }
    Ok(())
}

/// An empty line if the parts around a gap are separated by one.
fn lines_between(lines: &Lines, parts: &Parts, at: usize) -> &'static str {
    let count = parts.spans.len();
    let after = if at == 0 { 1 } else { at.min(count.saturating_sub(1)) };
    let pair = after.checked_sub(1).and_then(|before| Some((parts.spans.get(before)?, parts.spans.get(after)?)));
    let Some((&(_, end), &(start, _))) = pair else { return "" };
    let mut line = lines.end(end);
    while line < start {
        if lines.is_blank(line) {
            return "\n";
        }
        line = lines.end(line);
    }
    ""
}

/// Where lines can be added below a part: below comments that belong to it.
fn place_below(lines: &Lines, end: usize, column: usize, is_list: bool, is_last: bool) -> usize {
    let own = lines.deeper_comments(lines.end(end), column);
    if is_list || column > 0 {
        return own;
    }
    let mut below = own;
    while lines.is_comment(below) && below < lines.text.len() {
        below = lines.end(below);
    }
    let is_code = |line: &str| {
        let text = line.trim_start_matches([' ', '#']);
        text.starts_with("- ") || text.contains(": ") || text.ends_with(':')
    };
    let is_its_own = match lines.is_blank(below) {
        true => true,
        false => is_last && is_code(lines.line(own)),
    };
    if is_its_own { below } else { own }
}

/// Whether a line is the first of the document.
fn is_head(lines: &Lines, start: usize) -> bool {
    lines.above(start).is_none_or(|above| lines.line(above).starts_with("---"))
}

/// The lines of a part that is removed, with the comments that are only about it.
pub fn removal(lines: &Lines, parts: &Parts, at: usize) -> (usize, usize) {
    let (first, last) = parts.spans[at];
    let own = lines.start(first);
    let end = lines.deeper_comments(lines.end(last), lines.column(first));
    let comments = lines.comments_above(own);
    let mut start = own;
    if comments < own && !is_head(lines, comments) {
        let kept = kept_below(lines, parts, at, end);
        if kept.is_none_or(|next| mentions(&lines.text[comments..own], &(parts.words)(at), &(parts.words)(next))) {
            start = comments;
        }
    }
    without_gap(lines, start, end, at == 0 && parts.is_list)
}

/// The kept part that is directly below a removed one, except for other removed ones.
fn kept_below(lines: &Lines, parts: &Parts, at: usize, end: usize) -> Option<usize> {
    let mut end = end;
    for next in at + 1..parts.spans.len() {
        let (start, last) = parts.spans[next];
        if lines.start(start) != end {
            return None;
        }
        if !parts.removed[next] {
            return Some(next);
        }
        end = lines.deeper_comments(lines.end(last), lines.column(start));
    }
    None
}

/// Whether a comment names one part and not the other.
fn mentions(comment: &str, own: &str, next: &str) -> bool {
    let (comment, next) = (words(comment), words(next));
    words(own).iter().any(|word| comment.contains(word) && !next.contains(word))
}

/// The words of a text or a name, in lower case; common endings of file names are left out.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_lower {
            words.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| word.chars().count() > 2 && !matches!(word.as_str(), "yaml" | "yml" | "json" | "the" | "and" | "for"));
    words
}

/// A range of lines, extended so that no two gaps meet.
fn without_gap(lines: &Lines, start: usize, end: usize, is_first_item: bool) -> (usize, usize) {
    let above = lines.above(start);
    let is_open = above.is_none() || is_first_item || above.is_some_and(|above| lines.is_blank(above));
    let (mut first, mut end) = (start, end);
    if is_open && lines.is_blank(end) {
        end = lines.end(end);
        while above.is_none() && lines.is_blank(end) {
            end = lines.end(end);
        }
    }
    if end == lines.text.len() {
        while let Some(above) = lines.above(first).filter(|above| lines.is_blank(*above)) {
            first = above;
        }
    }
    (first, end)
}
