//! Merges lists by the keys of their items.
//!
//! The patch's items come first, in the patch's order, then the rest of the target's. If an item lacks one of
//! several keys (a container port without protocol), kyaml treats the key as a wildcard, in its own peculiar way; this
//! follows `walk/associative_sequence.go` step by step, because the output depends on it byte for byte.

use std::collections::BTreeSet;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::keyed_list::{KeyedList, is_empty, text, wrong_element};
use super::pass::{DIRECTIVE, Pair, Pass, Walked};
use super::remarks;
use crate::diagnostic::Diagnostic;
use crate::schema::MergeType;
use crate::yaml::provenance::Edit;
use crate::yaml::{Key, Node, Scalar, Value};

/// The two lists and how they merge.
pub(super) struct ListMerge<'s> {
    /// The items of the object.
    pub target: Vec<Node>,
    /// The items of the patch; `None` if it does not contain the list.
    pub patch: Option<Vec<Node>>,
    /// The schema of the list.
    pub schema: MergeType<'s>,
    /// Whether the target's items come from the patch, because the list is new.
    pub adopting: bool,
}

type Values = Vec<EcoString>;

/// Merges two lists by their keys; lists of scalars by their text.
pub(super) fn merge_keyed<'s>(list: ListMerge<'s>, pass: &mut Pass<'_, '_, 's>) -> Result<Vec<Node>, Diagnostic> {
    let ListMerge { target, patch: named_list, schema, adopting } = list;
    let has_patch = named_list.is_some();
    let patch = named_list.unwrap_or_default();
    let mut keys: Vec<&str> = schema.merge_keys();
    let scalars = keys.is_empty();
    if scalars {
        keys.push("");
    }
    let mut rows = key_values(&patch, &target, &keys);
    if keys.len() > 1 {
        join_wildcards(&mut rows);
    }
    let (before, all) = if has_patch { (target.clone(), patch.clone()) } else { Default::default() };
    let (mut taken, mut new) = (FxHashSet::default(), Vec::new());
    let (mut target, mut patch) = (KeyedList::new(target, &keys), KeyedList::new(patch, &keys));
    let mut merged = KeyedList::new(Vec::new(), &keys);
    let valid = with_values(&rows, keys.len());
    let row_keys = used_keys(&valid, &keys);
    for row in &rows {
        let row_values = used_values(&valid, row);
        let own = with_values(std::slice::from_ref(&row_values), row_keys.len());
        let (find_keys, find_values) = (used_keys(&own, &row_keys), used_values(&own, &row_values));
        let at = target.position(&find_keys, &find_values);
        let old = at.and_then(|at| target.get(at)).cloned();
        let place = patch.position(&find_keys, &find_values);
        let named = place.and_then(|place| patch.get(place)).cloned();
        let found = old.clone();
        let walked = if adopting {
            old.map_or_else(|| Ok(Walked::default()), |old| pass.own_element(old, schema.items()))?
        } else {
            let walked = pass.walk(Pair { target: old, patch: named.clone(), schema: schema.items() })?;
            if let Some(element) = place.and_then(|place| patch.get_mut(place)) {
                drop_directive(element);
            }
            walked
        };
        if let Some(element) = &named {
            taken.insert(element.span());
            match &found {
                Some(found) => _ = taken.insert(found.span()),
                None => new.push(element.clone()),
            }
        }
        let Some(mut node) = walked.node.filter(|node| !is_empty(node)) else {
            target.set_element(&row_keys, &row_values, None)?;
            continue;
        };
        if let Some(found) = found.filter(|_| !adopting) {
            keep_keys(&mut node, &found, &keys);
        }
        if !scalars {
            complete(&mut node, &row_keys, &row_values, pass.edit);
        }
        if let Some(at) = at.filter(|_| !walked.from_patch || adopting || node.as_scalar().is_some()) {
            target.set(at, Some(node.clone()));
        }
        merged.set_element(&row_keys, &row_values, Some(node))?;
    }
    if rows.is_empty() {
        return Ok(target.into_items());
    }
    append(&mut merged, target.into_items(), &row_keys)?;
    let merged = merged.into_items();
    if !scalars {
        pass.remarks.extend(remarks::near_misses(&new, keys[0], &all, &before));
        pass.remarks.extend(remarks::lost([&before, &all], &taken, &merged, &keys));
    }
    Ok(merged)
}

/// kyaml removes a directive where it finds it: if two rows match the item, the second one merges.
fn drop_directive(element: &mut Node) {
    if element.get(DIRECTIVE).is_some()
        && let Some(mapping) = element.as_mapping_mut()
    {
        mapping.remove(DIRECTIVE);
    }
}

/// The key values of all items, the patch's first, each combination once.
fn key_values(patch: &[Node], target: &[Node], keys: &[&str]) -> Vec<Values> {
    let mut seen = FxHashSet::default();
    let mut rows = Vec::new();
    for element in patch.iter().chain(target) {
        let row: Values = keys.iter().map(|key| key_value(element, key)).collect();
        if seen.insert(row.clone()) {
            rows.push(row);
        }
    }
    rows
}

fn key_value(element: &Node, key: &str) -> EcoString {
    let field = if key.is_empty() { Some(element) } else { element.get(key) };
    let scalar = field.and_then(Node::as_scalar);
    scalar
        .filter(|_| key.is_empty() || field.is_some_and(|field| !field.is_null()))
        .map(|scalar| scalar.text.clone())
        .unwrap_or_default()
}

