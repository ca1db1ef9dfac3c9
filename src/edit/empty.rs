//! Empty values: which value a missing field has, and which values are left out.
//!
//! Go does not distinguish a missing string, boolean, or number from an empty one, but it does distinguish a missing list, mapping,
//! or pointer. Behavior: zero values, and `omitempty` of `encoding/json`.

use serde_json::{Map, Value};

use super::types::{Kind, Struct};

/// The value that a missing field has.
pub(super) fn zero(kind: &Kind) -> Value {
    match kind {
        Kind::Text(_) => Value::String(String::new()),
        Kind::Bool => Value::Bool(false),
        Kind::Int(_) => Value::Number(0.into()),
        Kind::List(_) | Kind::Map(_) | Kind::Pointer(_) | Kind::Any => Value::Null,
        Kind::Struct(fields) => {
            let mut object = Map::new();
            complete(fields, &mut object);
            Value::Object(object)
        }
    }
}

/// Adds the fields that are printed even if they are empty, and removes empty ones that are not.
pub(super) fn complete(fields: &'static Struct, object: &mut Map<String, Value>) {
    for found in fields.all() {
        let field = found.field;
        match object.get(field.json) {
            None if !field.omitempty || matches!(field.kind, Kind::Struct(_)) => {
                object.insert(field.json.to_owned(), zero(&field.kind));
            }
            Some(value) if field.omitempty && is_zero(&field.kind, value) => _ = object.remove(field.json),
            _ => {}
        }
    }
}

/// Whether a value is the one that a missing field has. Empty lists and mappings are different from missing ones.
fn is_zero(kind: &Kind, value: &Value) -> bool {
    match kind {
        Kind::Struct(_) => false,
        kind => *value == zero(kind),
    }
}

/// The fields of a struct as `encoding/json` writes them.
pub(super) fn encode_struct(fields: &'static Struct, object: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for found in fields.all() {
        let field = found.field;
        let value = match object.get(field.json) {
            Some(value) => encode(&field.kind, value),
            None => zero(&field.kind),
        };
        if !field.omitempty || !is_empty(&field.kind, &value) {
            out.insert(field.json.to_owned(), value);
        }
    }
    out
}

fn encode(kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Pointer(to), value) if !value.is_null() => encode(to, value),
        (Kind::Struct(fields), Value::Object(object)) => Value::Object(encode_struct(fields, object)),
        (Kind::List(item), Value::Array(items)) => items.iter().map(|value| encode(item, value)).collect(),
        (_, Value::Null) => zero(kind),
        (_, value) => value.clone(),
    }
}

/// Whether `omitempty` leaves a value out: never a struct, nor a pointer that is not null.
fn is_empty(kind: &Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Struct(_), _) => false,
        (_, Value::Null) => true,
        (Kind::Pointer(_) | Kind::Any, _) => false,
        (_, Value::String(text)) => text.is_empty(),
        (_, Value::Array(items)) => items.is_empty(),
        (_, Value::Object(entries)) => entries.is_empty(),
        (_, Value::Bool(value)) => !value,
        (_, Value::Number(number)) => number.as_f64() == Some(0.0),
    }
}
