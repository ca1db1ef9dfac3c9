//! An object without its wrong parts, so that the rules can check the rest of it.
//!
//! Rules require objects that the server's decoder accepts. A part with an unknown field or a wrong type is either dropped, or
//! replaced by what was probably meant: a misspelled field, a number in quotes, a field at the wrong level. What a rule reports
//! in both cases does not depend on the wrong part.

use super::findings::Findings;
use super::path::Path;
use super::schema;
use crate::diagnostic::did_you_mean;
use crate::resource::ResId;
use crate::schema::structural::{Additional, Structural};
use crate::schema::{Class, Notation, Shape, Type, Version, field_paths};
use crate::yaml::{Entry, Key, Mapping, Node, Scalar, Tag, Value};

/// What replaces a wrong part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Drop,
    /// What was probably meant.
    Guess,
}

/// A built-in object whose parts all have the right shape.
pub fn typed(node: &Node, expected: Type, mode: Mode) -> Node {
    let mut displaced = Vec::new();
    let mut walk = Walk { mode, displaced: &mut displaced };
    let mut fixed = walk.value(node, expected, &mut Vec::new()).unwrap_or_else(|| with(node, Value::Mapping(Mapping::default())));
    let shape = Shape::Typed(expected);
    for (steps, value) in displaced {
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        if let Some(path) = field_paths::relocated(&shape, &steps, Notation::Field) {
            fixed = placed(&fixed, &path, &value);
        }
    }
    match mode {
        Mode::Drop => fixed,
        Mode::Guess => typed(&fixed, expected, Mode::Drop),
    }
}

/// Whether a value has the right shape, including its fields.
pub fn fits(node: &Node, expected: Type) -> bool {
    let mut out = Findings::new(ResId::default(), Version::NEWEST);
    schema::check(node, expected, &Path::ROOT, &mut out);
    !out.has_errors()
}

/// A custom resource without unknown fields, or with those fields that they probably mean.
pub fn custom(node: &Node, known: &Structural, mode: Mode) -> Node {
    match node.value() {
        Value::Mapping(mapping) => {
            let mut kept = Mapping::default();
            for entry in mapping {
                let name = entry.key.text.as_str();
                let value = match (known.property(name), &known.additional) {
                    (Some(of), _) => custom(&entry.value, of, mode),
                    (None, Some(Additional::Of(of))) => custom(&entry.value, of, mode),
                    (None, Some(Additional::Any)) => entry.value.clone(),
                    _ if known.preserves || known.embedded => entry.value.clone(),
                    _ => {
                        let names = known.properties.iter().map(|(name, _)| name.as_str());
                        let near = did_you_mean(name, names).filter(|near| mode == Mode::Guess && mapping.get(near).is_none());
                        if let Some((near, of)) = near.and_then(|near| Some((near, known.property(near)?))) {
                            kept.put(renamed(&entry.key, near), custom(&entry.value, of, mode));
                        }
                        continue;
                    }
                };
                keep(&mut kept, entry.key, value, mode);
            }
            with(node, Value::Mapping(kept))
        }
        Value::Sequence(items) => match &known.items {
            Some(of) => with(node, Value::Sequence(items.iter().map(|item| custom(item, of, mode)).collect())),
            None => node.clone(),
        },
        Value::Scalar(_) => node.clone(),
    }
}

/// Fields without a similar name, with their paths: they may belong to another level.
type Displaced = Vec<(Vec<String>, Entry)>;

struct Walk<'d> {
    mode: Mode,
    displaced: &'d mut Displaced,
}

impl Walk<'_> {
    /// A value of the expected type; `None` if it is wrong as a whole.
    fn value(&mut self, node: &Node, expected: Type, steps: &mut Vec<String>) -> Option<Node> {
        if node.is_null() {
            return Some(node.clone());
        }
        match (expected.class(), node.value()) {
            (Class::Any, _) => Some(node.clone()),
            (Class::Object, Value::Mapping(mapping)) => Some(self.object(node, mapping, expected, steps)),
            (Class::Array, Value::Sequence(items)) => {
                let of = expected.items()?;
                let mut item = |(at, item): (usize, &Node)| {
                    steps.push(at.to_string());
                    let value = self.value(item, of, steps);
                    steps.pop();
                    // A wrong item stays as an empty one, so that the other items keep their indices.
                    value.unwrap_or_else(|| with(item, Value::Scalar(Scalar::new(Tag::Null, "null"))))
                };
                Some(with(node, Value::Sequence(items.iter().enumerate().map(&mut item).collect())))
            }
            _ if fits(node, expected) => Some(node.clone()),
            _ if self.mode == Mode::Guess => self.value(&guess(node, expected)?, expected, steps),
            _ => None,
        }
    }

    fn object(&mut self, node: &Node, mapping: &Mapping, expected: Type, steps: &mut Vec<String>) -> Node {
        let mut kept = Mapping::default();
        for entry in mapping {
            let name = entry.key.text.as_str();
            steps.push(name.to_owned());
            match expected.field(name).map(|field| field.value()).or_else(|| expected.additional()) {
                Some(of) => {
                    if let Some(value) = self.value(&entry.value, of, steps) {
                        keep(&mut kept, entry.key, value, self.mode);
                    }
                }
                None if expected.is_open() => keep(&mut kept, entry.key, entry.value.clone(), self.mode),
                None if self.mode == Mode::Guess => self.unknown(entry, mapping, expected, steps, &mut kept),
                None => {}
            }
            steps.pop();
        }
        with(node, Value::Mapping(kept))
    }

    fn unknown(&mut self, entry: &Entry, all: &Mapping, expected: Type, steps: &mut Vec<String>, kept: &mut Mapping) {
        let fields: Vec<&str> = expected.fields().map(|field| field.name()).collect();
        match did_you_mean(&entry.key.text, fields) {
            Some(near) if all.get(near).is_none() => {
                let of = expected.field(near).map(|field| field.value());
                if let Some(value) = of.and_then(|of| self.value(&entry.value, of, steps)) {
                    kept.put(renamed(&entry.key, near), value);
                }
            }
            Some(_) => {}
            None => self.displaced.push((steps.clone(), entry.clone())),
        }
    }
}

