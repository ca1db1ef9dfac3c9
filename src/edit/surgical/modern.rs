//! Moves the content of deprecated fields to those that replaced them, with its comments, quotes, and order.
//!
//! `bases` becomes `resources`, `imageTags` becomes `images`, patches become `patches`, and `commonLabels` becomes an item of
//! `labels`. A field whose content can't be moved is left to `plan.rs`, which writes its values again.
//! Behavior: kustomize's `edit fix`, in what the file says afterward.

use serde_json::{Map, Value};

use super::block::{self, Parts};
use super::changes::Changes;
use super::habits::Habits;
use super::lines::Lines;
use super::render::{Render, spaces};
use crate::edit::types::folds_to;
use crate::yaml::event::Style;
use crate::yaml::layout::{Layout, Piece, Shape};

/// Deprecated fields, and those that replaced them; in the order in which their content is appended.
const FIELDS: [(&str, &str); 5] = [
    ("bases", "resources"),
    ("imageTags", "images"),
    ("patchesJson6902", "patches"),
    ("patchesStrategicMerge", "patches"),
    ("commonLabels", "labels"),
];

/// The text in which deprecated fields of `raw` that `after` does not have are moved.
pub fn moved(text: &str, raw: &Map<String, Value>, after: &Map<String, Value>) -> String {
    let mut text = text.to_owned();
    let count = |name: &str| match raw.get(name) {
        Some(Value::Array(items)) => items.len(),
        Some(_) => 1,
        None => 0,
    };
    for (at, (old, new)) in FIELDS.iter().enumerate() {
        if !raw.contains_key(*old) || after.contains_key(*old) {
            continue;
        }
        // The items of the fields that are moved later follow.
        let later: usize = FIELDS[at + 1..].iter().filter(|(_, other)| other == new).map(|(old, _)| count(old)).sum();
        let items = after.get(*new).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let end = items.len().saturating_sub(later);
        let items = &items[end.saturating_sub(count(old))..end];
        if let Some(moved) = step(&text, old, new, items) {
            text = moved;
        }
    }
    text
}

/// Moves one field; `None` if its content can't be moved.
fn step(text: &str, old: &str, new: &str, items: &[Value]) -> Option<String> {
    let layout = Layout::of(text).ok()?;
    let root = layout.root.as_ref().filter(|root| !root.in_brackets())?;
    let entries = root.entries();
    let position = |name: &str| entries.iter().position(|(key, _)| key.text().is_some_and(|key| folds_to(key, name)));
    let is_empty = |at: &usize| entries.get(*at).is_some_and(|(_, value)| value.items().is_empty());
    let (at, to) = (position(old)?, position(new).filter(|to| !is_empty(to)));
    let lines = Lines { text };
    let habits = Habits::of(&lines, &layout);
    let (key, value) = entries.get(at)?;
    let mut changes = Changes::default();
    if let Some((empty, value)) = position(new).filter(is_empty).and_then(|to| entries.get(to)) {
        changes.replace(lines.start(empty.start), lines.end(value.end.max(empty.end)), "");
    }
    let key_text = text[key.start..key.end].replace(key.text()?, new);
    let is_same = matches!(old, "bases" | "imageTags" | "patchesJson6902");
    let end = lines.end(value.end);
    match to.and_then(|to| entries.get(to)) {
        None if is_same => changes.replace(key.start, key.end, key_text),
        None => {
            let column = block::dashes(&lines, value).and_then(|dashes| Some(lines.column(dashes.first()?.0)));
            changes.replace(key.start, key.end, key_text);
            let start = match value.in_brackets() {
                true => {
                    let before = text[..value.start].trim_end_matches(' ').len();
                    changes.replace(before, value.end, "");
                    lines.end(value.end)
                }
                false => lines.end(key.end),
            };
            changes.replace(start, end.max(start), blocks(&lines, &habits, value, items, column.unwrap_or(habits.list_indent))?);
        }
        Some((_, list)) => {
            let last = *block::dashes(&lines, list)?.last()?;
            let column = lines.column(last.0);
            let place = lines.deeper_comments(lines.end(last.1), column);
            changes.insert(place, blocks(&lines, &habits, value, items, column)?);
            let spans: Vec<(usize, usize)> = entries.iter().map(|(key, value)| (key.start, value.end.max(key.end))).collect();
            let mut removed = vec![false; spans.len()];
            *removed.get_mut(at)? = true;
            let words = |at: usize| entries.get(at).and_then(|(key, _)| key.text()).unwrap_or_default().to_owned();
            let (start, end) =
                block::removal(&lines, &Parts { spans: &spans, removed: &removed, words: &words, is_list: false }, at);
            changes.replace(start, end, "");
        }
    }
    Some(changes.apply(text, habits.line_break))
}

