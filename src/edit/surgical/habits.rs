//! How a file is written: what new parts of it have in common with the others.

use super::lines::Lines;
use crate::yaml::event::Style;
use crate::yaml::inline_string;
use crate::yaml::layout::{Layout, Piece, Shape};

/// The style of a file where there is no neighbor to follow.
pub struct Habits {
    /// `\n` or `\r\n`
    pub line_break: &'static str,
    /// By how much the items of a list are further to the right than its key.
    pub list_indent: usize,
    /// By how much the entries of a mapping are further to the right than its key.
    pub indent: usize,
    /// The quotes that strings have if they need some.
    pub quote: char,
    /// Whether all keys are in double quotes, as in JSON.
    pub is_json: bool,
}

impl Habits {
    /// The style of a text.
    pub fn of(lines: &Lines, layout: &Layout) -> Habits {
        let first_break = lines.text.find('\n').unwrap_or(0);
        let line_break = if lines.text[..first_break].ends_with('\r') { "\r\n" } else { "\n" };
        let (mut list_indent, mut indent, mut quote) = (None, None, None);
        let mut open: std::collections::VecDeque<&Piece> = layout.root.iter().collect();
        while let Some(piece) = open.pop_front() {
            if let Some(Style::SingleQuoted | Style::DoubleQuoted) = piece.style() {
                quote = quote.or_else(|| lines.text[piece.start..].chars().next());
            }
            open.extend(piece.items());
            for (key, value) in piece.entries() {
                let by = lines.column(value.start).checked_sub(lines.column(key.start));
                match &value.shape {
                    Shape::List(false, _) => list_indent = list_indent.or(by),
                    Shape::Mapping(false, _) => indent = indent.or(by),
                    _ => {}
                }
                open.push_back(value);
            }
        }
        let is_json = layout.root.as_ref().is_some_and(|root| {
            let quoted = |(key, _): &(Piece, Piece)| key.style() == Some(Style::DoubleQuoted);
            root.in_brackets() && !root.entries().is_empty() && root.entries().iter().all(quoted)
        });
        let quote = quote.filter(|quote| !is_json && matches!(quote, '\'' | '"')).unwrap_or('"');
        Habits { line_break, list_indent: list_indent.unwrap_or(0), indent: indent.unwrap_or(2).max(1), quote, is_json }
    }

    /// A string on one line, as strings are written in these places; the nearest is the first.
    pub fn string(&self, text: &str, like: &[&Piece], in_brackets: bool) -> String {
        if self.is_json {
            return in_double_quotes(text);
        }
        let plain = is_plain(text, in_brackets);
        let mut needed = None;
        for piece in like {
            let quote = match piece.style() {
                Some(Style::SingleQuoted) => Some('\''),
                Some(Style::DoubleQuoted) => Some('"'),
                Some(Style::Plain) => None,
                _ => continue,
            };
            match quote {
                // Quotes that are not necessary are a habit.
                Some(quote) if piece.text().is_some_and(|text| is_plain(text, in_brackets)) => return in_quotes(text, quote),
                Some(quote) => needed = needed.or(Some(quote)),
                None if plain => return text.to_owned(),
                None => {}
            }
        }
        match (plain, needed) {
            (true, _) => text.to_owned(),
            (false, Some(quote)) => in_quotes(text, quote),
            (false, None) if text.contains(['"', '\\']) && !text.contains('\'') => in_quotes(text, '\''),
            (false, None) => in_quotes(text, self.quote),
        }
    }
}

/// Whether a string can be written without quotes.
pub fn is_plain(text: &str, in_brackets: bool) -> bool {
    inline_string(text) == text && !(in_brackets && text.contains([',', '[', ']', '{', '}', '?']))
}

/// A string in quotes; in double quotes if the others can't contain it.
pub fn in_quotes(text: &str, quote: char) -> String {
    if quote == '\'' && !text.contains(|c: char| c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    in_double_quotes(text)
}

fn in_double_quotes(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default().replace('\u{7f}', "\\x7F").replace('\u{feff}', "\\uFEFF")
}
