//! JSON: an object with `environments` (a list of names), `objects` (the number of objects that were compared), and `rows`.
//! A row has:
//!
//! - `object`: `group` (empty for the core group), `kind`, `name`, and `namespace` if several objects have the same name; null
//!   for facts about an environment as a whole;
//! - `field` and `differs`;
//! - `values`: the complete value in each environment, by the name of the environment; null if there is no value;
//! - `absent`: the names of the environments that do not have the object; omitted if there are none.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{Format, Layout};
use crate::compare::table::{Cell, ObjectName, Row, Table};
use crate::escape;

/// For programs.
pub const FORMAT: Format =
    Format { name: "json", purpose: "For programs: environments, and rows with complete values", is_complete: true, print };

#[derive(Serialize)]
struct TableForm<'t> {
    environments: &'t [String],
    objects: usize,
    rows: Vec<RowForm<'t>>,
}

#[derive(Serialize)]
struct RowForm<'t> {
    object: Option<ObjectForm<'t>>,
    field: &'t str,
    differs: bool,
    values: Values<'t>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    absent: Vec<&'t str>,
}

#[derive(Serialize)]
struct ObjectForm<'t> {
    group: &'t str,
    kind: &'t str,
    name: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'t str>,
}

/// Values in the order of the environments.
struct Values<'t>(&'t [String], &'t [Cell]);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, cell) in self.0.iter().zip(self.1) {
            map.serialize_entry(name, &cell.text())?;
        }
        map.end()
    }
}

fn print(table: &Table, _: &Layout) -> String {
    let rows = table.rows.iter().map(|row| row_form(row, &table.environments)).collect();
    let form = TableForm { environments: &table.environments, objects: table.objects, rows };
    // Strings and lists of strings can always be serialized.
    escape::json(&serde_json::to_string_pretty(&form).unwrap_or_default()).into_owned() + "\n"
}

fn row_form<'t>(row: &'t Row, environments: &'t [String]) -> RowForm<'t> {
    let lacks = environments.iter().zip(&row.cells).filter(|(_, cell)| **cell == Cell::NoObject);
    RowForm {
        object: row.object.as_ref().map(object_form),
        field: &row.field,
        differs: row.differs,
        values: Values(environments, &row.cells),
        absent: lacks.map(|(name, _)| name.as_str()).collect(),
    }
}

fn object_form(object: &ObjectName) -> ObjectForm<'_> {
    let ObjectName { group, kind, name, namespace } = object;
    ObjectForm { group, kind, name, namespace: namespace.as_deref() }
}
