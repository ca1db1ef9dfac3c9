//! Items of lists and entries of mappings in brackets: removing them and adding new ones.

use anyhow::Result;

use super::changes::Changes;
use super::lines::Lines;
use super::render::spaces;
use crate::yaml::layout::Piece;

/// A collection in brackets.
struct Brackets<'a> {
    lines: &'a Lines<'a>,
    spans: &'a [(usize, usize)],
    start: usize,
}

/// Removes items or entries and adds others; each of these with the number of those in front of it.
pub fn change(
    lines: &Lines,
    changes: &mut Changes,
    piece: &Piece,
    spans: &[(usize, usize)],
    removed: &[bool],
    added: &[(usize, String)],
) -> Result<()> {
    let brackets = Brackets { lines, spans, start: piece.start };
    let texts = |at: usize| -> Vec<&str> { added.iter().filter(|(own, _)| *own == at).map(|(_, text)| text.as_str()).collect() };
    let Some(last) = spans.len().checked_sub(1) else {
        let text: Vec<&str> = added.iter().map(|(_, text)| text.as_str()).collect();
        changes.insert(piece.start + 1, text.join(", "));
        return Ok(());
    };
    let all_removed = !removed.contains(&false);
    let mut at = 0;
    while at < spans.len() {
        let run = removed[at..].iter().take_while(|removed| **removed).count();
        if run == 0 {
            at += 1;
            continue;
        }
        let to = at + run - 1;
        if all_removed {
            let text: Vec<&str> = added.iter().map(|(_, text)| text.as_str()).collect();
            let end = if text.is_empty() { brackets.comma(last).map_or(spans[last].1, |comma| comma + 1) } else { spans[last].1 };
            changes.replace(brackets.outer(0), end, text.join(", "));
            return Ok(());
        }
        for (start, end) in brackets.removal(at, to) {
            changes.replace(start, end, "");
        }
        at += run;
    }
    for at in 0..=spans.len() {
        let texts = texts(at);
        if !texts.is_empty() {
            brackets.add(changes, at, &texts);
        }
    }
    Ok(())
}

impl Brackets<'_> {
    /// The next byte that is not a space, a line break, or part of a comment.
    fn skip(&self, at: usize) -> usize {
        let mut at = at;
        while let Some(c) = self.lines.text[at..].chars().next() {
            match c {
                '#' => at = self.lines.end(at),
                c if c.is_whitespace() => at += c.len_utf8(),
                _ => break,
            }
        }
        at
    }

    /// The comma behind an item.
    fn comma(&self, at: usize) -> Option<usize> {
        let next = self.skip(self.spans.get(at)?.1);
        self.lines.text[next..].starts_with(',').then_some(next)
    }

    /// Where an item begins, with its anchor and its tag.
    fn outer(&self, at: usize) -> usize {
        match at.checked_sub(1) {
            None => self.skip(self.start + 1),
            Some(before) => self.comma(before).map_or(self.spans[at].0, |comma| self.skip(comma + 1)),
        }
    }

    /// Whether the line of an item begins with it.
    fn begins_line(&self, at: usize) -> bool {
        self.lines.is_first(self.outer(at))
    }

    /// Whether nothing but a comment follows on a line.
    fn ends_line(&self, at: usize) -> bool {
        let rest = self.lines.rest(at).trim();
        rest.is_empty() || rest.starts_with('#')
    }

    /// The ranges to remove for the items from one to another.
    fn removal(&self, from: usize, to: usize) -> Vec<(usize, usize)> {
        let start = self.outer(from);
        if to + 1 < self.spans.len() {
            let next = self.outer(to + 1);
            return match (self.begins_line(from), self.lines.is_first(next), self.comma(to)) {
                (true, true, Some(comma)) => vec![(self.lines.start(start), self.lines.end(comma))],
                _ => vec![(start, next)],
            };
        }
        let trailing = self.comma(to);
        let end = trailing.map_or(self.spans[to].1, |comma| comma + 1);
        let Some(before) = from.checked_sub(1) else { return vec![(start, end)] };
        if !(self.begins_line(from) && self.ends_line(end)) {
            return vec![(self.spans[before].1, self.spans[to].1)];
        }
        let mut ranges = vec![(self.lines.start(start), self.lines.end(end))];
        if let (None, Some(comma)) = (trailing, self.comma(before)) {
            ranges.push((comma, comma + 1));
        }
        ranges
    }

    /// Adds texts behind `at` items.
    fn add(&self, changes: &mut Changes, at: usize, texts: &[&str]) {
        let near = at.saturating_sub(1);
        let indent = spaces(self.lines.column(self.outer(near)));
        let own_lines =
            self.begins_line(near) && (self.spans.len() > 1 || self.lines.start(self.start) != self.lines.start(self.outer(0)));
        let between = if own_lines { format!(",\n{indent}") } else { ", ".to_owned() };
        let text = texts.join(&between);
        if at == 0 {
            changes.insert(self.outer(0), format!("{text}{between}"));
            return;
        }
        let end = self.spans[near].1;
        let comma = self.comma(near);
        let behind = comma.filter(|comma| self.lines.start(*comma) == self.lines.start(end)).map_or(end, |comma| comma + 1);
        if self.lines.rest(behind).trim_start().starts_with('#') {
            let last = if comma.is_some() { "," } else { "" };
            if comma.is_none() {
                changes.insert(end, ",");
            }
            changes.insert(self.lines.end(behind), format!("{indent}{text}{last}\n"));
            return;
        }
        changes.insert(end, format!("{between}{text}"));
    }
}
