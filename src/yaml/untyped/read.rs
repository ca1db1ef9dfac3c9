//! Text to JSON.
//!
//! Behavior: `YAMLToJSON` of `sigs.k8s.io/yaml`: keys become strings, and what JSON does not support is an error.

use serde_json::{Map, Number, Value as Json};

use super::tree::Tree;
use super::value::{self, Value, go_syntax};
use super::words::not_text;

/// The JSON of the first document of a text; null if it is empty.
///
/// # Errors
/// What is wrong, in the words of Go's libraries.
pub fn yaml_to_json(content: &[u8]) -> Result<Json, String> {
    let text = crate::yaml::text::text_of(content.to_vec()).map_err(|error| not_text(&error.content, error.offset))?;
    let tree = Tree::read(&text)?;
    json(value::value(&tree)?)
}

fn json(value: Value) -> Result<Json, String> {
    Ok(match value {
        Value::Nil => Json::Null,
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Uint(value) => value.into(),
        Value::Float(value) => Json::Number(Number::from_f64(value).ok_or_else(|| unsupported(value))?),
        Value::Text(text) => text.into(),
        Value::List(items) => items.into_iter().map(json).collect::<Result<Vec<_>, _>>()?.into(),
        Value::Map(map) => {
            let mut object = Map::new();
            for (key, value) in map.entries {
                object.insert(key_text(&key, &value)?, json(value)?);
            }
            object.into()
        }
    })
}

fn unsupported(value: f64) -> String {
    let name = if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    };
    format!("json: unsupported value: {name}")
}

fn key_text(key: &Value, value: &Value) -> Result<String, String> {
    Ok(match key {
        Value::Text(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => short_float(*value as f32),
        key => {
            let (kind, shown) = match key {
                Value::Uint(value) => ("uint64", format!("{value:#x}")),
                _ => ("%!s(<nil>)", "<nil>".to_owned()),
            };
            let value = if *value == Value::Nil { "<nil>".to_owned() } else { go_syntax(value) };
            return Err(format!("unsupported map key of type: {kind}, key: {shown}, value: {value}"));
        }
    })
}

/// Go's shortest `%g` of a number with 32 bits, with the names of YAML.
fn short_float(value: f32) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let text = format!("{value:e}");
    match text.split_once('e').map(|(digits, exponent)| (digits, exponent.parse::<i32>())) {
        Some((digits, Ok(exponent))) if !(-4..6).contains(&exponent) => {
            format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
        _ => value.to_string(),
    }
}
