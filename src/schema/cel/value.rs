//! Values of objects as rules see them: with defaults, without nulls that mean nothing, typed by the schema.
//!
//! Behaviour: `UnstructuredToVal` and `SchemaDeclType`. Names of fields that CEL can't write are escaped (`my-field` is
//! `my__dash__field`); fields without a type are not there; texts with a time's format are times.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use cel::Value;
use cel::objects::Key;
use ecow::EcoString;

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

/// A field of `self` that a rule looks at.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    name: String,
    /// The name as the rule writes it.
    escaped: String,
}

impl Field {
    /// A field from the name as a rule writes it.
    pub fn new(escaped: &str) -> Self {
        Field { name: unescape(escaped), escaped: escaped.to_owned() }
    }
}

/// How large a value is.
#[derive(Debug, Default)]
pub struct Extent {
    /// The length of the longest list or mapping.
    pub list: u64,
    /// The length of the longest text.
    pub text: u64,
}

/// The value, or of an object only these fields.
pub fn of(node: &Node, schema: &Structural, is_root: bool, fields: Option<&[Field]>, extent: &mut Extent) -> Option<Value> {
    if node.is_null() {
        return Some(Value::Null);
    }
    match node.value() {
        Yaml::Scalar(scalar) => match scalar.tag {
            Tag::Null => Some(Value::Null),
            Tag::Bool => Some(Value::Bool(bool_value(&scalar.text))),
            Tag::Int | Tag::Float => number(scalar.number()?, schema),
            Tag::Str | Tag::Timestamp => {
                extent.text = extent.text.max(scalar.text.len() as u64);
                text(&scalar.text, schema)
            }
        },
        Yaml::Sequence(items) => {
            let of_items = schema.items.as_deref()?;
            extent.list = extent.list.max(items.len() as u64);
            let values: Option<Vec<Value>> = items.iter().map(|item| of(item, of_items, false, None, extent)).collect();
            values.map(|values| Value::List(Arc::new(values)))
        }
        Yaml::Mapping(mapping) => {
            extent.list = extent.list.max(mapping.len() as u64);
            object(node, schema, is_root, fields, extent)
        }
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

fn object(node: &Node, schema: &Structural, is_root: bool, fields: Option<&[Field]>, extent: &mut Extent) -> Option<Value> {
    let mut entries: HashMap<Key, Value> = HashMap::new();
    if let Some(Additional::Of(of_values)) = schema.additional.as_ref().filter(|_| schema.properties.is_empty()) {
        for entry in node.as_mapping().into_iter().flatten().filter(|entry| !entry.value.is_null() || of_values.nullable) {
            entries.insert(Key::from(entry.key.text.as_str()), of(&entry.value, of_values, false, None, extent)?);
        }
        return Some(Value::Map(entries.into()));
    }
    let meta = is_root || schema.embedded;
    let mut put = |name: &str, escaped: &str| {
        let typed = schema.property(name).filter(|property| property.json.is_some() || property.int_or_string);
        let Some(property) = typed.filter(|_| !(meta && name == "metadata")) else { return Some(()) };
        if let Some(value) = schema.seen(node, name) {
            entries.insert(Key::from(escaped), of(value, property, false, None, extent)?);
        }
        Some(())
    };
    match fields {
        Some(fields) => fields.iter().try_for_each(|field| put(&field.name, &field.escaped))?,
        None => {
            let written = node.as_mapping().into_iter().flatten().map(|entry| &entry.key.text);
            let default =
                |(name, property): &&(EcoString, Arc<Structural>)| property.default.is_some() && node.get(name).is_none();
            let defaults = schema.properties.iter().filter(default).map(|(name, _)| name);
            written.chain(defaults).try_for_each(|name| escape(name).map_or(Some(()), |escaped| put(name, &escaped)))?;
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
pub fn escape(name: &str) -> Option<Cow<'_, str>> {
    let first = name.bytes().next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if first.is_ascii_digit() || !name.bytes().all(|byte| plain(byte) || b".-/".contains(&byte)) {
        return None;
    }
    if RESERVED.contains(&name) {
        return Some(Cow::Owned(format!("__{name}__")));
    }
    if name.bytes().all(plain) && !name.contains("__") {
        return Some(Cow::Borrowed(name));
    }
    let escaped = name.replace("__", "\u{1}").replace('.', "__dot__").replace('-', "__dash__").replace('/', "__slash__");
    Some(Cow::Owned(escaped.replace('\u{1}', "__underscores__")))
}

fn unescape(escaped: &str) -> String {
    if let Some(word) = escaped.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")).filter(|word| RESERVED.contains(word))
    {
        return word.to_owned();
    }
    let name = escaped.replace("__dot__", ".").replace("__dash__", "-").replace("__slash__", "/");
    name.replace("__underscores__", "__")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_being_escaped() {
        for (name, escaped) in [
            ("plain", "plain"),
            ("my-field", "my__dash__field"),
            ("a.b/c", "a__dot__b__slash__c"),
            ("x__y", "x__underscores__y"),
            ("namespace", "__namespace__"),
            ("_x", "_x"),
        ] {
            assert_eq!(escape(name).as_deref(), Some(escaped));
            assert_eq!(unescape(escaped), name);
        }
        assert!(escape("1x").is_none() && escape("a b").is_none() && escape("").is_none());
    }

    #[test]
    fn durations_are_go_s() {
        let seconds = |text: &str| duration(text).map(|duration| duration.num_milliseconds());
        assert_eq!(seconds("1h30m"), Some(5_400_000));
        assert_eq!(seconds("-1.5s"), Some(-1500));
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds("5"), None);
        assert_eq!(seconds("5 parsecs"), None);
    }
}
