//! An aligned table for terminals.

use super::cells::{cut_middle, fitted, lines};
use super::{Format, summary};
use crate::compare::table::Table;

/// For people.
pub const FORMAT: Format = Format { name: "text", purpose: "An aligned table, as wide as the terminal", print };

/// No column is wider where the width is not limited.
const WIDEST: usize = 60;
/// Columns are not made narrower than this.
const NARROWEST: usize = 10;
const SPACE: &str = "  ";

fn print(table: &Table, width: Option<usize>) -> String {
    if table.rows.is_empty() {
        return summary(table) + "\n";
    }
    let head = ["OBJECT", "FIELD"].map(str::to_owned).into_iter().chain(table.environments.iter().cloned()).collect();
    let mut grid: Vec<Vec<String>> = vec![head];
    for (at, row) in table.rows.iter().enumerate() {
        let is_first = at == 0 || table.rows[at - 1].object != row.object;
        let object = row.object.as_ref().map_or("(all objects)".to_owned(), ToString::to_string);
        let cells = lines(row).into_iter().map(|lines| lines.join(" ⏎ "));
        grid.push([if is_first { object } else { String::new() }, row.field.clone()].into_iter().chain(cells).collect());
    }
    let widths = widths(&grid, width);
    let mut out = String::new();
    for row in &grid {
        let (names, cells) = row.split_at(2);
        let names = names.iter().zip(&widths).map(|(name, width)| cut_middle(name, *width));
        let cells: Vec<String> = names.chain(fitted(cells, &widths[2..])).collect();
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width));
        out += padded.collect::<Vec<_>>().join(SPACE).trim_end();
        out.push('\n');
    }
    out + "\n" + &summary(table) + "\n"
}

/// How wide each column is: as its widest cell, and then the widest columns give way until a line fits.
fn widths(grid: &[Vec<String>], limit: Option<usize>) -> Vec<usize> {
    let columns = grid.first().map_or(0, Vec::len);
    let widest = |at: usize| grid.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns).map(widest).collect();
    let Some(limit) = limit else {
        widths.iter_mut().skip(2).for_each(|width| *width = (*width).min(WIDEST));
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
    fn the_widest_columns_give_way() {
        let grid = vec![vec!["a".repeat(30), "b".repeat(12), "c".repeat(40)]];
        assert_eq!(widths(&grid, None), [30, 12, 40]);
        assert_eq!(widths(&grid, Some(60)), [22, 12, 22]);
        assert_eq!(widths(&grid, Some(5)), [10, 10, 10]);
    }
}
