//! The table: one row per object and field, one cell per environment.

/// The differences, or everything that was compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the environments, one per column.
    pub environments: Vec<String>,
    /// The rows, grouped by object.
    pub rows: Vec<Row>,
    /// The number of objects that were compared, each counted once.
    pub objects: usize,
    /// The number of fields that were compared, whether or not they are shown.
    pub fields: usize,
}

/// A field of an object in all environments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The object; `None` for facts about the environment as a whole.
    pub object: Option<ObjectName>,
    /// The field name used by the view.
    pub field: String,
    /// One cell per environment.
    pub cells: Vec<Cell>,
    /// Whether the environments differ in this row.
    pub differs: bool,
}

/// The name of an object, independent of the names that the environments give it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectName {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The name before prefixes, suffixes and hashes.
    pub name: String,
    /// The namespace, if several objects have the same name in one environment.
    pub namespace: Option<String>,
}

/// The contents of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// The environment does not have the object.
    NoObject,
    /// The object exists but does not set the field.
    NoField,
    /// A value.
    Value(String),
    /// A masked value. Equal values in a row have the same number, which is 0 if all values are equal.
    Masked(usize),
}

impl Cell {
    /// The whole text; `None` if there is no value.
    pub fn text(&self) -> Option<String> {
        match self {
            Cell::NoObject | Cell::NoField => None,
            Cell::Value(text) => Some(text.clone()),
            Cell::Masked(0) => Some("***".to_owned()),
            Cell::Masked(number) => Some(format!("*** ({number})")),
        }
    }
}

impl Table {
    /// The table with each of its texts changed, before a format wraps them.
    pub fn map(mut self, change: impl Fn(String) -> String) -> Table {
        let apply = |text: &mut String| *text = change(std::mem::take(text));
        for row in &mut self.rows {
            apply(&mut row.field);
            row.object.iter_mut().for_each(|object| apply(&mut object.name));
            row.cells.iter_mut().for_each(|cell| {
                if let Cell::Value(text) = cell {
                    apply(text);
                }
            });
        }
        self
    }

    /// The number of rows with differences.
    pub fn differences(&self) -> usize {
        self.rows.iter().filter(|row| row.differs).count()
    }

    /// The number of objects that have a row with differences.
    pub fn differing_objects(&self) -> usize {
        let mut objects: Vec<_> = self.rows.iter().filter(|row| row.differs).map(|row| &row.object).collect();
        objects.dedup();
        objects.iter().filter(|object| object.is_some()).count()
    }
}

impl std::fmt::Display for ObjectName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{}/{}/{}", self.kind, namespace, self.name),
            None => write!(f, "{}/{}", self.kind, self.name),
        }
    }
}
