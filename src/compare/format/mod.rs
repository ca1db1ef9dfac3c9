//! How a table is printed, one format a file.

mod cells;
mod csv;
mod html;
mod json;
mod markdown;
mod text;

use super::table::Table;

/// A format: its name, what it is for, and how a table is written in it.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The text of a table, in lines of so many characters where that can be done; `None` for any length.
    pub print: fn(&Table, Option<usize>) -> String,
}

/// All formats; the first one is the default.
pub const FORMATS: &[Format] = &[text::FORMAT, markdown::FORMAT, html::FORMAT, csv::FORMAT, json::FORMAT];

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// What is said below a table.
fn summary(table: &Table) -> String {
    let number = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match table.differences() {
        0 => format!("nothing differs in {} of {}", number(table.fields, "field"), number(table.objects, "object")),
        count => {
            let objects = number(table.differing_objects(), "object");
            format!("{} in {objects} of {}", number(count, "difference"), table.objects)
        }
    }
}
