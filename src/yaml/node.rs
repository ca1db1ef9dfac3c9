//! The document model: one tree from the parser to the printer, in which every node knows its origin.
//!
//! Collections and long strings are shared copy-on-write, so cloning a node only increments a reference count, whatever its
//! size.
//! The fields are private: a value changes only together with its origin, through an [`Edit`](super::provenance::Edit).

use std::collections::{HashMap, HashSet};

use ecow::{EcoString, EcoVec};

use super::entries::{Entries, Keyed};
use super::key::Key;
use super::mark::{Mark, OriginId};
use super::tagged::{Quotes, Scalar, Tag};
use crate::diagnostic::Diagnostic;
use crate::limits::BYTES_PER_NODE;
use crate::source::Span;

/// A value with its location and the id of its origin.
#[derive(Clone, Debug)]
pub struct Node {
    value: Value,
    span: Span,
    mark: Mark,
}

/// The value of a node.
#[derive(Clone, Debug)]
pub enum Value {
    /// Null, a boolean, a number, a timestamp or a string.
    Scalar(Scalar),
    /// A list.
    Sequence(EcoVec<Node>),
    /// An ordered mapping.
    Mapping(Mapping),
}

/// One entry of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// An ordered mapping. Keys may appear more than once, as in the source; lookups find the first.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub(super) entries: Entries<Entry>,
}

impl Node {
    /// A node that was read from a source: `origin` names the step that read it.
    pub fn read(value: Value, span: Span, origin: OriginId) -> Self {
        Node { value, span, mark: Mark::new(origin, false) }
    }

    /// A list or mapping that was read from a source where it is in brackets (`[...]`, `{...}`).
    pub fn read_in_brackets(value: Value, span: Span, origin: OriginId) -> Self {
        Node { value, span, mark: Mark::new(origin, true) }
    }

    /// A node with all its parts, for code that writes with an `Edit`.
    pub(super) fn marked(value: Value, span: Span, mark: Mark) -> Self {
        Node { value, span, mark }
    }

    /// The value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The location where the value was written, or that requested it.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The origin.
    pub fn origin(&self) -> OriginId {
        self.mark.origin()
    }

    /// Whether it is a list or mapping that is written in brackets. Its content is written in brackets, too.
    pub fn in_brackets(&self) -> bool {
        self.mark.in_brackets()
    }

    /// Writes a list or mapping with or without brackets; this does not count as an edit.
    pub fn set_brackets(&mut self, in_brackets: bool) {
        self.mark = Mark::new(self.origin(), in_brackets && self.as_scalar().is_none());
    }

    /// Changes the written form of the value; this does not count as an edit.
    pub fn respell(&mut self, scalar: Scalar) {
        self.value = Value::Scalar(scalar);
    }

    /// Takes over the location and history of a node with the same value; this does not count as an edit.
    pub fn stay(&mut self, old: &Node) {
        self.span = old.span;
        self.mark = Mark::new(old.origin(), self.in_brackets());
    }

