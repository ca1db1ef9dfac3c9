//! New parts of a file, written like their neighbors: in brackets or not, with the same quotes, indentation, and order of keys.

use serde_json::{Map, Value};

use super::habits::{Habits, is_plain};
use super::lines::Lines;
use super::order;
use crate::yaml::event::Style;
use crate::yaml::layout::{Piece, Shape};

/// The number of neighbors whose style is considered.
pub const NEIGHBORS: usize = 12;

/// Writes values. `like` are values in the same role, the nearest first.
pub struct Render<'t> {
    /// The text around them.
    pub lines: &'t Lines<'t>,
    /// The style of the file.
    pub habits: &'t Habits,
}

impl Render<'_> {
    /// What follows `key:` for a key in a column, without the last line break.
    pub fn after_key(&self, value: &Value, column: usize, like: &[&Piece]) -> String {
        match value {
            Value::Array(items) if !self.in_brackets(items.is_empty(), like) => {
                let dash = column + self.list_indent(like);
                let like = items_of(like);
                let item = |item| format!("\n{}-{}", spaces(dash), self.after_dash(item, dash, &like));
                items.iter().map(item).collect()
            }
            Value::Object(map) if !self.in_brackets(map.is_empty(), like) => {
                let column = column + self.indent(like);
                self.entries(map, like)
                    .iter()
                    .map(|(key, value, like)| format!("\n{}{}:{}", spaces(column), key, self.after_key(value, column, like)))
                    .collect()
            }
            Value::String(text) if is_block(text) => format!(" {}", literal(text, column + self.habits.indent)),
            value => format!(" {}", self.inline(value, like, false)),
        }
    }

    /// What follows the `-` of a list item, without the last line break.
    pub fn after_dash(&self, value: &Value, dash: usize, like: &[&Piece]) -> String {
        match value {
            Value::Object(map) if !self.in_brackets(map.is_empty(), like) => {
                let gap = self.gap(like);
                let column = dash + gap;
                let entry =
                    |(key, value, like): &(String, &Value, Vec<&Piece>)| format!("{key}:{}", self.after_key(value, column, like));
                let entries: Vec<String> = self.entries(map, like).iter().map(entry).collect();
                format!("{}{}", spaces(gap - 1), entries.join(&format!("\n{}", spaces(column))))
            }
            Value::String(text) if is_block(text) => format!(" {}", literal(text, dash + 2)),
            value => format!("{}{}", spaces(self.gap(like) - 1), self.inline(value, like, false)),
        }
    }

    /// A value on one line.
    pub fn inline(&self, value: &Value, like: &[&Piece], in_brackets: bool) -> String {
        match value {
            Value::String(text) => self.habits.string(text, like, in_brackets),
            Value::Array(items) => {
                let like = items_of(like);
                let items: Vec<String> = items.iter().map(|item| self.inline(item, &like, true)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Object(map) => {
                let entries = self.entries(map, like);
                let entry =
                    |(key, value, like): &(String, &Value, Vec<&Piece>)| format!("{key}: {}", self.inline(value, like, true));
                let entries: Vec<String> = entries.iter().map(entry).collect();
                let is_loose = like.iter().any(|piece| self.lines.text[piece.start..].starts_with("{ "));
                if is_loose { format!("{{ {} }}", entries.join(", ")) } else { format!("{{{}}}", entries.join(", ")) }
            }
            value => value.to_string(),
        }
    }

    /// A key like other keys.
    pub fn key(&self, key: &str, like: &[&Piece]) -> String {
        self.habits.string(key, like, like.iter().any(|piece| piece.in_brackets()))
    }

    /// The entries of a new mapping in the order of a similar one, each with values in the same role.
    fn entries<'v, 'p>(&self, map: &'v Map<String, Value>, like: &[&'p Piece]) -> Vec<(String, &'v Value, Vec<&'p Piece>)> {
        let keys: Vec<&Piece> = like.iter().flat_map(|piece| piece.entries().iter().map(|(key, _)| key)).collect();
        let model = like.iter().find(|piece| !piece.entries().is_empty());
        let position = |key: &str| model.and_then(|model| model.entries().iter().position(|(own, _)| own.text() == Some(key)));
        let mut names: Vec<&String> = map.keys().collect();
        names.sort_by_key(|name| order::of_entry(name));
        if names.iter().filter(|name| position(name).is_some()).count() > 1 {
            // New keys stay behind the key that they follow in the usual order.
            let mut last = 0;
            let ranks: Vec<usize> = names
                .iter()
                .map(|name| {
                    last = position(name).unwrap_or(last);
                    last
                })
                .collect();
            let mut ranked: Vec<(usize, &String)> = ranks.into_iter().zip(names).collect();
            ranked.sort_by_key(|(rank, _)| *rank);
            names = ranked.into_iter().map(|(_, name)| name).collect();
        }
        let scalars =
            like.iter().flat_map(|piece| piece.entries()).map(|(_, value)| value).filter(|value| value.text().is_some());
        let scalars: Vec<&Piece> = scalars.take(NEIGHBORS).collect();
        let entry = |name: &'v String| {
            let value = map.get(name).unwrap_or(&Value::Null);
            let same: Vec<&Piece> = like.iter().filter_map(|piece| piece.get(name)).collect();
            let has_neighbors_only = same.is_empty() && value.is_string();
            (self.key(name, &keys), value, if has_neighbors_only { scalars.clone() } else { same })
        };
        names.into_iter().map(entry).collect()
    }

    fn in_brackets(&self, is_empty: bool, like: &[&Piece]) -> bool {
        let collection = like.iter().find(|piece| !piece.items().is_empty() || !piece.entries().is_empty());
        is_empty || self.habits.is_json || collection.is_some_and(|piece| piece.in_brackets())
    }

    /// By how much the list of a key is further to the right than the key.
    fn list_indent(&self, like: &[&Piece]) -> usize {
        let own = like.iter().find(|piece| matches!(piece.shape, Shape::List(false, _)));
        own.and_then(|list| self.offset(list)).unwrap_or(self.habits.list_indent)
    }

    fn indent(&self, like: &[&Piece]) -> usize {
        let own = like.iter().find(|piece| matches!(piece.shape, Shape::Mapping(false, _)));
        own.and_then(|map| self.offset(map)).filter(|by| *by > 0).unwrap_or(self.habits.indent)
    }

    /// The distance of a value below its key from the column of the key.
    fn offset(&self, value: &Piece) -> Option<usize> {
        let above = self.lines.above(self.lines.start(value.start))?;
        let line = self.lines.line(above);
        let key = line.len() - line.trim_start_matches([' ', '-']).len();
        (!line.trim_start().starts_with('#')).then(|| self.lines.column(value.start).checked_sub(key)).flatten()
    }

    /// The distance of the content of a list item from its `-`.
    fn gap(&self, like: &[&Piece]) -> usize {
        let gap = |piece: &&Piece| {
            let before = &self.lines.text[self.lines.start(piece.start)..piece.start];
            let content = before.trim_start_matches(' ').strip_prefix('-')?;
            content.bytes().all(|byte| byte == b' ').then_some(content.len() + 1)
        };
        like.iter().find_map(gap).filter(|gap| *gap > 1).unwrap_or(2)
    }
}

