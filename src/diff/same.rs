//! Decides whether two values are equal. They are if kustomize prints them identically, apart from the order of entries. So
//! `0644` and `420` are the same number, and a date and its text are the same string.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::yaml::{Entry, Node, Scalar, Tag, Value, json};

/// Whether two values are equal.
pub fn same(a: &Node, b: &Node) -> bool {
    match (a.value(), b.value()) {
        (Value::Scalar(old), Value::Scalar(new)) => {
            same_scalar(old, new) || (old.tag != new.tag || old.tag != Tag::Str) && printed(a) == printed(b)
        }
        (Value::Sequence(a), Value::Sequence(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Mapping(a), Value::Mapping(b)) => {
            let in_order = || a.iter().zip(b).all(|(a, b)| a.key.text == b.key.text && same(&a.value, &b.value));
            let by_key = || a.iter().all(|entry| b.get(&entry.key.text).is_some_and(|value| same(value, &entry.value)));
            a.len() == b.len() && (in_order() || (!a.has_duplicate_keys() && !b.has_duplicate_keys() && by_key()))
        }
        _ => false,
    }
}

fn same_scalar(a: &Scalar, b: &Scalar) -> bool {
    (a.tag, &a.text) == (b.tag, &b.text)
}

/// The value as JSON, or its text if JSON can't represent it.
fn printed(node: &Node) -> String {
    let text = || node.as_scalar().map(|scalar| scalar.text.to_string()).unwrap_or_default();
    json::print(node, false).unwrap_or_else(text)
}

/// A hash that is equal for equal values.
pub fn hash(node: &Node) -> u64 {
    let mut hasher = FxHasher::default();
    match node.value() {
        Value::Scalar(scalar) if scalar.tag == Tag::Str => (0, scalar.text.as_str()).hash(&mut hasher),
        Value::Scalar(scalar) => match json::print(node, false) {
            Some(text) if scalar.tag == Tag::Timestamp => (0, text.trim_matches('"')).hash(&mut hasher),
            text => (1, text.as_deref().unwrap_or(&scalar.text)).hash(&mut hasher),
        },
        Value::Sequence(items) => {
            2.hash(&mut hasher);
            items.iter().for_each(|item| self::hash(item).hash(&mut hasher));
        }
        Value::Mapping(mapping) => {
            (3, mapping.iter().map(entry_hash).fold(0, u64::wrapping_add)).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// A hash that is equal for entries with the same key and equal values.
pub fn entry_hash(entry: &Entry) -> u64 {
    let mut hasher = FxHasher::default();
    (entry.key.text.as_str(), hash(&entry.value)).hash(&mut hasher);
    hasher.finish()
}
