//! The data that a view extracts: a field of an object with its value.

/// A field of an object with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The name of the field. Facts with the same name share a row.
    pub field: String,
    /// The value to show.
    pub text: String,
    /// The value in a normalized form, which is equal for values with the same meaning.
    pub same: String,
    /// Whether the value is confidential.
    pub secret: bool,
    /// Whether to show the value even if the environments that have the object agree and the others do not have it.
    pub essential: bool,
    /// The items of a list of strings.
    pub items: Vec<String>,
}

impl Fact {
    /// A value that is compared as it is shown.
    pub(in crate::compare) fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Fact { field: field.into(), same: text.clone(), text, secret: false, essential: false, items: Vec::new() }
    }

    /// Sets the normalized form of the value.
    pub(in crate::compare) fn meaning(self, same: impl Into<String>) -> Self {
        Fact { same: same.into(), ..self }
    }

    /// Sets the items of a list.
    pub(super) fn items<'t>(self, items: impl Iterator<Item = &'t str>) -> Self {
        Fact { items: items.map(str::to_owned).collect(), ..self }
    }

    /// Marks a value that is essential to the purpose of the object.
    pub(super) fn essential(self) -> Self {
        Fact { essential: true, ..self }
    }
}
