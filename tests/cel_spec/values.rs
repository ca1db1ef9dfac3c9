//! Converts the values and types of the suite to those of `src/cel/`.

use std::sync::Arc;

use chrono::DateTime;
use render::cel::types::Type;
use render::cel::value::{Entries, Key, List, Map, Value};

use crate::textproto::{Field, Message};

/// A value; an error names a required feature of protocol buffers.
pub fn value(message: &Message) -> Result<Value, String> {
    let Some((kind, field)) = message.0.first() else { return Ok(Value::Null) };
    Ok(match (kind.as_str(), field) {
        ("null_value", _) => Value::Null,
        ("bool_value", Field::Word(word)) => Value::Bool(word == "true"),
        ("int64_value", Field::Word(word)) => Value::Int(integer(word) as i64),
        ("uint64_value", Field::Word(word)) => Value::Uint(integer(word) as u64),
        ("double_value", Field::Word(word)) => Value::Double(word.parse().map_err(|_| format!("the double {word}"))?),
        ("string_value", Field::Text(bytes)) => Value::string(String::from_utf8_lossy(bytes).as_ref()),
        ("bytes_value", Field::Text(bytes)) => Value::Bytes(bytes.as_slice().into()),
        ("type_value", Field::Text(bytes)) => Value::Type(String::from_utf8_lossy(bytes).as_ref().into()),
        ("list_value", Field::Message(list)) => {
            let values: Result<Vec<Value>, String> = list.messages("values").map(value).collect();
            Value::list(values?)
        }
        ("map_value", Field::Message(map)) => {
            let mut entries = Entries::default();
            for entry in map.messages("entries") {
                let part = |name: &str| entry.message(name).map_or(Ok(Value::Null), value);
                entries.insert(Key::of(&part("key")?).ok_or("a key")?, part("value")?);
            }
            Value::Map(Map::Own(Arc::new(entries)))
        }
        ("object_value", Field::Message(object)) => return self::object(object),
        (other, _) => return Err(other.to_owned()),
    })
}

fn object(message: &Message) -> Result<Value, String> {
    let Some((name, Field::Message(of))) = message.0.first() else { return Err("an object".into()) };
    let (seconds, nanos) = (integer(&of.text("seconds")) as i64, integer(&of.text("nanos")) as i64);
    match name.trim_start_matches("type.googleapis.com/") {
        "google.protobuf.Duration" => Ok(Value::Duration(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))),
        "google.protobuf.Timestamp" => {
            let time = DateTime::from_timestamp(seconds, nanos as u32).ok_or("a time out of range")?;
            Ok(Value::Timestamp(time.fixed_offset()))
        }
        other => Err(other.to_owned()),
    }
}

fn integer(word: &str) -> i128 {
    match word.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).unwrap_or(0),
        None => word.parse().unwrap_or(0),
    }
}

/// A type; an error names a required feature of protocol buffers.
pub fn of_type(message: &Message) -> Result<Type, String> {
    let Some((kind, field)) = message.0.first() else { return Ok(Type::Dyn) };
    let inner = |message: &Message, name: &str| message.message(name).map_or(Ok(Type::Dyn), of_type).map(Arc::new);
    Ok(match (kind.as_str(), field) {
        ("dyn", _) => Type::Dyn,
        ("null", _) => Type::Null,
        ("primitive", Field::Word(word)) => match word.as_str() {
            "BOOL" => Type::Bool,
            "INT64" => Type::Int,
            "UINT64" => Type::Uint,
            "DOUBLE" => Type::Double,
            "STRING" => Type::String,
            "BYTES" => Type::Bytes,
            other => return Err(other.to_owned()),
        },
        ("well_known", Field::Word(word)) => match word.as_str() {
            "TIMESTAMP" => Type::Timestamp,
            "DURATION" => Type::Duration,
            other => return Err(other.to_owned()),
        },
        ("list_type", Field::Message(of)) => Type::List(inner(of, "elem_type")?),
        ("map_type", Field::Message(of)) => Type::Map(inner(of, "key_type")?, inner(of, "value_type")?),
        ("type", Field::Message(of)) => Type::Type(Arc::new(of_type(of)?)),
        ("abstract_type", Field::Message(of)) if of.text("name") == "optional_type" => {
            Type::Optional(inner(of, "parameter_types")?)
        }
        ("message_type", Field::Text(name)) => match name.as_slice() {
            b"google.protobuf.Timestamp" => Type::Timestamp,
            b"google.protobuf.Duration" => Type::Duration,
            other => return Err(String::from_utf8_lossy(other).into_owned()),
        },
        (other, _) => return Err(other.to_owned()),
    })
}

/// Whether two values and their types are equal.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) | (Value::Duration(a), Value::Duration(b)) => a == b,
        (Value::Uint(a), Value::Uint(b)) => a == b,
        (Value::Double(a), Value::Double(b)) => a == b || a.is_nan() && b.is_nan(),
        (Value::String(a), Value::String(b)) | (Value::Type(a), Value::Type(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::Timestamp(a), Value::Timestamp(b)) => a == b,
        (Value::List(a), Value::List(b)) => same_lists(a, b),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.keys().iter().all(|key| a.get(key).zip(b.get(key)).is_some_and(|(a, b)| same(&a, &b)))
        }
        _ => false,
    }
}

fn same_lists(a: &List, b: &List) -> bool {
    a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(&a, &b))
}
