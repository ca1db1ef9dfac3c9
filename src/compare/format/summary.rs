//! The summary below a table.

use crate::compare::table::Table;

/// The summary below a table.
pub fn summary(table: &Table) -> String {
    let number = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match table.differences() {
        0 => format!("no differences in {} of {}", number(table.fields, "field"), number(table.objects, "object")),
        count => {
            let objects = number(table.objects, "object");
            format!("{} in {} of {objects}", number(count, "difference"), table.differing_objects())
        }
    }
}