/// Fills the gaps of combinations that agree wherever both have a value.
fn join_wildcards(rows: &mut [Values]) {
    let mut index: FxHashMap<(usize, EcoString), BTreeSet<usize>> = FxHashMap::default();
    let enter = |index: &mut FxHashMap<(usize, EcoString), BTreeSet<usize>>, at: usize, row: &Values| {
        for (place, value) in row.iter().enumerate() {
            index.entry((place, value.clone())).or_default().insert(at);
        }
    };
    rows.iter().enumerate().for_each(|(at, row)| enter(&mut index, at, row));
    for i in 0..rows.len() {
        let first = rows[i].clone();
        // What agrees with a value is equal to it or empty; the value that the fewest rows agree with is looked up.
        let at = |place: usize, value: &EcoString| index.get(&(place, value.clone())).into_iter().flatten().copied();
        let count = |place: usize, value: &EcoString| index.get(&(place, value.clone())).map_or(0, BTreeSet::len);
        let values = first.iter().enumerate().filter(|(_, value)| !value.is_empty());
        let rare = values.min_by_key(|(place, value)| count(*place, value) + count(*place, &EcoString::new()));
        let others: BTreeSet<usize> = match rare {
            Some((place, value)) => at(place, value).chain(at(place, &EcoString::new())).collect(),
            None => (0..rows.len()).collect(),
        };
        for j in others {
            if let Some(joined) = joined(&first, &rows[j]) {
                if rows[j] != joined {
                    enter(&mut index, j, &joined);
                }
                if rows[i] != joined {
                    enter(&mut index, i, &joined);
                }
                rows[i] = joined.clone();
                rows[j] = joined;
            }
        }
    }
}

fn joined(a: &Values, b: &Values) -> Option<Values> {
    let common = a.iter().zip(b).any(|(a, b)| a == b);
    let agree = a.iter().zip(b).all(|(a, b)| a == b || a.is_empty() || b.is_empty());
    (common && agree).then(|| a.iter().zip(b).map(|(a, b)| if a.is_empty() { b.clone() } else { a.clone() }).collect())
}

/// The keys that any row has a value for; all, if there are none.
fn with_values(rows: &[Values], keys: usize) -> Vec<bool> {
    let has_value = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|value| !value.is_empty()));
    let valid: Vec<bool> = (0..keys).map(has_value).collect();
    if valid.contains(&true) { valid } else { vec![true; keys] }
}

fn used_keys<'k>(valid: &[bool], keys: &[&'k str]) -> Vec<&'k str> {
    keys.iter().zip(valid).filter(|(_, valid)| **valid).map(|(key, _)| *key).collect()
}

fn used_values(valid: &[bool], row: &Values) -> Values {
    row.iter().zip(valid).filter(|(_, valid)| **valid).map(|(value, _)| value.clone()).collect()
}

/// The keys of a patch only select the item, so the patch does not write them. In a list of scalars, an item is its own
/// key.
fn keep_keys(node: &mut Node, old: &Node, keys: &[&str]) {
    for key in keys {
        let before = if key.is_empty() { Some(old) } else { old.get(key) };
        let Some(before) = before.filter(|before| before.as_scalar().is_some()) else { continue };
        let after = if key.is_empty() { Some(&*node) } else { node.get(key) };
        if after.is_none_or(|after| after.origin() == before.origin() || text(after) != text(before)) {
            continue;
        }
        let after = if key.is_empty() { Some(&mut *node) } else { node.get_mut(key) };
        after.into_iter().for_each(|after| after.stay(before));
    }
}

/// Adds the keys that an item was found by.
fn complete(node: &mut Node, keys: &[&str], values: &[EcoString], edit: &mut Edit<'_>) {
    for (key, value) in keys.iter().zip(values) {
        if node.get(key).is_none() && !value.is_empty() {
            let new = Node::new(Value::Scalar(Scalar::plain(value.clone())), edit);
            let span = edit.span();
            if let Some(mapping) = node.as_mapping_mut() {
                mapping.push(Key::new(*key, span), new);
            }
        }
    }
}

/// Appends the items of `list` to `merged`, each replacing an item with the same key.
fn append(merged: &mut KeyedList<'_>, list: Vec<Node>, keys: &[&str]) -> Result<(), Diagnostic> {
    for item in list {
        if keys.first() == Some(&"") {
            let value = text(&item).into();
            merged.set_element(&[""], &[value], Some(item))?;
            continue;
        }
        if !is_empty(&item) && item.as_mapping().is_none() {
            return Err(wrong_element(&item, keys.first().unwrap_or(&"")));
        }
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            match item.get(key) {
                Some(field) => values.push(text(field).into()),
                None => merged.push(item.clone()),
            }
        }
        if keys.len() > 1 {
            merged.set_element(keys, &values, None)?;
        }
        merged.set_element(keys, &values, Some(item))?;
    }
    Ok(())
}

/// Whether merging the list with nothing leaves it unchanged.
pub fn has_unique_keys(items: &[Node], schema: MergeType<'_>) -> bool {
    let keys: Vec<&str> = schema.merge_keys();
    let mut seen = FxHashSet::default();
    items.iter().all(|item| {
        let row: Values = match keys.as_slice() {
            [] => vec![key_value(item, "")],
            keys => keys.iter().map(|key| key_value(item, key)).collect(),
        };
        !is_empty(item) && row.iter().all(|value| !value.is_empty()) && seen.insert(row)
    })
}
