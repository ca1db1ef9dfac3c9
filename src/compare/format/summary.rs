//! The summary line below a table.

use crate::compare::table::Table;

/// What is said below a table.
pub fn summary(table: &Table) -> String {
    let number = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match table.differences() {
        0 => format!("nothing differs in {} of {}", number(table.fields, "field"), number(table.objects, "object")),
        count => {
            let objects = number(table.differing_objects(), "object");
            format!("{} in {objects} of {}", number(count, "difference"), table.objects)
        }
    }
}
