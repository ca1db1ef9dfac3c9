//! What kyaml says about a node of the wrong kind, with the node.

use super::emit::emit;
use super::node::{Node, Value};

/// What kind of node was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A mapping.
    Mapping,
    /// A list.
    Sequence,
    /// A scalar.
    Scalar,
}

/// A node of the wrong kind in kyaml's words. Behavior: kyaml's `ErrorIfInvalid`.
pub fn wrong_kind(expected: Expected, found: &Node) -> String {
    let kind = match found.value() {
        Value::Scalar(_) => Expected::Scalar,
        Value::Sequence(_) => Expected::Sequence,
        Value::Mapping(_) => Expected::Mapping,
    };
    let text = if found.in_brackets() { format!("{}\n", in_brackets(found)) } else { printed(found) };
    format!("wrong node kind: expected {expected:?}Node but got {kind:?}Node: node contents:\n{text}")
}

fn printed(node: &Node) -> String {
    let mut text = String::new();
    // What can't be printed is left out.
    let _ = emit(node, &mut text);
    text
}

fn in_brackets(node: &Node) -> String {
    match node.value() {
        Value::Scalar(_) => printed(node).trim_end().to_owned(),
        Value::Sequence(items) => format!("[{}]", items.iter().map(in_brackets).collect::<Vec<_>>().join(", ")),
        Value::Mapping(mapping) => {
            let entries = mapping.iter().map(|entry| format!("{}: {}", entry.key.text, in_brackets(&entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}
