//! Comma-separated values (RFC 4180): a header and one record per row. Values are not shortened.
//!
//! The columns are `group`, `kind`, `namespace`, `name`, `field`, and the environments. A cell is empty if there is no value; an
//! empty value is `""`. A value that a spreadsheet would take for a formula starts with an apostrophe.

use super::{Format, Layout};
use crate::compare::table::Table;
use crate::escape::{csv, line};

/// For spreadsheets.
pub const FORMAT: Format =
    Format { name: "csv", purpose: "Comma-separated values (RFC 4180), not shortened", is_complete: true, print };

fn print(table: &Table, _: &Layout) -> String {
    let head = ["group", "kind", "namespace", "name", "field"].into_iter();
    let mut out = record(head.chain(table.environments.iter().map(String::as_str)).map(name));
    for row in &table.rows {
        let names = match &row.object {
            Some(object) => [&object.group, &object.kind, object.namespace.as_deref().unwrap_or_default(), &object.name],
            None => ["", "", "", ""],
        };
        let names = names.into_iter().map(|text| if text.is_empty() { String::new() } else { name(text) });
        let cells = row.cells.iter().map(|cell| cell.text().map(|text| csv(&text)).unwrap_or_default());
        out += &record(names.chain([name(&row.field)]).chain(cells));
    }
    out
}

fn record(fields: impl Iterator<Item = String>) -> String {
    fields.collect::<Vec<_>>().join(",") + "\r\n"
}

/// A name has no line breaks.
fn name(text: &str) -> String {
    csv(&line(text))
}
