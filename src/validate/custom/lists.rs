//! Checks lists whose items must be unique: sets, and maps that are written as lists.
//!
//! Behavior: `listtype.ValidateListSetsAndMaps`. A duplicate item is reported once, at its second location.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::super::findings::Findings;
use super::super::path::Path;
use crate::schema::structural::{Additional, List, Structural};
use crate::yaml::scalar::Number;
use crate::yaml::{Node, Tag, Value, json};

/// Checks all lists in a value.
pub fn check(node: &Node, schema: &Structural, path: &Path<'_>, out: &mut Findings) {
    if !schema.below.lists {
        return;
    }
    match node.value() {
        Value::Sequence(items) => {
            list(items, schema, path, out);
            if let Some(of) = &schema.items {
                items.iter().enumerate().for_each(|(at, item)| check(item, of, &path.index(at), out));
            }
        }
        Value::Mapping(mapping) => {
            for entry in mapping {
                let name = entry.key.text.as_str();
                match (schema.property(name), &schema.additional) {
                    (Some(of), _) => check(&entry.value, of, &path.field(name), out),
                    (None, Some(Additional::Of(of))) => check(&entry.value, of, &path.key(name), out),
                    _ => {}
                }
            }
        }
        Value::Scalar(_) => {}
    }
}

fn list(items: &[Node], schema: &Structural, path: &Path<'_>, out: &mut Findings) {
    match &schema.list {
        List::Atomic => {}
        List::Set if items.len() > 1 => {
            let keys = items.iter().map(key);
            repeated(items, keys, path, |at| shown(items.get(at)), out);
        }
        List::Map(fields) => {
            let is_other = |item: &&Node| item.as_mapping().is_none() && !item.is_null();
            if let Some(at) = items.iter().position(|item| is_other(&item)) {
                let message = "the items of this list must be mappings";
                let place = items.get(at).into_iter();
                return place.for_each(|item| out.push(item.error("wrong-type", message), path.index(at).to_string()));
            }
            let Some(of) = schema.items().filter(|_| items.len() > 1) else { return };
            let keys = items.iter().map(|item| Cow::Owned(map_key(item, fields, of)));
            let shown = |at: usize| {
                let value = |field| items.get(at).and_then(|item| of.seen(item, field));
                let parts: Vec<String> = fields.iter().map(|field| format!("{field}: {}", shown(value(field)))).collect();
                parts.join(", ")
            };
            repeated(items, keys, path, shown, out);
        }
        List::Set => {}
    }
}

fn repeated<'n>(
    items: &[Node],
    keys: impl Iterator<Item = Cow<'n, str>>,
    path: &Path<'_>,
    shown: impl Fn(usize) -> String,
    out: &mut Findings,
) {
    let mut seen: FxHashMap<Cow<'n, str>, (usize, usize)> = FxHashMap::default();
    for (at, (key, item)) in keys.zip(items).enumerate() {
        let (first, times) = seen.entry(key).or_insert((at, 0));
        *times += 1;
        if *times == 2 {
            let error = item.error("duplicate-value", format!("the item `{}` appears twice", shown(at)));
            let first = items.get(*first).map(Node::span);
            let error = first.into_iter().fold(error, |error, span| error.label(span, "first defined here"));
            out.push(error, path.index(at).to_string());
        }
    }
}

/// A string that is the same for equal values.
fn key(node: &Node) -> Cow<'_, str> {
    match node.as_scalar() {
        Some(scalar) if matches!(scalar.tag, Tag::Str | Tag::Timestamp) => Cow::Borrowed(&scalar.text),
        Some(scalar) => match scalar.number() {
            Some(Number::Int(value)) => Cow::Owned(format!("\u{1}{value}")),
            Some(number) => Cow::Owned(format!("\u{1}{}", number.as_f64())),
            None => Cow::Owned(format!("\u{2}{}", scalar.text)),
        },
        None => Cow::Owned(format!("\u{3}{}", json::print(node, false).unwrap_or_default())),
    }
}

fn map_key(item: &Node, fields: &[ecow::EcoString], of: &Structural) -> String {
    let mut text = String::new();
    for field in fields {
        match of.seen(item, field) {
            Some(value) => text.push_str(&key(value)),
            None => text.push('\u{4}'),
        }
        text.push('\u{5}');
    }
    text
}

fn shown(node: Option<&Node>) -> String {
    match node {
        Some(node) => node.as_scalar().map_or_else(|| node.type_name().to_owned(), |scalar| scalar.text.to_string()),
        None => "unset".to_owned(),
    }
}
