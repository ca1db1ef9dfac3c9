//! Values of objects as rules see them: with defaults, without nulls that mean nothing, typed by the schema.
//!
//! Behaviour: `UnstructuredToVal` and `SchemaDeclType`. Names of fields that CEL can't write are escaped (`my-field` is
//! `my__dash__field`); fields without a type are not there; texts with a time's format are times.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use cel::Value;
use cel::objects::Key;

use crate::schema::structural::{Additional, Json, Structural};
use crate::yaml::scalar::{Number, bool_value};
use crate::yaml::{Node, Tag, Value as Yaml};

/// Words that no field can be called by.
const RESERVED: [&str; 18] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
];

/// The value, or of an object only these fields. `size` grows by the number of values in it.
pub fn of(node: &Node, schema: &Structural, is_root: bool, fields: Option<&[String]>, size: &mut u64) -> Option<Value> {
    *size += 1;
    if node.is_null() {
        return Some(Value::Null);
    }
    match node.value() {
        Yaml::Scalar(scalar) => match scalar.tag {
            Tag::Null => Some(Value::Null),
            Tag::Bool => Some(Value::Bool(bool_value(&scalar.text))),
            Tag::Int | Tag::Float => number(scalar.number()?, schema),
            Tag::Str | Tag::Timestamp => text(&scalar.text, schema),
        },
        Yaml::Sequence(items) => {
            let of_items = schema.items.as_deref()?;
            let values: Option<Vec<Value>> = items.iter().map(|item| of(item, of_items, false, None, size)).collect();
            values.map(|values| Value::List(Arc::new(values)))
        }
        Yaml::Mapping(_) => object(node, schema, is_root, fields, size),
    }
}

fn number(number: Number, schema: &Structural) -> Option<Value> {
    let whole = match number {
        Number::Int(value) => Some(value),
        Number::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(value as i64),
        _ => None,
    };
    match (schema.json, whole) {
        (Some(Json::Number), _) | (_, None) => Some(Value::Float(number.as_f64())),
        (_, Some(value)) => Some(Value::Int(value)),
    }
}

fn text(text: &str, schema: &Structural) -> Option<Value> {
    match schema.time_format() {
        Some("byte") => base64::engine::general_purpose::STANDARD.decode(text).ok().map(|bytes| Value::Bytes(Arc::new(bytes))),
        Some("duration") => duration(text).map(Value::Duration),
        Some("date") => chrono::DateTime::parse_from_rfc3339(&format!("{text}T00:00:00Z")).ok().map(Value::Timestamp),
        Some(_) => chrono::DateTime::parse_from_rfc3339(text).ok().map(Value::Timestamp),
        None => Some(Value::String(Arc::new(text.to_owned()))),
    }
}

/// Go's durations: `1h30m`, `1.5s`.
fn duration(text: &str) -> Option<chrono::Duration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut nanoseconds = 0.0;
    while !rest.is_empty() && rest != "0" {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = rest.split_at_checked(digits)?;
        let length = unit.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(unit.len());
        let (unit, next) = unit.split_at_checked(length)?;
        let factor = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 6e10,
            "h" => 3.6e12,
            _ => return None,
        };
        nanoseconds += number.parse::<f64>().ok()? * factor;
        rest = next;
    }
    Some(chrono::Duration::nanoseconds(if negative { -nanoseconds } else { nanoseconds } as i64))
}

fn object(node: &Node, schema: &Structural, is_root: bool, fields: Option<&[String]>, size: &mut u64) -> Option<Value> {
    let mut entries: HashMap<Key, Value> = HashMap::new();
    let wanted = |name: &str| fields.is_none_or(|fields| fields.iter().any(|field| field == name));
    if let Some(Additional::Of(of_values)) = schema.additional.as_ref().filter(|_| schema.properties.is_empty()) {
        for entry in node.as_mapping().into_iter().flatten().filter(|entry| !entry.value.is_null() || of_values.nullable) {
            entries.insert(Key::from(entry.key.text.as_str()), of(&entry.value, of_values, false, None, size)?);
        }
        return Some(Value::Map(entries.into()));
    }
    let meta = is_root || schema.embedded;
    for (name, property) in &schema.properties {
        let typed = property.json.is_some() || property.int_or_string;
        let Some(escaped) = escape(name).filter(|escaped| typed && wanted(escaped)) else { continue };
        if meta && name == "metadata" {
            continue;
        }
        if let Some(value) = schema.seen(node, name) {
            entries.insert(Key::from(escaped), of(value, property, false, None, size)?);
        }
    }
    if meta {
        let text =
            |name: &str, from: &Node| from.get(name).and_then(Node::as_str).map(|text| (Key::from(name), Value::from(text)));
        entries.extend(["apiVersion", "kind"].into_iter().filter_map(|name| text(name, node)));
        if let Some(metadata) = node.get("metadata") {
            let names: HashMap<Key, Value> =
                ["name", "generateName"].into_iter().filter_map(|name| text(name, metadata)).collect();
            entries.insert(Key::from("metadata"), Value::Map(names.into()));
        }
    }
    Some(Value::Map(entries.into()))
}

/// The name of a field as rules write it; `None` when they can't.
pub fn escape(name: &str) -> Option<String> {
    let first = name.bytes().next()?;
    if first.is_ascii_digit() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte)) {
        return None;
    }
    if RESERVED.contains(&name) || matches!(name, "void" | "while" | "var") {
        return Some(format!("__{name}__"));
    }
    let escaped = name.replace("__", "\u{1}").replace('.', "__dot__").replace('-', "__dash__").replace('/', "__slash__");
    Some(escaped.replace('\u{1}', "__underscores__"))
}