/// Some spaces.
pub fn spaces(count: usize) -> String {
    " ".repeat(count)
}

/// The items of lists in the same role: the last item is the nearest.
pub fn items_of<'p>(like: &[&'p Piece]) -> Vec<&'p Piece> {
    like.iter().flat_map(|piece| piece.items().iter().rev()).collect()
}

/// Whether a string is written as a literal block.
pub fn is_block(text: &str) -> bool {
    let is_safe = |c: char| c == '\n' || !c.is_control() && !matches!(c, '\u{feff}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    text.trim_end_matches('\n').contains('\n') && text.chars().all(is_safe) && !text.starts_with([' ', '\n'])
}

/// A literal block whose lines begin in a column.
pub fn literal(text: &str, column: usize) -> String {
    let chomp = match (text.ends_with('\n'), text.ends_with("\n\n")) {
        (false, _) => "-",
        (true, false) => "",
        (true, true) => "+",
    };
    let body = text.strip_suffix('\n').unwrap_or(text);
    let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("\n{}{line}", spaces(column)) };
    format!("|{chomp}{}", body.split('\n').map(line).collect::<String>())
}

/// A scalar in place of another one, in the same style if possible.
pub fn in_place_of(habits: &Habits, old: &Piece, value: &Value, in_brackets: bool, like: &[&Piece]) -> String {
    let text = match value {
        Value::String(text) => text,
        other => return other.to_string(),
    };
    match old.style() {
        Some(Style::SingleQuoted) => super::habits::in_quotes(text, '\''),
        Some(Style::DoubleQuoted) => super::habits::in_quotes(text, '"'),
        _ if is_plain(text, in_brackets) && !habits.is_json => text.clone(),
        _ => habits.string(text, like, in_brackets),
    }
}
