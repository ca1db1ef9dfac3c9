//! Prints lines next to the locations and steps that wrote them, in columns.

use std::borrow::Cow;

use crate::escape::{line, own_line};

/// Rows of location, step and line.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 3]>,
}

/// Escape sequences around the columns next to the text, on a terminal.
const FAINT: [&str; 2] = ["\x1b[2m", "\x1b[0m"];

impl Table {
    /// Adds a row.
    pub fn add(&mut self, place: String, step: String, text: String) {
        self.rows.push([own_line(&place), line(&step), line(&text)].map(Cow::into_owned));
    }

    /// Adds the rows of another table.
    pub fn append(&mut self, other: Table) {
        self.rows.extend(other.rows);
    }

    /// The rows as text: columns as wide as their widest cell, a bar, and the line.
    pub fn print(&self, colored: bool) -> String {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (places, steps) = (width(0), width(1));
        let [on, off] = if colored { FAINT } else { [""; 2] };
        let rows = self.rows.iter().map(|[place, step, line]| {
            let gap = if line.is_empty() { "" } else { " " };
            format!("{on}{place:places$}  {step:steps$} |{off}{gap}{line}\n")
        });
        rows.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::default();
        table.add("ä.yaml:1:2".into(), "base: resources[0]".into(), "a: |".into());
        table.add("long.yaml:10:2".into(), "vars".into(), String::new());
        let plain = "ä.yaml:1:2      base: resources[0] | a: |\nlong.yaml:10:2  vars               |\n";
        assert_eq!(table.print(false), plain);
        let colored = table.print(true);
        assert!(colored.starts_with("\x1b[2mä.yaml") && colored.contains(" |\x1b[0m a: |\n"), "{colored}");
        assert_eq!(colored.replace(FAINT[0], "").replace(FAINT[1], ""), plain);
    }
}