    /// The items, to change them; `None` if it is not a list. Each item keeps its own origin.
    pub fn as_sequence_mut(&mut self) -> Option<&mut EcoVec<Node>> {
        match &mut self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The items as a slice to change in place; `None` if it is not a list.
    pub fn items_mut(&mut self) -> Option<&mut [Node]> {
        self.as_sequence_mut().map(EcoVec::make_mut)
    }

    /// The entries, to change them; `None` if it is not a mapping. Each entry keeps its own origin.
    pub fn as_mapping_mut(&mut self) -> Option<&mut Mapping> {
        match &mut self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The scalar; `None` if it is a list or mapping.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a string; `None` if it is another type.
    pub fn as_str(&self) -> Option<&str> {
        self.as_scalar().filter(|scalar| scalar.tag == Tag::Str).map(|scalar| scalar.text.as_str())
    }

    /// The text of a scalar of any type except null.
    pub fn as_text(&self) -> Option<&EcoString> {
        self.as_scalar().filter(|scalar| scalar.tag != Tag::Null).map(|scalar| &scalar.text)
    }

    /// The items; `None` if it is not a list.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries; `None` if it is not a mapping.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// Whether it is null. An empty text without a type of its own is null only after it was printed.
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(|scalar| scalar.tag == Tag::Null && scalar.quotes != Quotes::Untagged)
    }

    /// Whether it is an empty list or mapping.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Scalar(_) => false,
            Value::Sequence(items) => items.is_empty(),
            Value::Mapping(mapping) => mapping.is_empty(),
        }
    }

    /// The items of a list, or the values of a mapping.
    pub fn children(&self) -> impl Iterator<Item = &Node> {
        let items = self.as_sequence().unwrap_or_default();
        items.iter().chain(self.as_mapping().into_iter().flatten().map(|entry| &entry.value))
    }

    /// The value of a key, if it is a mapping with this key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_mapping()?.get(key)
    }

    /// The value of a key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.as_mapping_mut()?.get_mut(key)
    }

    /// The value at a path of keys.
    pub fn at_path(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value at a path of keys, to change it.
    pub fn at_path_mut(&mut self, keys: &[&str]) -> Option<&mut Node> {
        keys.iter().try_fold(self, |node, key| node.get_mut(key))
    }

    /// The number of nodes, each [`BYTES_PER_NODE`] bytes of a string counted as one more; counting ends beyond `most`.
    pub fn weight(&self, most: usize) -> usize {
        let mut total = 0;
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            total += 1 + node.as_scalar().map_or(0, |scalar| scalar.text.len() / BYTES_PER_NODE);
            if total > most {
                break;
            }
            open.extend(node.children());
        }
        total
    }

    /// The type of the node, for messages: `a mapping`, `a list`, `a string`...
    pub fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Mapping(_) => "a mapping",
            Value::Sequence(_) => "a list",
            Value::Scalar(scalar) => scalar.tag.name(),
        }
    }

    /// An error at the location of this node.
    pub fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.span)
    }

    /// A warning at the location of this node.
    pub fn warning(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, message).at(self.span)
    }

    /// Whether both contain the same document: types and texts of scalars, items in the same order, entries in any order.
    pub fn same(&self, other: &Node) -> bool {
        match (&self.value, &other.value) {
            (Value::Scalar(a), Value::Scalar(b)) => a == b,
            (Value::Sequence(a), Value::Sequence(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            (Value::Mapping(a), Value::Mapping(b)) => {
                a.len() == b.len() && a.iter().all(|entry| b.get(&entry.key.text).is_some_and(|value| value.same(&entry.value)))
            }
            _ => false,
        }
    }
}

impl Keyed for Entry {
    fn key(&self) -> &EcoString {
        &self.key.text
    }

    fn text(&self) -> &str {
        self.key.text.as_str()
    }
}

impl Mapping {
    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.as_slice().len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.as_slice().is_empty()
    }

    /// The entries in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.as_slice().iter()
    }

    /// The entries in order, to change their values.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Entry> {
        self.entries.make_mut().iter_mut()
    }

    /// The index of the first entry with this key.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.entries.position(key)
    }

    /// The value of the first entry with this key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.get_entry(key).map(|entry| &entry.value)
    }

    /// The first entry with this key.
    pub fn get_entry(&self, key: &str) -> Option<&Entry> {
        self.entries.as_slice().get(self.position(key)?)
    }

    /// The value of the first entry with this key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.position(key)?;
        Some(&mut self.entries.at_mut(at).value)
    }

    /// Whether a key appears twice.
    pub fn has_duplicate_keys(&self) -> bool {
        self.entries.has_duplicate_keys()
    }

    /// The two occurrences of a key that appears twice.
    pub fn duplicate_key(&self) -> Option<(&Key, &Key)> {
        if !self.has_duplicate_keys() {
            return None;
        }
        let mut first: HashMap<&str, &Key> = HashMap::with_capacity(self.len());
        self.iter().find_map(|Entry { key, .. }| first.insert(&key.text, key).map(|first| (first, key)))
    }

    /// Removes all entries but the last one of each key.
    pub fn keep_last(&mut self) {
        if self.has_duplicate_keys() {
            let mut seen = HashSet::new();
            let mut kept: Vec<Entry> = self.iter().rev().filter(|entry| seen.insert(entry.key.text)).cloned().collect();
            kept.reverse();
            self.entries = kept.into_iter().collect();
        }
    }

    /// Adds an entry at the end; the caller makes sure that the key is new or may appear twice.
    pub fn push(&mut self, key: Key, value: Node) {
        self.entries.push(Entry { key, value });
    }

    /// Sets the value of a key, at the end if the key is new. The value has its own origin.
    pub fn put(&mut self, key: Key, value: Node) {
        match self.get_mut(&key.text) {
            Some(field) => *field = value,
            None => self.push(key, value),
        }
    }

    /// Removes and returns the first entry with this key.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        self.position(key).map(|at| self.entries.remove(at))
    }

    /// Keeps the entries for which `keep` returns true.
    pub fn retain(&mut self, keep: impl FnMut(&Entry) -> bool) {
        self.entries.retain(keep);
    }
}

impl<'a> IntoIterator for &'a Mapping {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Entry> for Mapping {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Mapping { entries: entries.into_iter().collect() }
    }
}
