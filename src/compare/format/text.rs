//! An aligned table for terminals: the name of each object, followed by one row per field. Long values continue on the next line.

use super::cells::{lines, printable};
use super::sections::sections;
use super::summary::summary;
use super::wrap::{width, wrap};
use super::{Format, Layout};
use crate::compare::table::{Row, Table};
use crate::escape::own_line;

/// For people.
pub const FORMAT: Format =
    Format { name: "text", purpose: "An aligned table, as wide as the terminal", is_complete: false, print };

/// The maximum width of a column if the line length is not limited.
const WIDEST: usize = 60;
/// The minimum width to which a column is reduced.
const NARROWEST: usize = 10;
/// The number of rows by which columns are balanced.
const SAMPLE: usize = 300;
const SPACE: &str = "  ";

/// The lines of the cells of a row.
type Cells = Vec<Vec<String>>;

fn print(table: &Table, layout: &Layout) -> String {
    if table.rows.is_empty() {
        return summary(table) + "\n";
    }
    let head = [String::new()].into_iter().chain(table.environments.iter().map(|name| printable(name)));
    let head: Cells = head.map(|name| vec![name]).collect();
    let sections = sections(table);
    let row = |label: &str, row: &Row| {
        let label = [vec![format!("{SPACE}{}", printable(label))]];
        label.into_iter().chain(lines(row, layout)).collect::<Cells>()
    };
    let bodies: Vec<Vec<Cells>> =
        sections.iter().map(|section| section.rows.iter().map(|one| row(&section.label(one), one)).collect()).collect();
    let widths = widths([&head].into_iter().chain(bodies.iter().flatten()), layout.width);
    let mut out = String::new();
    write(&head, &widths, &mut out);
    for (section, rows) in sections.iter().zip(&bodies) {
        out.push('\n');
        let title = printable(&section.title);
        let title = wrap(&title, layout.width.unwrap_or(usize::MAX));
        title.iter().for_each(|line| out.extend([&*own_line(line), "\n"]));
        rows.iter().for_each(|cells| write(cells, &widths, &mut out));
    }
    out + "\n" + &summary(table) + "\n"
}

/// Writes a row: as many lines as its highest cell has.
fn write(cells: &Cells, widths: &[usize], out: &mut String) {
    let wrapped: Vec<Vec<String>> =
        cells.iter().zip(widths).enumerate().map(|(at, (cell, width))| fitted(at, cell, *width)).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..height {
        let mut line = String::new();
        for (cell, column) in wrapped.iter().zip(widths) {
            let text = cell.get(at).map_or("", String::as_str);
            line.push_str(text);
            line.push_str(&" ".repeat(column.saturating_sub(width(text))));
            line.push_str(SPACE);
        }
        out.extend([&*own_line(line.trim_end()), "\n"]);
    }
}

/// The lines of a cell in its column. What continues the name of a field is indented more than the name.
fn fitted(column: usize, cell: &[String], limit: usize) -> Vec<String> {
    let indent = if column == 0 { SPACE.len() } else { 0 };
    let mut out = Vec::new();
    for text in cell {
        let text = text.get(indent..).unwrap_or_default();
        let whole = wrap(text, limit.saturating_sub(indent));
        let is_continued = indent > 0 && whole.len() > 1;
        let lines = if is_continued { wrap(text, limit.saturating_sub(2 * indent)) } else { whole };
        let margin = |at: usize| " ".repeat(if at == 0 { indent } else { 2 * indent });
        out.extend(lines.into_iter().enumerate().map(|(at, line)| margin(at) + &line));
    }
    out
}

/// The width of each column: that of its widest cell. If a line would be too long, the widest columns are reduced, and then in
/// favor of each other as long as the table gets shorter.
fn widths<'c>(rows: impl Iterator<Item = &'c Cells>, limit: Option<usize>) -> Vec<usize> {
    let cells: Vec<Vec<usize>> = rows.map(|cells| cells.iter().map(|cell| widest(cell)).collect()).collect();
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let largest = |at: usize| cells.iter().filter_map(|row| row.get(at)).copied().max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns).map(largest).collect();
    match limit {
        None => widths.iter_mut().skip(1).for_each(|width| *width = (*width).min(WIDEST)),
        Some(limit) => {
            let available = limit.saturating_sub(SPACE.len() * columns.saturating_sub(1));
            if widths.iter().sum::<usize>() > available {
                widths = balanced(reduced(&widths, available), &widths, &cells);
            }
        }
    }
    widths
}

