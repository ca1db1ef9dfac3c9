//! Cells for people: texts of several lines are reduced to the lines that differ, long ones are cut in the middle.

use crate::compare::table::{Cell, Row};

/// Stands for characters that were cut out.
const GAP: char = '…';

/// The lines of each cell: one for short values, several for files. Of texts with several lines those stay that not all of the
/// row's texts have, and a gap stands for the others.
pub fn lines(row: &Row) -> Vec<Vec<String>> {
    let texts: Vec<Option<String>> = row.cells.iter().map(|cell| shown(cell, row.field == "present")).collect();
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

/// What a cell says; an empty text in quotes.
fn shown(cell: &Cell, _: bool) -> Option<String> {
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

/// A text without characters that a terminal would obey.
fn printable(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

/// The cells of a row in one line each, at most so wide. Values that differ stay different: where cutting out the middle would make
/// them equal, the place where they differ is shown.
pub fn fitted(cells: &[String], widths: &[usize]) -> Vec<String> {
    let cut: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| cut_middle(cell, *width)).collect();
    let is_lost = |at: usize| (0..at).any(|other| cut[at] == cut[other] && cells[at] != cells[other]);
    if !(0..cells.len()).any(is_lost) {
        return cut;
    }
    let long: Vec<Vec<char>> =
        cells.iter().zip(widths).filter(|(cell, width)| cell.chars().count() > **width).map(chars).collect();
    let start = common_length(&long).saturating_sub(4);
    let fit = |(cell, width): (&String, &usize)| {
        let rest: String = cell.chars().skip(start).collect();
        if cell.chars().count() <= *width || start == 0 {
            cut_middle(cell, *width)
        } else {
            cut_end(&format!("{GAP}{rest}"), *width)
        }
    };
    cells.iter().zip(widths).map(fit).collect()
}

fn chars((cell, _): (&String, &usize)) -> Vec<char> {
    cell.chars().collect()
}

fn common_length(texts: &[Vec<char>]) -> usize {
    let Some(first) = texts.first() else { return 0 };
    (0..first.len()).take_while(|at| texts.iter().all(|text| text.get(*at) == first.get(*at))).count()
}

/// A text of at most so many characters, its middle cut out.
pub fn cut_middle(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    text.chars().take(head).chain([GAP]).chain(text.chars().skip(count - tail)).collect()
}

fn cut_end(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain([GAP]).collect()
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
    fn what_differs_in_the_middle_is_still_seen() {
        let cells = ["aaaaaaaaaaaaaaa1bbbbbbbbbbbbbb".to_owned(), "aaaaaaaaaaaaaaa2bbbbbbbbbbbbbb".to_owned()];
        assert_eq!(fitted(&cells, &[9, 9]), ["…aaaa1bb…", "…aaaa2bb…"]);
    }

    #[test]
    fn of_files_the_lines_that_differ_are_shown() {
        assert_eq!(lines(&row(&["a\nb\nc\n", "a\nx\nc\n"])), [["…", "b", "…"], ["…", "x", "…"]]);
        assert_eq!(lines(&row(&["one\u{1b}[31m", ""])), [["one\\u{1b}[31m"], ["\"\""]]);
    }
}
