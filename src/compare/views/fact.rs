//! What a view says: a field of an object and its value.

/// A field of an object and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What the field is called. Facts of one name stand in one row.
    pub field: String,
    /// The value, as it is shown.
    pub text: String,
    /// What two values have in common that mean the same.
    pub same: String,
    /// Whether the value belongs to nobody else.
    pub secret: bool,
    /// Whether the value is told, too, where other environments lack the object and those that have it agree.
    pub telling: bool,
}

impl Fact {
    /// A value that means what it says.
    pub(in crate::compare) fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Fact { field: field.into(), same: text.clone(), text, secret: false, telling: false }
    }

    /// A value that means the same as others that are written otherwise.
    pub(super) fn meaning(self, same: impl Into<String>) -> Self {
        Fact { same: same.into(), ..self }
    }

    /// A value that says what an object is there for.
    pub(super) fn telling(self) -> Self {
        Fact { telling: true, ..self }
    }
}
