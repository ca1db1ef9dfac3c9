//! Annotations of objects. Behavior: `kfns.go` in kyaml.

use super::fields;
use crate::go_yaml::{Node, Style};

const ANNOTATIONS: [&str; 2] = ["metadata", "annotations"];

/// An annotation; `None` if there is none.
///
/// # Errors
/// A node on the way is not a mapping.
pub(super) fn get<'n>(node: &'n Node, key: &str) -> anyhow::Result<Option<&'n Node>> {
    fields::lookup(node, &[ANNOTATIONS[0], ANNOTATIONS[1], key])
}

/// Sets an annotation. A new one is in single quotes.
///
/// # Errors
/// A node on the way is not a mapping.
pub(super) fn set(node: &mut Node, key: &str, value: &str) -> anyhow::Result<()> {
    clear_empty(node)?;
    let value = Node { tag: "!!str".to_owned(), style: Style::SINGLE_QUOTED, ..Node::scalar(value) };
    let Some(metadata) = fields::get_or_create(node.root_mut(), ANNOTATIONS[0], Node::mapping())? else { return Ok(()) };
    let Some(annotations) = fields::get_or_create(metadata, ANNOTATIONS[1], Node::mapping())? else { return Ok(()) };
    fields::set(annotations, key, value)
}

/// Removes an annotation.
///
/// # Errors
/// A node on the way is not a mapping.
pub(super) fn clear(node: &mut Node, key: &str) -> anyhow::Result<()> {
    match fields::lookup_mut(node, &ANNOTATIONS)? {
        Some(annotations) => fields::clear(annotations, key, false),
        None => Ok(()),
    }
}

/// Removes `annotations` and `metadata` if they are empty.
///
/// # Errors
/// A node on the way is not a mapping.
pub(super) fn clear_empty(node: &mut Node) -> anyhow::Result<()> {
    if let Some(metadata) = fields::lookup_mut(node, &ANNOTATIONS[..1])? {
        fields::clear(metadata, ANNOTATIONS[1], true)?;
    }
    fields::clear(node.root_mut(), ANNOTATIONS[0], true)
}
