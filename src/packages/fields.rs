//! Fields of nodes, with kyaml's errors for nodes of another kind. Behavior: `fns.go` in kyaml.

use anyhow::anyhow;

use crate::go_yaml::{Kind, Node, Printer};

/// Refuses a node of another kind; null passes.
pub(super) fn check_kind(node: &Node, kind: Kind) -> anyhow::Result<()> {
    if node.is_null() || node.kind == kind {
        return Ok(());
    }
    Err(anyhow!(
        "wrong node kind: expected {} but got {}: node contents:\n{}",
        kind_name(kind),
        kind_name(node.kind),
        Printer::text_of(node)
    ))
}

/// The name of a kind in kyaml's messages.
pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Document => "DocumentNode",
        Kind::Sequence => "SequenceNode",
        Kind::Mapping => "MappingNode",
        Kind::Scalar => "ScalarNode",
        Kind::Alias => "AliasNode",
    }
}

/// The value of a field; `None` if it is not there, or the node is null.
///
/// # Errors
/// The node is not a mapping.
pub(super) fn get<'n>(node: &'n Node, name: &str) -> anyhow::Result<Option<&'n Node>> {
    if node.is_null() {
        return Ok(None);
    }
    check_kind(node, Kind::Mapping)?;
    Ok(node.position(name).map(|at| &node.content[at]))
}

/// The value of a field of a field, and so on.
///
/// # Errors
/// A node on the way is not a mapping.
pub(super) fn lookup<'n>(node: &'n Node, path: &[&str]) -> anyhow::Result<Option<&'n Node>> {
    let mut found = node.root();
    for name in path {
        match get(found, name)? {
            Some(next) => found = next,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// As [`lookup`], to change it.
///
/// # Errors
/// A node on the way is not a mapping.
pub(super) fn lookup_mut<'n>(node: &'n mut Node, path: &[&str]) -> anyhow::Result<Option<&'n mut Node>> {
    let mut found = node.root_mut();
    for name in path {
        match get(found, name)?.and(found.position(name)) {
            Some(at) => found = &mut found.content[at],
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// Removes a field; with `if_empty`, only if it has no content.
///
/// # Errors
/// The node is not a mapping.
pub(super) fn clear(node: &mut Node, name: &str, if_empty: bool) -> anyhow::Result<()> {
    check_kind(node, Kind::Mapping)?;
    let found = node.pairs().position(|(key, value)| key.value == name && (!if_empty || value.content.is_empty()));
    if let Some(pair) = found {
        node.content.drain(2 * pair..2 * pair + 2);
    }
    Ok(())
}

/// A field that must be there; it is created with the value if it is not.
///
/// # Errors
/// The node is not a mapping.
pub(super) fn get_or_create<'n>(node: &'n mut Node, name: &str, value: Node) -> anyhow::Result<Option<&'n mut Node>> {
    if node.is_null() {
        return Ok(None);
    }
    check_kind(node, Kind::Mapping)?;
    let at = match node.position(name) {
        Some(at) => at,
        None => {
            node.content.push(Node::scalar(name));
            node.content.push(value);
            node.content.len() - 1
        }
    };
    Ok(node.content.get_mut(at))
}

/// Sets a field to a scalar. One that is there keeps its style.
///
/// # Errors
/// The node is not a mapping.
pub(super) fn set(node: &mut Node, name: &str, value: Node) -> anyhow::Result<()> {
    check_kind(node, Kind::Mapping)?;
    match node.position(name).filter(|_| !node.is_null()) {
        Some(at) => node.content[at] = Node { style: node.content[at].style, ..value },
        None => node.content.extend([Node::scalar(name), value]),
    }
    Ok(())
}

/// Whether a node says nothing.
pub(super) fn is_empty(node: &Node) -> bool {
    let is_collection = matches!(node.kind, Kind::Mapping | Kind::Sequence);
    node.is_null() || is_collection && node.content.is_empty()
}

/// The value of a field that says something; `None` for nodes that are not mappings.
pub(super) fn filled<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    if node.kind != Kind::Mapping {
        return None;
    }
    node.position(name).map(|at| &node.content[at]).filter(|value| !is_empty(value))
}

/// The text of a node; empty for null.
pub(super) fn text(node: &Node) -> &str {
    if node.is_null() { "" } else { &node.value }
}
