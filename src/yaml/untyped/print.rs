//! JSON to text.
//!
//! Behavior: `JSONToYAML` of `sigs.k8s.io/yaml`: JSON is written, read as YAML, and printed like the objects of a build (`emit.rs`).

use serde_json::{Number, Value as Json};

use super::read;
use crate::source::{Sources, Span};
use crate::yaml::key::Key;
use crate::yaml::node::{Entry, Node, Value};
use crate::yaml::tagged::{Scalar, Tag};
use crate::yaml::{OriginId, emit, json};

/// The text of a document.
///
/// # Errors
/// It contains what can't be printed; in the words of Go's libraries.
pub fn json_to_yaml(json: &Json) -> Result<String, String> {
    let mut text = String::new();
    write(json, &mut text);
    let json = read::yaml_to_json(text.as_bytes())?;
    let source = Sources::default().add("", "");
    let mut out = String::new();
    let node = node(&json, Span { source, start: 0, end: 0 });
    emit(&node, &mut out).map_err(|_| "yaml: control characters are not allowed".to_owned())?;
    Ok(out)
}

/// A number as Go's JSON encoder writes it.
pub fn json_number(number: &Number) -> String {
    match number.as_f64().filter(|_| number.is_f64()) {
        None => number.to_string(),
        Some(value) if value != 0.0 && (value.abs() < 1e-6 || value.abs() >= 1e21) => {
            let text = format!("{value:e}");
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            format!("{digits}e{sign}{exponent}")
        }
        Some(value) => value.to_string(),
    }
}

/// A document as Go's JSON encoder writes it.
fn write(json: &Json, out: &mut String) {
    match json {
        Json::Null | Json::Bool(_) => out.push_str(&json.to_string()),
        Json::Number(number) => out.push_str(&json_number(number)),
        Json::String(text) => out.push_str(&json::quoted(text)),
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(entries) => {
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                out.push_str(&json::quoted(key));
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

fn node(json: &Json, span: Span) -> Node {
    let value = match json {
        Json::Null => Value::Scalar(Scalar::new(Tag::Null, "null")),
        Json::Bool(value) => Value::Scalar(Scalar::new(Tag::Bool, if *value { "true" } else { "false" })),
        Json::Number(number) => Value::Scalar(scalar(number)),
        Json::String(text) => Value::Scalar(Scalar::quoted(text.as_str())),
        Json::Array(items) => Value::Sequence(items.iter().map(|item| node(item, span)).collect()),
        Json::Object(entries) => {
            let key = |text: &str| Key::string(text, span);
            Value::Mapping(entries.iter().map(|(text, value)| Entry { key: key(text), value: node(value, span) }).collect())
        }
    };
    Node::read(value, span, OriginId::UNKNOWN)
}

fn scalar(number: &Number) -> Scalar {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(value) => Scalar::new(Tag::Float, format!("{value:e}")),
        None => Scalar::new(Tag::Int, number.to_string()),
    }
}