/// Adds an entry. Of a key that appears twice, the first or the last value is kept.
fn keep(kept: &mut Mapping, key: Key, value: Node, mode: Mode) {
    if mode == Mode::Guess || kept.get(&key.text).is_none() {
        kept.put(key, value);
    }
}

fn renamed(key: &Key, name: &str) -> Key {
    key.renamed(name)
}

/// The same place with another value.
fn with(node: &Node, value: Value) -> Node {
    Node::read(value, node.span(), node.origin())
}

/// What a value of the wrong type probably means: quotes that are too many or missing, or one value in place of a list.
fn guess(node: &Node, expected: Type) -> Option<Node> {
    let scalar = |scalar: Scalar| Some(with(node, Value::Scalar(scalar)));
    match (expected.class(), node.value()) {
        (Class::String, Value::Scalar(old)) => scalar(Scalar::string(old.text.clone())).filter(|node| fits(node, expected)),
        (_, Value::Scalar(old)) if expected.class() != Class::Array => {
            scalar(Scalar::plain(old.text.trim())).filter(|node| fits(node, expected))
        }
        (Class::Array, Value::Mapping(mapping)) => {
            let of = expected.items()?;
            if fits(node, of) && !mapping.is_empty() {
                return Some(with(node, Value::Sequence([node.clone()].into_iter().collect())));
            }
            let named = |entry: &Entry| named_item(entry, of);
            Some(with(node, Value::Sequence(mapping.iter().map(named).collect::<Option<_>>()?)))
        }
        (Class::Array, Value::Scalar(_)) => Some(with(node, Value::Sequence([node.clone()].into_iter().collect()))),
        (_, Value::Sequence(items)) => match items.as_slice() {
            [one] => Some(one.clone()).filter(|one| one.as_sequence().is_none()),
            _ => None,
        },
        _ => None,
    }
}

/// The item of a list of named items that an entry of a mapping probably means.
fn named_item(entry: &Entry, of: Type) -> Option<Node> {
    let name = Node::read(Value::Scalar(Scalar::string(entry.key.text)), entry.key.span(), entry.value.origin());
    of.field("name")?;
    let mut item = Mapping::default();
    item.push(Key::new("name", entry.key.span()), name);
    match entry.value.value() {
        Value::Mapping(fields) => fields.iter().for_each(|field| item.put(field.key, field.value.clone())),
        _ if of.field("value").is_some() => item.push(Key::new("value", entry.key.span()), entry.value.clone()),
        _ => {}
    }
    Some(with(&entry.value, Value::Mapping(item)))
}

/// The object with an entry at a path, unless the path has a value already.
fn placed(node: &Node, path: &[String], entry: &Entry) -> Node {
    let Some((step, rest)) = path.split_first() else { return node.clone() };
    match node.value() {
        Value::Sequence(items) => {
            let at = step.parse::<usize>().ok();
            let item = |(index, item): (usize, &Node)| if Some(index) == at { placed(item, rest, entry) } else { item.clone() };
            with(node, Value::Sequence(items.iter().enumerate().map(item).collect()))
        }
        Value::Mapping(mapping) => {
            let mut mapping = mapping.clone();
            match (mapping.get(step).cloned(), rest.is_empty()) {
                (Some(_), true) => {}
                (Some(inner), false) => mapping.put(renamed(&entry.key, step), placed(&inner, rest, entry)),
                (None, true) => mapping.push(renamed(&entry.key, step), entry.value.clone()),
                (None, false) => {
                    let inner = with(&entry.value, Value::Mapping(Mapping::default()));
                    mapping.push(renamed(&entry.key, step), placed(&inner, rest, entry));
                }
            }
            with(node, Value::Mapping(mapping))
        }
        Value::Scalar(_) => node.clone(),
    }
}
