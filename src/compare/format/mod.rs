//! The output formats of a table, one file each.

mod cells;
mod csv;
mod html;
mod json;
mod markdown;
mod text;

use super::table::Table;

/// An output format: its name, its purpose, and the function that prints a table.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// The description in `--help`.
    pub purpose: &'static str,
    /// Formats a table. The lines have at most the given number of characters if possible; `None` means no limit.
    pub print: fn(&Table, Option<usize>) -> String,
}

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[text::FORMAT, markdown::FORMAT, html::FORMAT, csv::FORMAT, json::FORMAT];

/// The format with this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The summary below a table.
fn summary(table: &Table) -> String {
    let number = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match table.differences() {
        0 => format!("no differences in {} of {}", number(table.fields, "field"), number(table.objects, "object")),
        count => {
            let objects = number(table.objects, "object");
            format!("{} in {} of {objects}", number(count, "difference"), table.differing_objects())
        }
    }
}
