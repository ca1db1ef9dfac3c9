//! Formats cells for people: multi-line text is reduced to the lines that differ, and long lines are cut in the middle.

use crate::compare::table::{Cell, Row};
use crate::escape::line;

/// Replaces omitted characters and lines.
const GAP: char = '…';

/// The lines of each cell: one for short values, several for files. Lines of multi-line text that all cells of the row have in
/// common are replaced with a gap.
pub fn lines(row: &Row) -> Vec<Vec<String>> {
    let texts: Vec<Option<String>> = row.cells.iter().map(shown).collect();
    if !row.cells.iter().any(|cell| matches!(cell, Cell::Value(text) if text.trim_end().contains('\n'))) {
        return texts
            .into_iter()
            .map(|text| vec![text.map_or("-".to_owned(), |text| printable(text.trim_end_matches('\n')))])
            .collect();
    }
    let all: Vec<Vec<&str>> = texts.iter().flatten().map(|text| text.lines().collect()).collect();
    let is_common = |line: &str| row.differs && all.len() > 1 && all.iter().all(|lines| lines.contains(&line));
    let reduced = |text: &Option<String>| match text {
        None => vec!["-".to_owned()],
        Some(text) => without(text, &is_common),
    };
    texts.iter().map(reduced).collect()
}

/// The text of a cell. An empty string is shown as quotes.
fn shown(cell: &Cell) -> Option<String> {
    cell.text().map(|text| if text.is_empty() { "\"\"".to_owned() } else { text })
}

fn without(text: &str, is_common: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut gap = false;
    for line in text.lines() {
        let common = is_common(line) || line.trim().is_empty();
        if common && !gap {
            lines.push(GAP.to_string());
        } else if !common {
            lines.push(printable(line.trim()));
        }
        gap = common;
    }
    lines
}

/// A text within a line of a table. A tab would move the columns.
pub fn printable(text: &str) -> String {
    line(text).replace('\t', "\\t")
}

/// Fits each cell into one line of the given width. Different values stay different: if a shortened value would look like an
/// earlier one, it shows the part that differs instead.
pub fn fitted(cells: &[String], widths: &[usize]) -> Vec<String> {
    let mut cut: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| cut_middle(cell, *width)).collect();
    for at in 1..cut.len() {
        if let Some(twin) = (0..at).find(|other| cut[at] == cut[*other] && cells[at] != cells[*other]) {
            let start = common_length(&cells[at], &cells[twin]).saturating_sub(4);
            let rest = cells[at].chars().skip(start);
            cut[at] = cut_end([GAP].into_iter().chain(rest), widths[at]);
        }
    }
    cut
}

fn common_length(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count()
}

/// A text of at most `width` characters, with the middle cut out.
pub fn cut_middle(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    text.chars().take(head).chain([GAP]).chain(text.chars().skip(count - tail)).collect()
}

fn cut_end(text: impl Iterator<Item = char>, width: usize) -> String {
    let text: Vec<char> = text.collect();
    match text.get(..width.saturating_sub(1)) {
        Some(kept) if text.len() > width => kept.iter().chain([&GAP]).collect(),
        _ => text.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Row {
        let cells = cells.iter().map(|text| Cell::Value((*text).to_owned())).collect();
        Row { object: None, field: "f".into(), cells, differs: true }
    }

    #[test]
    fn the_middle_is_cut_out() {
        assert_eq!(cut_middle("abcdefgh", 8), "abcdefgh");
        assert_eq!(cut_middle("abcdefgh", 5), "ab…gh");
        assert_eq!(cut_middle("äöüäöüäö", 4), "äö…ö");
        assert_eq!(cut_middle("abc", 0), "…");
    }

    #[test]
    fn differences_in_the_middle_stay_visible() {
        let cells = ["aaaaaaaaaaaaaaa1bbbbbbbbbbbbbb".to_owned(), "aaaaaaaaaaaaaaa2bbbbbbbbbbbbbb".to_owned()];
        assert_eq!(fitted(&cells, &[9, 9]), ["aaaa…bbbb", "…aaaa2bb…"]);
    }

    #[test]
    fn multi_line_cells_show_only_lines_that_differ() {
        assert_eq!(lines(&row(&["a\nb\nc\n", "a\nx\nc\n"])), [["…", "b", "…"], ["…", "x", "…"]]);
        assert_eq!(lines(&row(&["one\u{1b}[31m", ""])), [["one\\u{1b}[31m"], ["\"\""]]);
    }
}
