//! JSON and YAML documents inside a string: a replacement's path may lead into them.
//!
//! The document is read, changed and written back: JSON compact or indented as it was, YAML in place, so that its
//! comments and layout stay. Behaviour: kustomize's `setValueInStructuredData`.

use std::ops::Range;

use ecow::EcoString;

use super::value_path::{self, Make};
use crate::provenance::Edit;
use crate::source::Span;
use crate::yaml::{self, Dialect, Node, Scalar, Tag, Value, json, path};

/// Reads a text that stands in the value `at`.
pub fn parse(text: &str, at: &Node) -> Option<Node> {
    yaml::read_first(text, at.span().source, at.origin(), Dialect::Manifest).ok()?
}

/// Sets a value inside the document that a string on the path holds. Says whether that worked; otherwise nothing changed.
pub fn set(object: &mut Node, parts: &[EcoString], make: Option<Make>, value: &Node, edit: &mut Edit<'_>) -> bool {
    let Some((outer, text, mut document)) = holder(object, parts) else { return false };
    let inner: Vec<&str> = parts[outer..].iter().map(EcoString::as_str).collect();
    let mut changes: Vec<Change> = Vec::new();
    let written = value_path::visit(&mut document, &inner, make, edit, &mut |field, edit| {
        changes.push(Change { span: field.span(), old: field.as_scalar().cloned(), new: value.clone() });
        match (field.as_scalar(), value.as_scalar()) {
            (Some(old), Some(new)) => {
                let scalar = Scalar { tag: old.tag, text: new.text.clone() };
                field.set(Value::Scalar(scalar), edit);
            }
            (Some(old), None) => {
                let scalar = Scalar { tag: old.tag, text: EcoString::new() };
                field.set(Value::Scalar(scalar), edit);
            }
            (None, _) => field.replace_with(value.clone(), edit),
        }
        Ok(())
    });
    if written.is_err() || changes.is_empty() {
        return false;
    }
    let Some(new) = write_back(&text, &document, &changes) else { return false };
    let keys = &parts[..outer];
    let keys: Vec<&str> = path::clean(keys);
    // The holder is found again by the same exact path, this time to change it.
    match holder_mut(object, &keys) {
        Some(field) => {
            let tag = field.as_scalar().map_or(Tag::Str, |scalar| scalar.tag);
            field.set(Value::Scalar(Scalar { tag, text: new.into() }), &mut edit.at(value.span()));
            true
        }
        None => false,
    }
}

/// A value that was written inside the document.
struct Change {
    span: Span,
    old: Option<Scalar>,
    new: Node,
}

/// The first scalar on the path that holds a document: how many parts lead to it, its text, and the document.
fn holder(object: &Node, parts: &[EcoString]) -> Option<(usize, EcoString, Node)> {
    (1..parts.len()).find_map(|count| {
        let keys = path::clean(&parts[..count]);
        let field = value_path::lookup(object, &keys).ok()??;
        let text = field.as_scalar()?.text.clone();
        let document = parse(&text, field)?;
        Some((count, text, document))
    })
}

fn holder_mut<'n>(object: &'n mut Node, keys: &[&str]) -> Option<&'n mut Node> {
    let Some((key, rest)) = keys.split_first() else { return Some(object) };
    let index = match object.as_sequence() {
        None => return holder_mut(object.get_mut(key)?, rest),
        Some(items) => {
            let found = value_path::lookup(object, &[key]).ok()??;
            items.iter().position(|item| std::ptr::eq(item, found))?
        }
    };
    holder_mut(object.items_mut()?.get_mut(index)?, rest)
}

fn write_back(text: &str, document: &Node, changes: &[Change]) -> Option<String> {
    if text.trim_start().starts_with(['{', '[']) {
        let pretty = text.contains('\n') && text.contains("  ");
        return json::print(document, pretty);
    }
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for change in changes {
        let range = change.span.start as usize..change.span.end as usize;
        match (text.get(range.clone()), &change.old, change.new.as_scalar()) {
            (Some(source), Some(old), Some(new)) if !range.is_empty() => edits.push((range, styled(source, old, &new.text))),
            _ => return Some(block(document, 0).trim().to_owned()),
        }
    }
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut result = text.to_owned();
    for (range, new) in edits {
        result.replace_range(range, &new);
    }
    Some(result.trim().to_owned())
}

/// A document in block style, keys in their order.
fn block(node: &Node, indent: usize) -> String {
    let pad = "  ".repeat(indent);
    match node.value() {
        Value::Scalar(scalar) if scalar.tag == Tag::Str => format!(" {}\n", styled("", &Scalar::string(""), &scalar.text)),
        Value::Scalar(scalar) => format!(" {}\n", scalar.text),
        Value::Sequence(items) if items.is_empty() => " []\n".into(),
        Value::Mapping(mapping) if mapping.is_empty() => " {}\n".into(),
        Value::Sequence(items) => {
            let element = |item: &Node| format!("{pad}- {}", block(item, indent + 1).trim_start());
            format!("\n{}", items.iter().map(element).collect::<String>())
        }
        Value::Mapping(mapping) => {
            let entry = |entry: &yaml::Entry| {
                format!(
                    "{pad}{}:{}",
                    entry.key.text,
                    block(&entry.value, indent + usize::from(entry.value.as_mapping().is_some()))
                )
            };
            format!("\n{}", mapping.iter().map(entry).collect::<String>())
        }
    }
}

/// A text in the style of the scalar whose place it takes.
fn styled(source: &str, old: &Scalar, new: &str) -> String {
    match source.chars().next() {
        Some('"') => json::quoted(new),
        Some('\'') => format!("'{}'", new.replace('\'', "''")),
        _ if old.tag == Tag::Str && Scalar::plain(new).tag != Tag::Str => json::quoted(new),
        _ => new.to_owned(),
    }
}
