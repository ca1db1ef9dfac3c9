//! The document model: one tree from the parser to the printer, every node knowing who wrote it.
//!
//! Collections and long strings are shared copy-on-write, so cloning a node costs a reference count, whatever its size.
//! The fields are private: a value changes only together with its origin, through an [`Edit`](super::provenance::Edit).

use std::collections::HashSet;

use ecow::{EcoString, EcoVec};

use super::mark::{Mark, OriginId};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A value with the place it was written at and the id of its origin.
#[derive(Clone, Debug)]
pub struct Node {
    value: Value,
    span: Span,
    mark: Mark,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// Null, a boolean, a number, a timestamp or a string.
    Scalar(Scalar),
    /// A list.
    Sequence(EcoVec<Node>),
    /// An ordered mapping.
    Mapping(Mapping),
}

/// A scalar as it was written, and what it was read as.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// What the text was read as.
    pub tag: Tag,
    /// The text without quotes and escapes; numbers keep their spelling (`0644`, `1.10`).
    pub text: EcoString,
    /// How it was written: what kustomize writes in its place is written so too.
    pub quotes: Quotes,
    /// The number of the group of fields that kustomize holds this one value for; 0 when it is alone.
    pub shared: u32,
}

/// How a scalar is written, as far as it matters to what is read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quotes {
    /// Without quotes.
    #[default]
    None,
    /// Without quotes and without a type of its own: what takes its place is read anew.
    Untagged,
    /// In quotes, or as a literal block.
    Some,
    /// As a folded block, whose line breaks go-yaml changes when it writes one.
    Folded,
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        (self.tag, &self.text) == (other.tag, &other.text)
    }
}

impl Eq for Scalar {}

/// The type of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false` in one of their spellings.
    Bool,
    /// An integer in any base.
    Int,
    /// A number with a fraction or exponent, an integer beyond 64 bits, `.inf` or `.nan`.
    Float,
    /// An unquoted date, with or without a time.
    Timestamp,
    /// A string.
    Str,
}

/// The key of a mapping's entry.
#[derive(Clone, Debug)]
pub struct Key {
    /// The text of the key.
    pub text: EcoString,
    /// What an unquoted key reads as: only strings can be printed below the top level of a document.
    pub tag: Tag,
    /// Where the key was written.
    pub span: Span,
}

/// One entry of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// An ordered mapping. Keys may repeat, as in the text; look-ups find the first.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub(super) entries: EcoVec<Entry>,
}

impl Scalar {
    /// A scalar of a type, without quotes.
    pub fn new(tag: Tag, text: impl Into<EcoString>) -> Self {
        Scalar { tag, text: text.into(), quotes: Quotes::None, shared: 0 }
    }

    /// A string that stood in quotes.
    pub fn quoted(text: impl Into<EcoString>) -> Self {
        Scalar { quotes: Quotes::Some, ..Scalar::new(Tag::Str, text) }
    }

    /// Whether it stands in quotes or is a block.
    pub fn is_quoted(&self) -> bool {
        matches!(self.quotes, Quotes::Some | Quotes::Folded)
    }

    /// A scalar in the place of another one, whose quotes it takes over: a number becomes a string in them.
    pub fn in_place_of(self, old: &Scalar) -> Self {
        let tag = if old.is_quoted() && self.tag != Tag::Null { Tag::Str } else { self.tag };
        let quotes = if old.is_quoted() { old.quotes } else { Quotes::None };
        Scalar { tag, quotes, ..self }
    }
}

impl Node {
    /// A node read from a text: `origin` names the step that read it.
    pub fn read(value: Value, span: Span, origin: OriginId) -> Self {
        Node { value, span, mark: Mark::new(origin, false) }
    }

    /// A list or mapping that was read from a text where it stands in brackets (`[...]`, `{...}`).
    pub fn read_in_brackets(value: Value, span: Span, origin: OriginId) -> Self {
        Node { value, span, mark: Mark::new(origin, true) }
    }

    /// A node with everything that it holds: for those who write with an `Edit`.
    pub(super) fn marked(value: Value, span: Span, mark: Mark) -> Self {
        Node { value, span, mark }
    }

    /// What the node holds.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Where the value was written, or what asked for it.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Who wrote it.
    pub fn origin(&self) -> OriginId {
        self.mark.origin()
    }

    /// Whether it is a list or mapping that is written in brackets. What stands in it is written so, too.
    pub fn in_brackets(&self) -> bool {
        self.mark.in_brackets()
    }

    /// Writes a list or mapping in brackets, or without; that is no edit.
    pub fn set_brackets(&mut self, in_brackets: bool) {
        self.mark = Mark::new(self.origin(), in_brackets && self.as_scalar().is_none());
    }

    /// Gives the value another spelling; that is no edit.
    pub fn respell(&mut self, scalar: Scalar) {
        self.value = Value::Scalar(scalar);
    }

    /// Takes over place and history of a node that holds the same value: that is no edit.
    pub fn stay(&mut self, old: &Node) {
        self.span = old.span;
        self.mark = Mark::new(old.origin(), self.in_brackets());
    }

