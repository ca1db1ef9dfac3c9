//! An object in Go's syntax: kustomize shows it if it can't be printed. Behavior: `%#v` of a `map[string]interface {}`.

use super::key::Key;
use super::node::{Mapping, Node, Value};
use super::scalar::{Number, bool_value};
use super::tagged::{Scalar, Tag};
use crate::kustomize_words::quote;

/// An object as Go prints it.
pub fn object(node: &Node) -> String {
    node.as_mapping().map_or_else(|| value(node), |mapping| entries(mapping, "map[string]interface {}", true))
}

/// A value as Go prints it.
pub fn value(node: &Node) -> String {
    match node.value() {
        Value::Scalar(scalar) => one(scalar),
        Value::Sequence(items) => format!("[]interface {{}}{{{}}}", items.iter().map(value).collect::<Vec<_>>().join(", ")),
        Value::Mapping(mapping) => {
            let only_strings = mapping.iter().all(|entry| entry.key.tag() == Tag::Str);
            let kind = if only_strings { "map[string]interface {}" } else { "map[interface {}]interface {}" };
            entries(mapping, kind, only_strings)
        }
    }
}

fn entries(mapping: &Mapping, kind: &str, only_strings: bool) -> String {
    let mut all: Vec<_> = mapping.iter().collect();
    // Go sorts strings first and then the other keys by their values.
    let rank = |key: &Key| (key.tag() != Tag::Str, key.tag() != Tag::Int && key.tag() != Tag::Float, key.text);
    all.sort_by_key(|entry| rank(&entry.key));
    let shown = |key: &Key| match only_strings {
        true => quote(&key.text),
        false => one(&Scalar::new(key.tag(), key.text)),
    };
    let all: Vec<String> = all.iter().map(|entry| format!("{}:{}", shown(&entry.key), value(&entry.value))).collect();
    format!("{kind}{{{}}}", all.join(", "))
}

fn one(scalar: &Scalar) -> String {
    match scalar.tag {
        Tag::Null => "interface {}(nil)".to_owned(),
        Tag::Bool => bool_value(&scalar.text).to_string(),
        Tag::Int | Tag::Float => match scalar.number() {
            Some(Number::Int(number)) => number.to_string(),
            Some(number) => float(number.as_f64()),
            None => quote(&scalar.text),
        },
        Tag::Timestamp | Tag::Str => quote(&scalar.text),
    }
}

fn float(number: f64) -> String {
    match number {
        number if number.is_nan() => "NaN".to_owned(),
        number if number.is_infinite() => if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
        number => number.to_string(),
    }
}
