//! Values that are not known when objects are checked: encrypted ones, and placeholders that are replaced later.
//!
//! The rest of the object is checked. A rule is believed only if it reports the same without these values and with them as they
//! are written.

use rustc_hash::FxHashSet;

use super::encrypted;
use crate::source::Span;
use crate::yaml::{Entry, Mapping, Node, Scalar, Tag, Value};

/// The unknown values of one object.
#[derive(Debug, Default)]
pub struct UnknownValues {
    /// The steps to each of them.
    pub parts: Vec<Vec<String>>,
    spans: FxHashSet<Span>,
    is_encrypted: bool,
}

impl UnknownValues {
    /// The unknown values of an object: those that SOPS encrypted, and the scalars and keys at known locations.
    pub fn of(object: &Node, at: &FxHashSet<Span>) -> Self {
        let is_encrypted = encrypted::is_encrypted(object);
        let mut found = UnknownValues { is_encrypted, ..UnknownValues::default() };
        if is_encrypted || !at.is_empty() {
            found.look(object, at, &mut Vec::new());
        }
        found
    }

    /// Whether all values are known.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && !self.is_encrypted
    }

    /// Whether a location is that of an unknown value.
    pub fn cover(&self, span: Span) -> bool {
        self.spans.contains(&span)
    }

    /// Whether an unknown value is inside a location.
    pub fn are_in(&self, span: Span) -> bool {
        self.spans.iter().any(|own| own.source == span.source && span.start <= own.start && own.end <= span.end)
    }

    /// The object without these values.
    pub fn without(&self, object: &Node) -> Node {
        self.stripped(object, true, true).unwrap_or_else(|| object.clone())
    }

    /// The object with them, but without the metadata of SOPS and entries whose key is not known.
    pub fn kept(&self, object: &Node) -> Node {
        self.stripped(object, true, false).unwrap_or_else(|| object.clone())
    }

    fn look(&mut self, node: &Node, at: &FxHashSet<Span>, steps: &mut Vec<String>) {
        match node.value() {
            Value::Scalar(scalar) => {
                let is_secret = self.is_encrypted && encrypted::is_ciphertext(&scalar.text);
                if is_secret || at.contains(&node.span()) {
                    self.add(node.span(), steps);
                }
            }
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    steps.push(index.to_string());
                    self.look(item, at, steps);
                    steps.pop();
                }
            }
            Value::Mapping(mapping) => {
                for entry in mapping {
                    if self.is_metadata(entry, steps.is_empty()) {
                        continue;
                    }
                    steps.push(entry.key.text.to_string());
                    if at.contains(&entry.key.span()) {
                        self.add(entry.key.span(), steps);
                    }
                    self.look(&entry.value, at, steps);
                    steps.pop();
                }
            }
        }
    }

    fn add(&mut self, span: Span, steps: &[String]) {
        self.spans.insert(span);
        self.parts.push(steps.to_vec());
    }

    fn is_metadata(&self, entry: &Entry, is_root: bool) -> bool {
        self.is_encrypted && is_root && entry.key.text == encrypted::FIELD
    }

    /// The value without the metadata of SOPS and unknown keys, and without unknown values if `drops`; `None` if it is one.
    fn stripped(&self, node: &Node, is_root: bool, drops: bool) -> Option<Node> {
        let read = |value: Value| Some(Node::read(value, node.span(), node.origin()));
        match node.value() {
            Value::Scalar(_) => (!drops || !self.cover(node.span())).then(|| node.clone()),
            Value::Sequence(items) => {
                // Items keep their indices.
                let null = |item: &Node| Node::read(Value::Scalar(Scalar::new(Tag::Null, "null")), item.span(), item.origin());
                read(Value::Sequence(
                    items.iter().map(|item| self.stripped(item, false, drops).unwrap_or_else(|| null(item))).collect(),
                ))
            }
            Value::Mapping(mapping) => {
                let mut kept = Mapping::default();
                for entry in mapping.iter().filter(|entry| !self.is_metadata(entry, is_root) && !self.cover(entry.key.span())) {
                    if let Some(value) = self.stripped(&entry.value, false, drops) {
                        kept.push(entry.key, value);
                    }
                }
                read(Value::Mapping(kept))
            }
        }
    }
}
