//! Views: the facts that the table shows about an object. There is one file per view, and the first view is the default.

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

/// A view: its name, its purpose, and the facts it extracts.
pub struct View {
    /// The name on the command line.
    pub name: &'static str,
    /// The description in `--help`.
    pub purpose: &'static str,
    /// Extracts facts about an object, in the order of the rows.
    pub facts: fn(&Resource, &Surroundings) -> Vec<Fact>,
    /// Extracts facts about an environment as a whole.
    pub whole: fn(&ResMap) -> Vec<Fact>,
    /// Whether the view reports that an object of a kind is missing in some environments.
    pub shows_presence: fn(&str) -> bool,
}

/// All views; the first one is the default.
pub const VIEWS: &[View] = &[operators::VIEW, every_field::VIEW];

/// The view with this name.
pub fn view(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == name)
}

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
}

impl Fact {
    /// A value that is compared as it is shown.
    pub(super) fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Fact { field: field.into(), same: text.clone(), text, secret: false, essential: false }
    }

    /// Sets the normalized form of the value.
    fn meaning(self, same: impl Into<String>) -> Self {
        Fact { same: same.into(), ..self }
    }

    /// Marks a value that is essential to the purpose of the object.
    fn essential(self) -> Self {
        Fact { essential: true, ..self }
    }
}

/// The text of the scalar at a path; `None` for null, lists, and mappings.
fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.at_path(path).filter(|value| !value.is_null())?.as_scalar().map(|scalar| scalar.text.as_str())
}

/// The items of the list at a path.
fn items<'n>(node: &'n Node, path: &[&str]) -> &'n [Node] {
    node.at_path(path).and_then(Node::as_sequence).unwrap_or_default()
}

/// The entries of the mapping at a path: keys and values.
fn entries<'n>(node: &'n Node, path: &[&str]) -> impl Iterator<Item = (&'n str, &'n Node)> + use<'n> {
    let mapping = node.at_path(path).and_then(Node::as_mapping);
    mapping.into_iter().flatten().map(|entry| (entry.key.text.as_str(), &entry.value))
}
