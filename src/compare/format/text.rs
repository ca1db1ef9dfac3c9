//! An aligned table for terminals: the name of each object, followed by one line per field.

use super::Format;
use super::cells::{fitted, lines, printable};
use super::summary::summary;
use crate::compare::table::{ObjectName, Row, Table};
use crate::escape::own_line;

/// For people.
pub const FORMAT: Format = Format { name: "text", purpose: "An aligned table, as wide as the terminal", print };

/// The maximum width of a column if the line length is not limited.
const WIDEST: usize = 60;
/// The minimum width to which a column is reduced.
const NARROWEST: usize = 10;
const SPACE: &str = "  ";

fn print(table: &Table, width: Option<usize>) -> String {
    if table.rows.is_empty() {
        return summary(table) + "\n";
    }
    let cells = |row: &Row| lines(row).into_iter().map(|lines| lines.join(" ⏎ ")).collect::<Vec<_>>();
    let head = [String::new()].into_iter().chain(table.environments.iter().map(|name| printable(name)));
    let row =
        |row: &Row| [own_line(&format!("  {}", printable(&row.field))).into_owned()].into_iter().chain(cells(row)).collect();
    let grid: Vec<Vec<String>> = [head.collect()].into_iter().chain(table.rows.iter().map(row)).collect();
    let widths = widths(&grid, width);
    let mut out = String::new();
    let mut object = None;
    for (at, cells) in grid.iter().enumerate() {
        let of = at.checked_sub(1).and_then(|at| table.rows.get(at)).map(|row| &row.object);
        if of != object {
            out += &format!("\n{}\n", of.map(title).unwrap_or_default());
            object = of;
        }
        out += &line(cells, &widths);
    }
    out + "\n" + &summary(table) + "\n"
}

/// The heading above the rows of an object.
fn title(object: &Option<ObjectName>) -> String {
    object.as_ref().map_or("All objects".to_owned(), |object| own_line(&printable(&object.to_string())).into_owned())
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = fitted(cells, widths).into_iter().zip(widths).map(|(cell, width)| format!("{cell:width$}", width = *width));
    padded.collect::<Vec<_>>().join(SPACE).trim_end().to_owned() + "\n"
}

/// The width of each column: that of its widest cell; then the widest columns are reduced until the line fits.
fn widths(grid: &[Vec<String>], limit: Option<usize>) -> Vec<usize> {
    let columns = grid.first().map_or(0, Vec::len);
    let widest = |at: usize| grid.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns).map(widest).collect();
    let Some(limit) = limit else {
        widths.iter_mut().skip(1).for_each(|width| *width = (*width).min(WIDEST));
        return widths;
    };
    let mut excess = (widths.iter().sum::<usize>() + SPACE.len() * columns.saturating_sub(1)).saturating_sub(limit);
    while excess > 0 {
        let Some(widest) = widths.iter_mut().max().filter(|width| **width > NARROWEST) else { break };
        *widest -= 1;
        excess -= 1;
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_columns_are_reduced() {
        let grid = vec![vec!["a".repeat(30), "b".repeat(12), "c".repeat(40)]];
        assert_eq!(widths(&grid, None), [30, 12, 40]);
        assert_eq!(widths(&grid, Some(60)), [22, 12, 22]);
        assert_eq!(widths(&grid, Some(5)), [10, 10, 10]);
    }
}
