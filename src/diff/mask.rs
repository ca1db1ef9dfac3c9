//! Masks the values of Secrets: they are replaced with `***`, or with `*** (changed)` if they differ.
//!
//! In a Secret, everything is masked except its apiVersion, kind, type, name, and namespace; in other objects, the values that
//! were copied from a Secret.

use super::encrypted;
use super::model::{Change, Inside, Sided};
use super::path::{Path, Step};
use crate::confidential::{Copies, is_public};
pub use crate::confidential::{is_secret, masked};
pub use crate::secret_values::MASK;
use crate::yaml::{Entry, Mapping, Node, Value};

const CHANGED: &str = "*** (changed)";

/// Masks the values of a change in a Secret.
pub fn change(change: &mut Change) {
    let keys = keys(&change.path);
    if is_public(&keys) {
        return;
    }
    let both = change.old.is_some() && change.new.is_some();
    let hide = |side: &mut Option<Sided>, mask: &str| {
        if let Some(side) = side {
            side.node = at(&side.node, &keys, mask);
        }
    };
    hide(&mut change.old, MASK);
    hide(&mut change.new, if both { CHANGED } else { MASK });
    // Inside a document that SOPS encrypted, the keys are public.
    change.inside = change.inside.take().filter(|inside| matches!(inside, Inside::Document { .. }));
    if let Some(Inside::Document { changes, .. }) = &mut change.inside {
        encrypted::mask_others(changes, hide_both);
    }
    change.masked = true;
}

/// Masks all values of a change.
fn hide_both(change: &mut Change) {
    let both = change.old.is_some() && change.new.is_some();
    for (side, mask) in [(&mut change.old, MASK), (&mut change.new, if both { CHANGED } else { MASK })] {
        if let Some(side) = side {
            side.node = masked(&side.node, mask);
        }
    }
    (change.inside, change.masked) = (None, true);
}

/// Masks the values in a change that are copies of secret values on their side.
pub fn copies(change: &mut Change, sides: &[Copies<'_>; 2]) {
    let both = change.old.is_some() && change.new.is_some();
    let copies = |side: &Option<Sided>, copies: &Copies<'_>| side.as_ref().and_then(|side| copies.masked(&side.node));
    let found = [copies(&change.old, &sides[0]), copies(&change.new, &sides[1])];
    if found.iter().all(Option::is_none) {
        return;
    }
    let [old, new] = found;
    for (side, found, mask) in [(&mut change.old, old, MASK), (&mut change.new, new, if both { CHANGED } else { MASK })] {
        let Some(side) = side else { continue };
        // The other side of a copy was probably copied, too: a rendered file has no origins.
        side.node = match found {
            Some(node) if node.as_scalar().is_none() => node,
            None if side.node.as_scalar().is_none() => side.node.clone(),
            _ => masked(&side.node, mask),
        };
    }
    change.inside = None;
    change.masked = true;
}

/// Masks keys that are secret values, such as a line of an env file without `=`.
pub fn keys_of_change(change: &mut Change, sides: &[Copies<'_>; 2]) {
    for step in &mut change.path.0 {
        if let Step::Field(key) = step
            && is_value(key, sides)
        {
            *key = MASK.into();
            change.masked = true;
        }
    }
    for side in [&mut change.old, &mut change.new].into_iter().flatten() {
        if let Some(node) = keys_of(&side.node, sides) {
            side.node = node;
            change.masked = true;
        }
    }
}

/// A node without keys that are secret values; `None` if there are none.
pub fn keys_of(node: &Node, sides: &[Copies<'_>; 2]) -> Option<Node> {
    if sides.iter().all(Copies::is_empty) || node.as_scalar().is_some() {
        return None;
    }
    let mut found = false;
    let mut inner = |node: &Node| match keys_of(node, sides) {
        Some(node) => {
            found = true;
            node
        }
        None => node.clone(),
    };
    let value = match node.value() {
        Value::Scalar(_) => return None,
        Value::Sequence(items) => Value::Sequence(items.iter().map(&mut inner).collect()),
        Value::Mapping(mapping) => {
            let mut entries: Vec<Entry> =
                mapping.iter().map(|entry| Entry { key: entry.key, value: inner(&entry.value) }).collect();
            for entry in entries.iter_mut().filter(|entry| is_value(&entry.key.text, sides)) {
                entry.key = entry.key.renamed(MASK);
                found = true;
            }
            Value::Mapping(entries.into_iter().collect())
        }
    };
    found.then(|| Node::read(value, node.span(), node.origin()))
}

fn is_value(key: &str, sides: &[Copies<'_>; 2]) -> bool {
    sides.iter().any(|copies| copies.are_in(key))
}

/// The keys at the start of a path.
fn keys(path: &Path) -> Vec<&str> {
    let field = |step: &'_ Step| match step {
        Step::Field(key) => Some(key.as_str().len()),
        _ => None,
    };
    let count = path.0.iter().map_while(field).count().min(2);
    path.0[..count].iter().filter_map(|step| if let Step::Field(key) = step { Some(key.as_str()) } else { None }).collect()
}

/// The masked value at a path of a Secret; parts of `metadata` that are not secret stay.
fn at(node: &Node, keys: &[&str], mask: &str) -> Node {
    match (keys, node.as_mapping()) {
        ([] | ["metadata"], Some(mapping)) => {
            let entries = mapping.iter().map(|entry| {
                let path: Vec<&str> = keys.iter().copied().chain([entry.key.text.as_str()]).collect();
                let value = if is_public(&path) { entry.value.clone() } else { at(&entry.value, &path, mask) };
                Entry { value, key: entry.key }
            });
            Node::read(Value::Mapping(entries.collect()), node.span(), node.origin())
        }
        _ => masked(node, mask),
    }
}

/// A Secret with masked values. Values that differ in `other` are marked.
pub fn object(node: &Node, other: Option<&Node>) -> Node {
    let Some(mapping) = node.as_mapping() else { return node.clone() };
    let entries = mapping.iter().map(|entry| {
        let mut entry = entry.clone();
        let key = entry.key.text.as_str();
        if matches!(key, "data" | "stringData") {
            let before = other.map(|other| other.get(key));
            entry.value = compared(&entry.value, before);
        } else if !is_public(&[key]) {
            entry.value = at(&entry.value, &[key], MASK);
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
