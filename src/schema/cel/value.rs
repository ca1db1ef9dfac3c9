//! Values of objects in rules: with defaults, without insignificant nulls, and typed by the schema.
//!
//! Nothing is copied: a field is converted when a rule accesses it. Names of fields that are not valid in CEL are escaped, fields
//! without a type are omitted, and strings with a time format are timestamps or durations. Behavior: `UnstructuredToVal` and
//! `SchemaDeclType` of Kubernetes.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ecow::EcoString;

use super::names::{escape, unescape};
use crate::cel::time::{parse_duration, parse_time};
use crate::cel::value::{Items, List, Map, Read, Value};
use crate::schema::structural::{Additional, Child, Json, Structural};
use crate::yaml::scalar::{Number, bool_value};
use crate::yaml::{Node, Tag, Value as Yaml};

/// The value of a node that has this schema. The root of an object has `apiVersion`, `kind`, and `metadata`.
pub fn of(node: &Node, schema: &Arc<Structural>, is_root: bool) -> Value {
    match node.value() {
        Yaml::Scalar(scalar) => match scalar.tag {
            Tag::Null => Value::Null,
            Tag::Bool => Value::Bool(bool_value(&scalar.text)),
            Tag::Int | Tag::Float => scalar.number().map_or(Value::Null, |number| self::number(number, schema)),
            Tag::Str | Tag::Timestamp => text(&scalar.text, schema),
        },
        Yaml::Sequence(_) => {
            let items = schema.items.as_ref().map(|items| Arc::clone(items)).unwrap_or_default();
            Value::List(List::Read(Arc::new(Sequence { node: node.clone(), items })))
        }
        Yaml::Mapping(_) => match &schema.additional {
            Some(Additional::Of(values)) if schema.properties.is_empty() && !is_root => {
                Value::Map(Map::Read(Arc::new(Entries { node: node.clone(), values: Arc::clone(values) })))
            }
            _ => {
                let has_metadata = is_root || schema.embedded;
                Value::Map(Map::Read(Arc::new(Object { node: node.clone(), schema: Arc::clone(schema), has_metadata })))
            }
        },
    }
}

fn number(number: Number, schema: &Structural) -> Value {
    let whole = match number {
        Number::Int(value) => Some(value),
        Number::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(value as i64),
        _ => None,
    };
    match (schema.json, whole) {
        (Some(Json::Number), _) | (_, None) => Value::Double(number.as_f64()),
        (_, Some(value)) => Value::Int(value),
    }
}

/// A string, converted according to its format. Strings that do not match their format have been rejected before.
fn text(text: &EcoString, schema: &Structural) -> Value {
    let typed = match schema.time_format() {
        Some("byte") => STANDARD.decode(text.as_str()).ok().map(|bytes| Value::Bytes(bytes.into())),
        Some("duration") => parse_duration(text).or_else(|| long_duration(text)).map(Value::Duration),
        Some("date") => parse_time(&format!("{text}T00:00:00Z")).ok().flatten().map(Value::Timestamp),
        Some(_) => parse_time(&text.as_str().to_ascii_uppercase().replacen(' ', "T", 1)).ok().flatten().map(Value::Timestamp),
        None => None,
    };
    typed.unwrap_or_else(|| Value::String(text.clone()))
}

/// Durations with names of units, days and weeks: `2 days`, `1w` (`strfmt.ParseDuration` of kube-openapi).
fn long_duration(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (number, after) = rest.split_at_checked(rest.find(|c: char| !c.is_ascii_digit())?)?;
        let after = after.trim_start();
        let (unit, after) = after.split_at_checked(after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len()))?;
        let unit: i64 = match unit {
            "ns" | "nano" | "nanos" | "nanosecond" | "nanoseconds" => 1,
            "us" | "µs" | "micro" | "micros" | "microsecond" | "microseconds" => 1_000,
            "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => 1_000_000,
            "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000_000,
            "m" | "min" | "mins" | "minute" | "minutes" => 60_000_000_000,
            "h" | "hr" | "hour" | "hours" => 3_600_000_000_000,
            "d" | "day" | "days" => 86_400_000_000_000,
            "w" | "wk" | "week" | "weeks" => 604_800_000_000_000,
            _ => return None,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        rest = after.trim_start();
    }
    Some(total)
}