    /// The elements, to change them; `None` when it is no list. Each element keeps its own origin.
    pub fn as_sequence_mut(&mut self) -> Option<&mut EcoVec<Node>> {
        match &mut self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The elements as a slice to change in place; `None` when it is no list.
    pub fn items_mut(&mut self) -> Option<&mut [Node]> {
        self.as_sequence_mut().map(EcoVec::make_mut)
    }

    /// The entries, to change them; `None` when it is no mapping. Each entry keeps its own origin.
    pub fn as_mapping_mut(&mut self) -> Option<&mut Mapping> {
        match &mut self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The scalar; `None` when it is a list or mapping.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a string; `None` when it is anything else.
    pub fn as_str(&self) -> Option<&str> {
        self.as_scalar().filter(|scalar| scalar.tag == Tag::Str).map(|scalar| scalar.text.as_str())
    }

    /// The text of a scalar of any type but null.
    pub fn as_text(&self) -> Option<&EcoString> {
        self.as_scalar().filter(|scalar| scalar.tag != Tag::Null).map(|scalar| &scalar.text)
    }

    /// The elements; `None` when it is no list.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries; `None` when it is no mapping.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// Whether it is null. An empty text without a type of its own is null only once it was printed.
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(|scalar| scalar.tag == Tag::Null && scalar.quotes != Quotes::Untagged)
    }

    /// Whether it is a list or mapping that holds nothing.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Scalar(_) => false,
            Value::Sequence(items) => items.is_empty(),
            Value::Mapping(mapping) => mapping.is_empty(),
        }
    }

    /// The elements of a list, or the values of a mapping.
    pub fn children(&self) -> impl Iterator<Item = &Node> {
        let items = self.as_sequence().unwrap_or_default();
        items.iter().chain(self.as_mapping().into_iter().flatten().map(|entry| &entry.value))
    }

    /// The value of a key, when it is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_mapping()?.get(key)
    }

    /// The value of a key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.as_mapping_mut()?.get_mut(key)
    }

    /// The value below several keys, one under the other.
    pub fn at_path(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value below several keys, to change it.
    pub fn at_path_mut(&mut self, keys: &[&str]) -> Option<&mut Node> {
        keys.iter().try_fold(self, |node, key| node.get_mut(key))
    }

    /// What the node is, for messages: `a mapping`, `a list`, `a string`...
    pub fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Mapping(_) => "a mapping",
            Value::Sequence(_) => "a list",
            Value::Scalar(scalar) => scalar.tag.name(),
        }
    }

    /// An error at this node's place.
    pub fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.span)
    }

    /// A warning at this node's place.
    pub fn warning(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, message).at(self.span)
    }

    /// Whether both hold the same document: tags and texts of scalars, order of lists, entries in any order.
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

impl Tag {
    /// The type's name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Tag::Null => "null",
            Tag::Bool => "a boolean",
            Tag::Int => "an integer",
            Tag::Float => "a number",
            Tag::Timestamp => "a timestamp",
            Tag::Str => "a string",
        }
    }
}

impl Key {
    /// A key that a step makes: without quotes, as kustomize makes it, so that `1` is a number (and can't be printed).
    pub fn new(text: impl Into<EcoString>, span: Span) -> Self {
        let Scalar { tag, text, .. } = Scalar::plain(text);
        Key { tag: if text.is_empty() { Tag::Str } else { tag }, text, span }
    }
}

impl Mapping {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// The entries in order, to change their values.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Entry> {
        self.entries.make_mut().iter_mut()
    }

    /// The index of the first entry with this key.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.key.text == key)
    }

    /// The value of the first entry with this key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.get_entry(key).map(|entry| &entry.value)
    }

    /// The first entry with this key.
    pub fn get_entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    /// The value of the first entry with this key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.position(key)?;
        Some(&mut self.entries.make_mut()[at].value)
    }

    /// Whether a key stands twice.
    pub fn has_twins(&self) -> bool {
        let mut keys: Vec<&str> = self.entries.iter().map(|entry| entry.key.text.as_str()).collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// A key that stands twice, both times.
    pub fn twins(&self) -> Option<(&Key, &Key)> {
        if !self.has_twins() {
            return None;
        }
        let twin =
            |(at, entry): (usize, &'_ Entry)| self.position(&entry.key.text).filter(|&first| first < at).map(|first| (first, at));
        let (first, second) = self.entries.iter().enumerate().find_map(twin)?;
        Some((&self.entries[first].key, &self.entries[second].key))
    }

    /// Drops all entries but the last one of each key.
    pub fn keep_last(&mut self) {
        if self.has_twins() {
            let mut seen = HashSet::new();
            let mut kept: Vec<Entry> =
                self.entries.iter().rev().filter(|entry| seen.insert(entry.key.text.clone())).cloned().collect();
            kept.reverse();
            self.entries = kept.into_iter().collect();
        }
    }

    /// Puts an entry at the end; the caller knows that the key is new, or wants it twice.
    pub fn push(&mut self, key: Key, value: Node) {
        self.entries.push(Entry { key, value });
    }

    /// Sets the value of a key, at the end when it is new. The value brings its own origin.
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

    /// Keeps the entries that `keep` says yes to.
    pub fn retain(&mut self, mut keep: impl FnMut(&Entry) -> bool) {
        self.entries.retain(|entry| keep(entry));
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
