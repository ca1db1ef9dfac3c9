//! Nodes to values, as go-yaml v2 fills an `interface{}`.
//!
//! Plain scalars have the types of YAML 1.1, merge keys are applied in the order of the entries, and a key that appears again
//! replaces the value. Behavior: go-yaml v2's `decoder` and `resolve`.

use std::cmp::Ordering;

use rustc_hash::{FxHashMap, FxHashSet};

use super::tree::{Id, Node, Tree};
use crate::kustomize_words::quote;
use crate::yaml::scalar::{self, Number, number_yaml11};
use crate::yaml::tagged::Tag;

const TAGS: &str = "tag:yaml.org,2002:";

/// What an `interface{}` contains.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    Map(Entries),
}

/// The entries of a mapping, in the order in which their keys appear first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entries {
    pub entries: Vec<(Value, Value)>,
    places: FxHashMap<String, usize>,
}

impl Entries {
    fn set(&mut self, key: Value, value: Value) {
        let place = self.places.entry(identity(&key)).or_insert(self.entries.len());
        match self.entries.get_mut(*place) {
            Some(entry) => entry.1 = value,
            None => self.entries.push((key, value)),
        }
    }
}

/// A text that differs for keys that differ.
fn identity(key: &Value) -> String {
    match key {
        Value::Text(text) => format!("s{text}"),
        other => format!("{other:?}"),
    }
}

/// The value of a document.
///
/// # Errors
/// What is wrong, in go-yaml's words.
pub(super) fn value(tree: &Tree<'_>) -> Result<Value, String> {
    let mut decoder = Decoder { tree, open: FxHashSet::default(), all: 1, aliased: 0, depth: 0 };
    tree.root.map_or(Ok(Value::Nil), |root| decoder.value(root))
}

struct Decoder<'t, 'a> {
    tree: &'t Tree<'a>,
    /// The aliases that are being followed.
    open: FxHashSet<Id>,
    /// The number of nodes that were decoded.
    all: usize,
    /// The number of these that came from aliases.
    aliased: usize,
    depth: usize,
}

impl Decoder<'_, '_> {
    fn value(&mut self, id: Id) -> Result<Value, String> {
        self.count()?;
        match &self.tree.nodes[id] {
            Node::Alias(name, to) => self.alias(id, name, *to),
            Node::Scalar { tag, text, implicit } => scalar_value(tag, text, *implicit),
            Node::Sequence(items) => items.iter().map(|&item| self.value(item)).collect::<Result<_, _>>().map(Value::List),
            Node::Mapping(_) => {
                let mut entries = Entries::default();
                self.fill(id, &mut entries)?;
                Ok(Value::Map(entries))
            }
        }
    }

    fn count(&mut self) -> Result<(), String> {
        self.all += 1;
        self.aliased += usize::from(self.depth > 0);
        if self.aliased > 100 && self.all > 1000 && self.aliased as f64 / self.all as f64 > allowed_ratio(self.all) {
            return Err("yaml: document contains excessive aliasing".to_owned());
        }
        Ok(())
    }

    fn alias(&mut self, id: Id, name: &str, to: Id) -> Result<Value, String> {
        self.enter(id, name)?;
        let value = self.value(to)?;
        self.leave(id);
        Ok(value)
    }

    fn enter(&mut self, id: Id, name: &str) -> Result<(), String> {
        if !self.open.insert(id) {
            return Err(format!("yaml: anchor '{name}' value contains itself"));
        }
        self.depth += 1;
        Ok(())
    }

    fn leave(&mut self, id: Id) {
        self.depth -= 1;
        self.open.remove(&id);
    }

    /// Adds the entries of a mapping.
    fn fill(&mut self, id: Id, entries: &mut Entries) -> Result<(), String> {
        let Node::Mapping(pairs) = &self.tree.nodes[id] else { return Ok(()) };
        for &(key, value) in pairs {
            if self.is_merge(key) {
                self.merge(value, entries)?;
                continue;
            }
            let key = self.value(key)?;
            if matches!(key, Value::List(_) | Value::Map(_)) {
                return Err(format!("yaml: invalid map key: {}", go_syntax(&key)));
            }
            let value = self.value(value)?;
            entries.set(key, value);
        }
        Ok(())
    }

    fn is_merge(&self, key: Id) -> bool {
        matches!(&self.tree.nodes[key], Node::Scalar { tag, text, implicit }
            if text == "<<" && (*implicit || tag.strip_prefix(TAGS) == Some("merge")))
    }

