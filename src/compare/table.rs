//! The table: rows of objects and fields, a cell for each environment.

/// What differs, or all that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the environments, as columns.
    pub environments: Vec<String>,
    /// The rows; those of one object stand together.
    pub rows: Vec<Row>,
    /// How many objects were looked at, each counted once.
    pub objects: usize,
    /// How many fields were looked at, whether or not they are shown.
    pub fields: usize,
}

/// A field of an object in every environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The object; `None` for what is said about the environment as a whole.
    pub object: Option<ObjectName>,
    /// The name that the view gives the field.
    pub field: String,
    /// One cell for each environment.
    pub cells: Vec<Cell>,
    /// Whether the environments differ here.
    pub differs: bool,
}

/// What an object is called, whatever the environments make of its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectName {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The name before prefixes, suffixes and hashes.
    pub name: String,
    /// The namespace, where several objects have the same name in one environment.
    pub namespace: Option<String>,
}

/// What an environment has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// The object is not there.
    NoObject,
    /// The object is there and says nothing about the field.
    NoField,
    /// A value.
    Value(String),
    /// A value that is not shown. Equal values of a row have the same number; 0 when they are all equal.
    Masked(usize),
}

impl Cell {
    /// The whole text; `None` where there is nothing.
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
    /// How many of the rows differ.
    pub fn differences(&self) -> usize {
        self.rows.iter().filter(|row| row.differs).count()
    }

    /// How many objects, or the environments as a whole, have a row that differs.
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
