//! Formats cells for people: multi-line text is reduced to the lines that differ, and very long values end with a note.

use std::collections::BTreeSet;

use super::Layout;
use crate::compare::table::{Cell, Row};
use crate::escape::line;
use crate::yaml::json;

/// Replaces omitted lines.
const GAP: &str = "…";
/// The number of lines of a value that are shown.
const LINES: usize = 40;
/// The number of characters of a line that are shown.
const CHARACTERS: usize = 2000;

/// How the text of a cell becomes lines.
type Way<'w> = &'w dyn Fn(&str) -> Vec<String>;

/// The lines of each cell: one for short values, several for files. Lines of multi-line text that all cells of the row have in
/// common are replaced with a gap. Different values stay different.
pub fn lines(row: &Row, layout: &Layout) -> Vec<Vec<String>> {
    let texts: Vec<Option<String>> = row.cells.iter().map(shown).collect();
    let is_long = row.cells.iter().any(|cell| matches!(cell, Cell::Value(text) if text.trim_end().contains('\n')));
    let is_reduced = is_long && row.differs && texts.iter().flatten().count() > 1;
    let ways: [Way<'_>; 3] = [
        &|text| if is_reduced { without(text, &texts) } else { plain(text) },
        &plain,
        // Only white space at the end of a line differs.
        &|text| vec![printable(&json::quoted(text))],
    ];
    let number = |cells: &[Option<Vec<String>>]| cells.iter().collect::<BTreeSet<_>>().len();
    let expected = texts.iter().collect::<BTreeSet<_>>().len();
    let shown = |way: Way<'_>| texts.iter().map(|text| text.as_deref().map(way)).collect::<Vec<_>>();
    let mut cells = Vec::new();
    for way in ways {
        cells = shown(way);
        if number(&cells) == expected {
            break;
        }
    }
    if !layout.full {
        cells = limited(cells);
    }
    cells.into_iter().map(|lines| lines.unwrap_or_else(|| vec!["-".to_owned()])).collect()
}

/// The text of a cell. An empty string is shown as quotes.
fn shown(cell: &Cell) -> Option<String> {
    cell.text().map(|text| if text.is_empty() { "\"\"".to_owned() } else { text })
}

fn plain(text: &str) -> Vec<String> {
    text.trim_end_matches('\n').split('\n').map(|line| printable(line.trim_end())).collect()
}

/// The lines that not all texts have in common.
fn without(text: &str, texts: &[Option<String>]) -> Vec<String> {
    let all: Vec<BTreeSet<&str>> = texts.iter().flatten().map(|text| text.lines().collect()).collect();
    let mut lines: Vec<String> = Vec::new();
    let mut gap = false;
    for line in text.lines() {
        let common = line.trim().is_empty() || all.iter().all(|lines| lines.contains(line));
        if common && !gap {
            lines.push(GAP.to_owned());
        } else if !common {
            lines.push(printable(line.trim_end()));
        }
        gap = common;
    }
    lines
}

/// A text within a line of a table. A tab would move the columns.
pub fn printable(text: &str) -> String {
    line(text).replace('\t', "\\t")
}

/// The cells with at most so many lines and characters, from shortly before the first difference if it would not be seen otherwise.
fn limited(cells: Vec<Option<Vec<String>>>) -> Vec<Option<Vec<String>>> {
    let start = start(cells.iter().flatten().map(Vec::as_slice), LINES);
    let cut = |lines: Vec<String>| {
        let more = lines.len().saturating_sub(start + LINES);
        let before = (start > 0).then(|| GAP.to_owned());
        let note = (more > 0).then(|| format!("… {more} more line{} (see --full)", if more == 1 { "" } else { "s" }));
        before.into_iter().chain(lines.into_iter().skip(start).take(LINES)).chain(note).collect::<Vec<String>>()
    };
    let cells: Vec<Option<Vec<String>>> = cells.into_iter().map(|lines| lines.map(cut)).collect();
    let single = |lines: &Vec<String>| lines.first().filter(|_| lines.len() == 1).map(|line| line.chars().collect::<Vec<char>>());
    let singles: Vec<Vec<char>> = cells.iter().flatten().filter_map(single).collect();
    let start = self::start(singles.iter().map(Vec::as_slice), CHARACTERS);
    let shorten = |lines: Vec<String>| {
        let start = if lines.len() == 1 { start } else { 0 };
        lines.into_iter().map(|line| shortened(line, start)).collect()
    };
    cells.into_iter().map(|lines| lines.map(shorten)).collect()
}

/// Where to start so that the first difference is among the first `most` items: 0 if possible.
fn start<'c, T: PartialEq + 'c>(mut cells: impl Iterator<Item = &'c [T]>, most: usize) -> usize {
    let Some(first) = cells.next() else { return 0 };
    let same = |cell: &[T]| cell.iter().zip(first).take_while(|(a, b)| a == b).count();
    let common = cells.map(same).min().unwrap_or(0);
    if common < most / 2 { 0 } else { common - most / 10 }
}

fn shortened(line: String, start: usize) -> String {
    let count = line.chars().count();
    if count <= CHARACTERS && start == 0 {
        return line;
    }
    let more = count.saturating_sub(start + CHARACTERS);
    let note = if more > 0 { format!("… {more} more characters (see --full)") } else { String::new() };
    let gap = if start > 0 { GAP } else { "" };
    let kept: String = line.chars().skip(start).take(CHARACTERS).collect();
    format!("{gap}{kept}{note}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_as(cells: &[&str]) -> Vec<Vec<String>> {
        let cells = cells.iter().map(|text| Cell::Value((*text).to_owned())).collect();
        lines(&Row { object: None, field: "f".into(), cells, differs: true }, &Layout::default())
    }

    #[test]
    fn multi_line_cells_show_only_lines_that_differ() {
        assert_eq!(shown_as(&["a\nb\nc\n", "a\nx\nc\n"]), [["…", "b", "…"], ["…", "x", "…"]]);
        assert_eq!(shown_as(&["one\u{1b}[31m", ""]), [["one\\u{1b}[31m"], ["\"\""]]);
    }

    #[test]
    fn different_values_look_different() {
        for [one, other] in [["a\nb\n", "b\na\n"], ["a", "a\n"], ["a\nb", "a\nb \n"], ["  a\nb", "a\nb"]] {
            let cells = shown_as(&[one, other]);
            assert_ne!(cells[0], cells[1], "{one:?} {other:?}");
        }
        let long = |end: &str| "x".repeat(100_000) + end + &"y".repeat(5000);
        let cells = shown_as(&[&long("1"), &long("2")]);
        assert!(cells[0] != cells[1] && cells.iter().all(|lines| lines[0].chars().count() < 2100));
        let many = |end: &str| (0..1000).map(|at| format!("{at}{}\n", if at < 500 { "" } else { end })).collect::<String>();
        let cells = shown_as(&[&many("a"), &many("b")]);
        assert_eq!((cells[0].len(), cells[0][1].as_str()), (LINES + 1, "500a"));
        assert_eq!(cells[0].last().map(String::as_str), Some("… 461 more lines (see --full)"));
    }
}