    /// Adds the entries of the mappings that `<<` names.
    fn merge(&mut self, id: Id, entries: &mut Entries) -> Result<(), String> {
        match &self.tree.nodes[id] {
            Node::Sequence(items) => {
                for &item in items.iter().rev() {
                    self.merge_one(item, entries)?;
                }
                Ok(())
            }
            _ => self.merge_one(id, entries),
        }
    }

    fn merge_one(&mut self, id: Id, entries: &mut Entries) -> Result<(), String> {
        self.count()?;
        match &self.tree.nodes[id] {
            Node::Mapping(_) => self.fill(id, entries),
            Node::Alias(name, to) if matches!(self.tree.nodes[*to], Node::Mapping(_)) => {
                self.enter(id, name)?;
                self.count()?;
                self.fill(*to, entries)?;
                self.leave(id);
                Ok(())
            }
            _ => Err("yaml: map merge requires map or sequence of maps as the value".to_owned()),
        }
    }
}

/// The part of a document that may come from aliases: less in large documents.
fn allowed_ratio(all: usize) -> f64 {
    const LOW: usize = 400_000;
    const HIGH: usize = 4_000_000;
    match all {
        ..=LOW => 0.99,
        HIGH.. => 0.10,
        _ => 0.99 - 0.89 * ((all - LOW) as f64 / (HIGH - LOW) as f64),
    }
}

fn scalar_value(tag: &str, text: &str, implicit: bool) -> Result<Value, String> {
    if tag.is_empty() && !implicit {
        return Ok(Value::Text(text.to_owned()));
    }
    let short = tag.strip_prefix(TAGS);
    if let Some("binary") = short {
        let text = scalar::check_tag("!!binary", text, true).map_err(|_| "yaml: !!binary value contains invalid base64 data")?;
        return Ok(Value::Text(text.text.to_string()));
    }
    match (tag, short) {
        ("", _) => Ok(resolve(text).1),
        (_, Some("str")) => Ok(Value::Text(text.to_owned())),
        (_, Some(wanted @ ("bool" | "int" | "float" | "null" | "timestamp"))) => {
            let dated = wanted == "timestamp" && scalar::is_timestamp(text);
            let (found, value) = if dated { ("timestamp", Value::Text(text.to_owned())) } else { resolve(text) };
            match value {
                Value::Int(value) if wanted == "float" => Ok(Value::Float(value as f64)),
                value if found == wanted => Ok(value),
                _ => Err(format!("yaml: cannot decode !!{found} `{text}` as a !!{wanted}")),
            }
        }
        _ => Ok(Value::Text(text.to_owned())),
    }
}

/// The tag and the value of a plain scalar.
fn resolve(text: &str) -> (&'static str, Value) {
    match scalar::resolve_yaml11(text) {
        Tag::Null => ("null", Value::Nil),
        Tag::Bool => ("bool", Value::Bool(scalar::bool_value(text))),
        Tag::Int | Tag::Float => match number_yaml11(text) {
            Some(Number::Int(value)) => ("int", Value::Int(value)),
            Some(Number::Uint(value)) => ("int", Value::Uint(value)),
            Some(Number::Float(value)) => ("float", Value::Float(value)),
            None => ("str", Value::Text(text.to_owned())),
        },
        Tag::Str | Tag::Timestamp => ("str", Value::Text(text.to_owned())),
    }
}

/// The order in which Go prints the keys of a map.
fn compare(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Nil => 0,
        Value::Text(_) => 1,
        Value::Uint(_) => 2,
        Value::Int(_) => 3,
        Value::Float(_) => 4,
        _ => 5,
    };
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Uint(a), Value::Uint(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// A value as Go's `%#v` prints it.
pub(super) fn go_syntax(value: &Value) -> String {
    match value {
        Value::Nil => "interface {}(nil)".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => format!("{value:#x}"),
        Value::Float(value) if value.is_nan() => "NaN".to_owned(),
        Value::Float(value) if value.is_infinite() => if *value > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
        Value::Float(value) => {
            let mut out = String::new();
            scalar::print_general(*value, &mut out);
            out
        }
        Value::Text(text) => quote(text),
        Value::List(items) => format!("[]interface {{}}{{{}}}", items.iter().map(go_syntax).collect::<Vec<_>>().join(", ")),
        Value::Map(map) => {
            let mut entries: Vec<&(Value, Value)> = map.entries.iter().collect();
            entries.sort_by(|(a, _), (b, _)| compare(a, b));
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}:{}", go_syntax(key), go_syntax(value))).collect();
            format!("map[interface {{}}]interface {{}}{{{}}}", entries.join(", "))
        }
    }
}