/// The lines of the items of a field in the form of another one.
fn blocks(lines: &Lines, habits: &Habits, value: &Piece, items: &[Value], column: usize) -> Option<String> {
    if matches!(value.shape, Shape::Alias(_)) || value.anchor.is_some() {
        return None;
    }
    if matches!(value.shape, Shape::Mapping(..)) {
        return labels(lines, habits, value, items.first()?, column);
    }
    let render = Render { lines, habits };
    if value.in_brackets() {
        let item = |item: &Value| format!("{}-{}\n", spaces(column), render.after_dash(item, column, &[]));
        return Some(items.iter().map(item).collect());
    }
    let spans = block::dashes(lines, value)?;
    if spans.len() != items.len() {
        return None;
    }
    let mut out = String::new();
    for ((piece, item), (dash, end)) in value.items().iter().zip(items).zip(spans) {
        let (start, own) = (lines.start(dash), lines.column(dash));
        let is_path = piece.text().is_some() && item.get("path").is_some();
        let is_line = !matches!(piece.style(), Some(Style::Literal | Style::Folded)) && lines.start(piece.end) == start;
        let above = &lines.text[lines.comments_above(start)..start];
        above.lines().for_each(|line| out.push_str(&format!("{}{}\n", spaces(column), line.trim())));
        if piece.text().is_some() && !(is_path && is_line) {
            out.push_str(&format!("{}-{}\n", spaces(column), render.after_dash(item, column, &[])));
            continue;
        }
        let end = lines.deeper_comments(lines.end(end), own);
        let source = match is_path {
            true => format!("{}path: {}", &lines.text[start..piece.start], &lines.text[piece.start..end]),
            false => lines.text[start..end].to_owned(),
        };
        out.push_str(&shifted(&source, own, column));
    }
    Some(out)
}

/// `commonLabels` as an item of `labels`.
fn labels(lines: &Lines, habits: &Habits, value: &Piece, item: &Value, column: usize) -> Option<String> {
    let head = format!("{0}- includeSelectors: true\n{0}  pairs:", spaces(column));
    if item.as_object()?.keys().ne(["includeSelectors", "pairs"]) {
        return None;
    }
    if value.in_brackets() {
        return Some(format!("{head} {}\n", &lines.text[value.start..value.end]).replace('\r', ""));
    }
    let start = lines.comments_above(lines.start(value.start));
    let own = lines.column(value.start);
    let source = &lines.text[start..lines.deeper_comments(lines.end(value.end), own.saturating_sub(1))];
    Some(format!("{head}\n{}", shifted(source, own, column + 2 + habits.indent)))
}

/// Lines that are moved from one column to another one.
fn shifted(source: &str, from: usize, to: usize) -> String {
    let line = |line: &str| {
        let own = line.len() - line.trim_start_matches(' ').len();
        match line.trim().is_empty() {
            true => "\n".to_owned(),
            false => format!("{}{}\n", spaces((own + to).saturating_sub(from)), &line[own..]),
        }
    };
    source.lines().map(line).collect()
}
