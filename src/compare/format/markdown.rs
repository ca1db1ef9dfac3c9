//! A Markdown table for pull requests and documents.

use super::cells::lines;
use super::summary::summary;
use super::{Format, Layout};
use crate::compare::table::Table;
use crate::escape::markdown;

/// For pull requests.
pub const FORMAT: Format =
    Format { name: "markdown", purpose: "A table for pull requests and documents", is_complete: false, print };

fn print(table: &Table, layout: &Layout) -> String {
    if table.rows.is_empty() {
        return summary(table) + "\n";
    }
    let head = ["Object", "Field"].into_iter().chain(table.environments.iter().map(String::as_str)).map(markdown);
    let mut out = line(head);
    out += &line((0..table.environments.len() + 2).map(|_| "---".to_owned()));
    for row in &table.rows {
        let object = row.object.as_ref().map_or("(all objects)".to_owned(), ToString::to_string);
        let names = [object.as_str(), &row.field].map(markdown);
        let cells = lines(row, layout).into_iter().map(|lines| {
            let lines: Vec<String> = lines.iter().map(|line| markdown(line)).collect();
            lines.join("<br>")
        });
        out += &line(names.into_iter().chain(cells));
    }
    out + "\n" + &summary(table) + "\n"
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}
