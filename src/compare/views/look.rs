//! Values at paths, for views.

use crate::yaml::Node;

/// The text of the scalar at a path; `None` for null, lists, and mappings.
pub fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.at_path(path).filter(|value| !value.is_null())?.as_scalar().map(|scalar| scalar.text.as_str())
}

/// The items of the list at a path.
pub fn items<'n>(node: &'n Node, path: &[&str]) -> &'n [Node] {
    node.at_path(path).and_then(Node::as_sequence).unwrap_or_default()
}

/// The entries of the mapping at a path: keys and values.
pub fn entries<'n>(node: &'n Node, path: &[&str]) -> impl Iterator<Item = (&'n str, &'n Node)> + use<'n> {
    let mapping = node.at_path(path).and_then(Node::as_mapping);
    mapping.into_iter().flatten().map(|entry| (entry.key.text.as_str(), &entry.value))
}