/// A list.
#[derive(Debug)]
struct Sequence {
    node: Node,
    items: Arc<Structural>,
}

impl Items for Sequence {
    fn len(&self) -> usize {
        self.node.as_sequence().map_or(0, <[Node]>::len)
    }

    fn get(&self, at: usize) -> Option<Value> {
        self.node.as_sequence()?.get(at).map(|item| of(item, &self.items, false))
    }
}

/// A mapping with any keys (`additionalProperties`).
#[derive(Debug)]
struct Entries {
    node: Node,
    values: Arc<Structural>,
}

impl Entries {
    /// Whether a value is set: null counts as a value only if it is allowed.
    fn counts(&self, value: &Node) -> bool {
        !value.is_null() || self.values.nullable
    }
}

impl Read for Entries {
    fn get(&self, name: &str) -> Option<Value> {
        self.node.get(name).filter(|value| self.counts(value)).map(|value| of(value, &self.values, false))
    }

    fn has(&self, name: &str) -> bool {
        self.node.get(name).is_some_and(|value| self.counts(value))
    }

    fn names(&self) -> Vec<EcoString> {
        let entries = self.node.as_mapping().into_iter().flatten().filter(|entry| self.counts(&entry.value));
        entries.map(|entry| entry.key.text.into()).collect()
    }

    fn len(&self) -> usize {
        self.node.as_mapping().into_iter().flatten().filter(|entry| self.counts(&entry.value)).count()
    }
}

/// An object with fields.
#[derive(Debug)]
struct Object {
    node: Node,
    schema: Arc<Structural>,
    has_metadata: bool,
}

impl Object {
    /// A field by its unescaped name, with its schema.
    fn field(&self, name: &str) -> Option<(&Node, &Child)> {
        let schema = self.schema.shared_property(name)?;
        let is_typed = schema.json.is_some() || schema.int_or_string;
        let found = self.schema.seen(&self.node, name).filter(|_| is_typed && !(self.has_metadata && name == "metadata"))?;
        Some((found, schema))
    }

    /// `apiVersion`, `kind`, and `metadata`, which every object has.
    fn common(&self, name: &str) -> Option<&Node> {
        self.node.get(name).filter(|value| match name {
            "apiVersion" | "kind" => value.as_str().is_some(),
            "metadata" => !value.is_null(),
            _ => false,
        })
    }
}

impl Read for Object {
    fn get(&self, escaped: &str) -> Option<Value> {
        let name = unescape(escaped);
        if let Some((value, schema)) = self.field(&name) {
            return Some(of(value, schema, false));
        }
        let value = self.common(&name).filter(|_| self.has_metadata)?;
        Some(match value.as_text() {
            Some(text) => Value::String(text.clone()),
            None => Value::Map(Map::Read(Arc::new(Metadata(value.clone())))),
        })
    }

    fn has(&self, escaped: &str) -> bool {
        let name = unescape(escaped);
        self.field(&name).is_some() || self.has_metadata && self.common(&name).is_some()
    }

    fn names(&self) -> Vec<EcoString> {
        let written = self.node.as_mapping().into_iter().flatten().map(|entry| entry.key.text.as_static());
        let absent = self.schema.with_defaults().filter(|(name, _)| self.node.get(name).is_none());
        let defaults = absent.map(|(name, _)| name);
        let escaped = written.chain(defaults).filter_map(|name| escape(name).map(EcoString::from));
        escaped.filter(|name| self.has(name)).collect()
    }

    fn type_name(&self) -> Option<EcoString> {
        Some("object".into())
    }
}

/// The metadata of an object, of which rules can access only the name.
#[derive(Debug)]
struct Metadata(Node);

impl Read for Metadata {
    fn get(&self, name: &str) -> Option<Value> {
        let is_known = matches!(name, "name" | "generateName");
        self.0.get(name).and_then(Node::as_text).filter(|_| is_known).map(|text| Value::String(text.clone()))
    }

    fn names(&self) -> Vec<EcoString> {
        ["name", "generateName"].into_iter().filter(|name| self.has(name)).map(EcoString::from).collect()
    }
}
