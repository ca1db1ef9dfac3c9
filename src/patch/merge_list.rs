//! Merges lists by the keys of their items.
//!
//! The patch's items come first, in the patch's order, then the rest of the target's. If an item lacks one of
//! several keys (a container port without protocol), kyaml treats the key as a wildcard, in its own peculiar way; this
//! follows `walk/associative_sequence.go` step by step, because the output depends on it byte for byte.

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::pass::{DIRECTIVE, Pair, Pass, Walked};
use super::remarks;
use crate::diagnostic::Diagnostic;
use crate::schema::MergeType;
use crate::yaml::provenance::Edit;
use crate::yaml::{Key, Mapping, Node, Scalar, Value};

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
    let ListMerge { mut target, patch: named_list, schema, adopting } = list;
    let has_patch = named_list.is_some();
    let mut patch = named_list.unwrap_or_default();
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
    let mut merged: Vec<Node> = Vec::new();
    let mut used_keys: Vec<&str> = keys.clone();
    for row in &rows {
        let (row_keys, row_values) = used(&rows, row, &keys);
        let (find_keys, find_values) = used(std::slice::from_ref(&row_values), &row_values, &row_keys);
        let at = position(&target, &find_keys, &find_values);
        let old = at.map(|at| target[at].clone());
        let place = position(&patch, &find_keys, &find_values);
        let named = place.map(|place| patch[place].clone());
        let found = old.clone();
        let walked = if adopting {
            old.map_or_else(|| Ok(Walked::default()), |old| pass.own_element(old, schema.items()))?
        } else {
            let walked = pass.walk(Pair { target: old, patch: named.clone(), schema: schema.items() })?;
            if let Some(place) = place {
                drop_directive(&mut patch[place]);
            }
            walked
        };
        if let Some(element) = &named {
            taken.insert(element.span());
            match at {
                Some(at) => _ = taken.insert(target[at].span()),
                None => new.push(element.clone()),
            }
        }
        used_keys.clone_from(&row_keys);
        let Some(mut node) = walked.node.filter(|node| !is_empty(node)) else {
            set_element(&mut target, &row_keys, &row_values, None)?;
            continue;
        };
        if let Some(found) = found.filter(|_| !adopting) {
            keep_keys(&mut node, &found, &keys);
        }
        if !scalars {
            complete(&mut node, &row_keys, &row_values, pass.edit);
        }
        if let Some(at) = at.filter(|_| !walked.from_patch || adopting || node.as_scalar().is_some()) {
            target[at] = node.clone();
        }
        set_element(&mut merged, &row_keys, &row_values, Some(node))?;
    }
    if rows.is_empty() {
        return Ok(target);
    }
    append(&mut merged, target, &used_keys)?;
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
    for i in 0..rows.len() {
        let first = rows[i].clone();
        for j in 0..rows.len() {
            if let Some(joined) = joined(&first, &rows[j]) {
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

/// The keys that any row has a value for, and the values of this row for them.
fn used<'k>(rows: &[Values], row: &Values, keys: &[&'k str]) -> (Vec<&'k str>, Values) {
    let has_value = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|value| !value.is_empty()));
    let valid: Vec<bool> = (0..keys.len()).map(has_value).collect();
    if !valid.contains(&true) {
        return (keys.to_vec(), row.clone());
    }
    let keys = keys.iter().zip(&valid).filter(|(_, valid)| **valid).map(|(key, _)| *key).collect();
    let values = row.iter().zip(&valid).filter(|(_, valid)| **valid).map(|(value, _)| value.clone()).collect();
    (keys, values)
}

/// The first item with these values; scalars match by their text, with the empty key.
fn position(elements: &[Node], keys: &[&str], values: &[EcoString]) -> Option<usize> {
    elements.iter().position(|element| {
        if keys.first() == Some(&"") {
            return element.as_scalar().is_some_and(|scalar| Some(&scalar.text) == values.first());
        }
        let same = |(key, value): (&&str, &EcoString)| element.get(key).is_some_and(|field| text(field) == value.as_str());
        element.as_mapping().is_some() && keys.iter().zip(values).all(same)
    })
}

fn text(node: &Node) -> &str {
    node.as_scalar().map_or("", |scalar| scalar.text.as_str())
}

fn is_empty(node: &Node) -> bool {
    node.is_null() || node.as_mapping().is_some_and(Mapping::is_empty)
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

/// Replaces the items that match, or appends; without an item, it removes them. Empty items are always removed.
fn set_element(list: &mut Vec<Node>, keys: &[&str], values: &[EcoString], element: Option<Node>) -> Result<(), Diagnostic> {
    let of_mappings = keys.first().is_some_and(|key| !key.is_empty()) && values.first().is_some_and(|value| !value.is_empty());
    let mut found_one = false;
    let mut kept = Vec::with_capacity(list.len() + 1);
    for item in list.drain(..).filter(|item| !is_empty(item)) {
        if of_mappings && item.as_mapping().is_none() {
            kept.push(item);
        } else if matches(&item, keys, values)? {
            found_one = true;
            kept.extend(element.clone());
        } else if !values.is_empty() {
            kept.push(item);
        }
    }
    *list = kept;
    if !found_one {
        list.extend(element);
    }
    Ok(())
}

/// Whether an item has these values; an empty value matches any. Keys without a value repeat the last result.
fn matches(item: &Node, keys: &[&str], values: &[EcoString]) -> Result<bool, Diagnostic> {
    let mut last = false;
    for (at, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(at) {
            last = match item.value() {
                Value::Scalar(scalar) if key.is_empty() => scalar.text.trim() == value.trim(),
                Value::Mapping(mapping) if !key.is_empty() => {
                    mapping.get(key).is_some_and(|field| value.is_empty() || text(field) == value.as_str())
                }
                _ => return Err(wrong_element(item, key)),
            };
        }
        if !last {
            return Ok(false);
        }
    }
    Ok(last)
}

fn wrong_element(item: &Node, key: &str) -> Diagnostic {
    let expected = if key.is_empty() { "a scalar".to_owned() } else { format!("a mapping with `{key}`") };
    item.error("patch-type", format!("expected {expected} in a list that is merged by key, found {}", item.type_name()))
}

/// Appends the items of `list` to `merged`, each replacing an item with the same key.
fn append(merged: &mut Vec<Node>, list: Vec<Node>, keys: &[&str]) -> Result<(), Diagnostic> {
    for item in list {
        if keys.first() == Some(&"") {
            let value = text(&item).into();
            set_element(merged, &[""], &[value], Some(item))?;
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
            set_element(merged, keys, &values, None)?;
        }
        set_element(merged, keys, &values, Some(item))?;
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
