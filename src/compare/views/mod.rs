//! What is said about an object: one view a file, the first one is the default.

mod around;
mod every_field;
mod network;
mod operators;
mod scale;
mod settings;
mod storage;
mod workloads;

use crate::resource::{ResMap, Resource};
use crate::yaml::Node;

pub use around::Surroundings;

/// A view: its name, what it is for, and what it says.
pub struct View {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// What it says about an object, in the order of the rows.
    pub facts: fn(&Resource, &Surroundings) -> Vec<Fact>,
    /// What it says about an environment as a whole.
    pub whole: fn(&ResMap) -> Vec<Fact>,
    /// Whether it says that objects of a kind are not in every environment.
    pub tells_presence: fn(&str) -> bool,
}

/// All views; the first one is the default.
pub const VIEWS: &[View] = &[operators::VIEW, every_field::VIEW];

/// The view of a name.
pub fn view(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == name)
}

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
    pub(super) fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Fact { field: field.into(), same: text.clone(), text, secret: false, telling: false }
    }

    /// A value that means the same as others that are written otherwise.
    fn meaning(self, same: impl Into<String>) -> Self {
        Fact { same: same.into(), ..self }
    }

    /// A value that says what an object is there for.
    fn telling(self) -> Self {
        Fact { telling: true, ..self }
    }
}

/// The text of a scalar at a path; `None` for null, lists and mappings.
fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.at_path(path).filter(|value| !value.is_null())?.as_scalar().map(|scalar| scalar.text.as_str())
}

/// The elements of a list at a path.
fn items<'n>(node: &'n Node, path: &[&str]) -> &'n [Node] {
    node.at_path(path).and_then(Node::as_sequence).unwrap_or_default()
}

/// The entries of a mapping at a path: keys and values.
fn entries<'n>(node: &'n Node, path: &[&str]) -> impl Iterator<Item = (&'n str, &'n Node)> + use<'n> {
    let mapping = node.at_path(path).and_then(Node::as_mapping);
    mapping.into_iter().flatten().map(|entry| (entry.key.text.as_str(), &entry.value))
}