/// The width of the longest line of a cell.
fn widest(cell: &[String]) -> usize {
    cell.iter().map(|line| width(line)).max().unwrap_or(0)
}

/// Reduces the widest columns until the sum is at most `available`.
fn reduced(widths: &[usize], available: usize) -> Vec<usize> {
    let total = |most: usize| widths.iter().map(|width| *width.min(&most)).sum::<usize>();
    // The largest width that no column needs to exceed.
    let (mut fits, mut exceeds) = (NARROWEST, widths.iter().copied().max().unwrap_or(0).max(NARROWEST) + 1);
    while exceeds - fits > 1 {
        let middle = fits + (exceeds - fits) / 2;
        if total(middle) <= available { fits = middle } else { exceeds = middle }
    }
    let mut rest = available.saturating_sub(total(fits));
    let reduce = |width: &usize| {
        let bonus = usize::from(*width > fits && rest > 0);
        rest -= bonus;
        *width.min(&(fits + bonus))
    };
    widths.iter().map(reduce).collect()
}

/// Moves width from one column to another as long as that saves lines, starting with what saves most.
fn balanced(mut widths: Vec<usize>, largest: &[usize], cells: &[Vec<usize>]) -> Vec<usize> {
    let sample: Vec<&Vec<usize>> = cells.iter().step_by(cells.len() / SAMPLE + 1).collect();
    let height = |widths: &[usize]| -> usize {
        let of_cell = |(cell, width): (&usize, &usize)| cell.div_ceil((*width).max(1));
        sample.iter().map(|row| row.iter().zip(widths).map(of_cell).max().unwrap_or(0)).sum()
    };
    let columns = widths.len();
    let pairs = || (0..columns).flat_map(|from| (0..columns).map(move |to| (from, to))).filter(|(from, to)| from != to);
    let mut lowest = height(&widths);
    loop {
        let moves = [16, 8, 4, 2, 1].into_iter().flat_map(|step| pairs().map(move |(from, to)| (step, from, to)));
        let other = |(step, from, to): (usize, usize, usize)| {
            let mut other = widths.clone();
            let moved = step.min(largest[to].saturating_sub(widths[to])).min(widths[from].saturating_sub(NARROWEST));
            other[from] -= moved;
            other[to] += moved;
            other
        };
        match moves.map(other).map(|other| (height(&other), other)).min_by_key(|(height, _)| *height) {
            Some((height, other)) if height < lowest => (lowest, widths) = (height, other),
            _ => return widths,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_columns_are_reduced() {
        let row: Cells = [30, 12, 40].map(|width| vec!["a".repeat(width)]).into();
        assert_eq!(widths([&row].into_iter(), None), [30, 12, 40]);
        assert_eq!(widths([&row].into_iter(), Some(60)), [22, 12, 22]);
        assert_eq!(reduced(&[30, 12, 40], 57), [23, 12, 22]);
        assert_eq!(widths([&row].into_iter(), Some(5)), [10, 10, 10]);
        assert_eq!(widths([&row].into_iter(), Some(200)), [30, 12, 40]);
    }

    #[test]
    fn width_moves_to_where_it_saves_lines() {
        let row = |field: usize, value: usize| -> Cells { [field, value].map(|width| vec!["a".repeat(width)]).into() };
        let rows = [row(40, 5), row(40, 5), row(40, 5), row(5, 40)];
        assert_eq!(widths(rows.iter(), Some(62)), [40, 20]);
    }

    #[test]
    fn the_name_of_a_field_continues_with_more_indentation() {
        assert_eq!(fitted(0, &["  requests.memory (web)".to_owned()], 20), ["  requests.memory", "    (web)"]);
        assert_eq!(fitted(0, &["  requests".to_owned()], 20), ["  requests"]);
        assert_eq!(fitted(1, &["a, b".to_owned(), "c".to_owned()], 3), ["a,", "b", "c"]);
    }
}
