//! JSON to text.
//!
//! Behavior: `JSONToYAML` of `sigs.k8s.io/yaml`, which is also the last step of a build: see `emit.rs`.

use ecow::EcoString;
use serde_json::{Number, Value as Json};

use super::words::unprintable;
use crate::source::{Sources, Span};
use crate::yaml::node::{Entry, Key, Node, Scalar, Tag, Value};
use crate::yaml::{OriginId, emit};

/// The text of a document.
///
/// # Errors
/// It contains what can't be printed; in the words of Go's libraries.
pub fn json_to_yaml(json: &Json) -> Result<String, String> {
    let source = Sources::default().add("", "");
    let mut out = String::new();
    let span = Span { source, start: 0, end: 0 };
    emit(&node(json, span), &mut out).map_err(|errors| unprintable(&errors.into_vec()))?;
    Ok(out)
}

fn node(json: &Json, span: Span) -> Node {
    let value = match json {
        Json::Null => Value::Scalar(Scalar::new(Tag::Null, "null")),
        Json::Bool(value) => Value::Scalar(Scalar::new(Tag::Bool, if *value { "true" } else { "false" })),
        Json::Number(number) => Value::Scalar(scalar(number)),
        Json::String(text) => Value::Scalar(Scalar::quoted(EcoString::from(text.as_str()))),
        Json::Array(items) => Value::Sequence(items.iter().map(|item| node(item, span)).collect()),
        Json::Object(entries) => {
            let entries = entries.iter();
            Value::Mapping(
                entries.map(|(key, value)| Entry { key: Key { text: key.as_str().into(), tag: Tag::Str, span }, value: node(value, span) }).collect(),
            )
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
