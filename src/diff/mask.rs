//! Masks the values of Secrets: they are replaced with `***`, or with `*** (changed)` if they differ.

use super::model::{Change, Sided};
use super::path::Path;
use crate::resource::Gvk;
use crate::yaml::{Mapping, Node, Scalar, Value};

/// Replaces a value.
pub const MASK: &str = "***";
const CHANGED: &str = "*** (changed)";
/// An annotation that contains a copy of the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Whether objects of a kind contain secret values.
pub fn is_secret(gvk: &Gvk) -> bool {
    gvk.group.is_empty() && gvk.kind == "Secret"
}

/// Masks the values of a change in a Secret.
pub fn change(change: &mut Change) {
    let path = &change.path;
    let in_data = path.starts_with(&["data"]) || path.starts_with(&["stringData"]);
    let in_annotations =
        path.starts_with(&["metadata", "annotations"]) && matches!(path.last_field(), Some(LAST_APPLIED | "annotations"));
    if !in_data && !in_annotations {
        return;
    }
    let both = change.old.is_some() && change.new.is_some();
    let hide = |side: &mut Option<Sided>, mask: &str| {
        if let Some(side) = side {
            side.node = if in_data { masked(&side.node, mask) } else { annotations(&side.node, path, mask) };
        }
    };
    hide(&mut change.old, MASK);
    hide(&mut change.new, if both { CHANGED } else { MASK });
    change.inside = None;
    change.masked = true;
}

/// A Secret with masked values. Values that differ in `other` are marked.
pub fn object(node: &Node, other: Option<&Node>) -> Node {
    let Some(mapping) = node.as_mapping() else { return node.clone() };
    let entries = mapping.iter().map(|entry| {
        let mut entry = entry.clone();
        if matches!(entry.key.text.as_str(), "data" | "stringData") {
            let before = other.map(|other| other.get(&entry.key.text));
            entry.value = compared(&entry.value, before);
        } else if entry.key.text == "metadata"
            && let Some(found) = entry.value.get_mut("annotations")
        {
            *found = annotations(found, &Path::default(), MASK);
        }
        entry
    });
    let entries: Mapping = entries.collect();
    Node::read(Value::Mapping(entries), node.span(), node.origin())
}

/// The masked data. `before` is the data of the other side, if there is one.
fn compared(node: &Node, before: Option<Option<&Node>>) -> Node {
    let Some(mapping) = node.as_mapping() else { return masked(node, MASK) };
    let entries = mapping.iter().map(|entry| {
        let mut entry = entry.clone();
        let before = before.map(|before| before.and_then(|before| before.get(&entry.key.text)));
        let differs = matches!(before, Some(Some(before)) if !super::same::same(before, &entry.value));
        entry.value = masked(&entry.value, if differs { CHANGED } else { MASK });
        entry
    });
    Node::read(Value::Mapping(entries.collect()), node.span(), node.origin())
}

/// All annotations, or one of them, with the copy of the object masked.
fn annotations(node: &Node, path: &Path, mask: &str) -> Node {
    let Some(mapping) = node.as_mapping() else {
        return if path.last_field() == Some(LAST_APPLIED) { masked(node, mask) } else { node.clone() };
    };
    let entries = mapping.iter().map(|entry| {
        let mut entry = entry.clone();
        if entry.key.text == LAST_APPLIED {
            entry.value = masked(&entry.value, mask);
        }
        entry
    });
    Node::read(Value::Mapping(entries.collect()), node.span(), node.origin())
}

/// A value with all its scalars masked.
fn masked(node: &Node, mask: &str) -> Node {
    let value = match node.value() {
        Value::Scalar(_) => Value::Scalar(Scalar::string(mask)),
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| masked(item, mask)).collect()),
        Value::Mapping(mapping) => {
            let hide =
                |entry: &crate::yaml::Entry| crate::yaml::Entry { value: masked(&entry.value, mask), key: entry.key.clone() };
            Value::Mapping(mapping.iter().map(hide).collect())
        }
    };
    Node::read(value, node.span(), node.origin())
}
