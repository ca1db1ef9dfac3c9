//! The rows of a table under headings: one per object, and one for objects that are only missing.

use std::borrow::Cow;

use crate::compare::table::{Row, Table};

/// Rows under one heading.
pub struct Section<'t> {
    /// The heading.
    pub title: String,
    /// The rows.
    pub rows: &'t [Row],
    /// Whether each row is an object.
    is_list: bool,
}

impl<'t> Section<'t> {
    /// What a row is about.
    pub fn label(&self, row: &'t Row) -> Cow<'t, str> {
        match row.object.as_ref().filter(|_| self.is_list) {
            Some(object) => object.to_string().into(),
            None => row.field.as_str().into(),
        }
    }
}

/// The rows in sections. Several objects in a row that are only missing share one.
pub fn sections(table: &Table) -> Vec<Section<'_>> {
    let groups: Vec<&[Row]> = table.rows.chunk_by(|a, b| a.object == b.object).collect();
    let is_only_missing = |rows: &[Row]| matches!(rows, [row] if row.field == "present" && row.object.is_some());
    let mut sections = Vec::new();
    let mut start = 0;
    for run in groups.chunk_by(|a, b| is_only_missing(a) && is_only_missing(b)) {
        let end = start + run.iter().map(|rows| rows.len()).sum::<usize>();
        let rows = table.rows.get(start..end).unwrap_or_default();
        start = end;
        let is_list = run.len() > 1;
        let object = rows.first().and_then(|row| row.object.as_ref());
        let title = match object {
            _ if is_list => "Objects that are not in every environment".to_owned(),
            Some(object) => object.to_string(),
            None => "All objects".to_owned(),
        };
        sections.push(Section { title, rows, is_list });
    }
    sections
}
