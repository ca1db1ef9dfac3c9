//! Text to JSON.
//!
//! Behavior: `YAMLToJSON` of `sigs.k8s.io/yaml`: keys become strings, and what JSON does not support is an error.

use std::borrow::Cow;

use serde_json::{Map, Number, Value as Json};

use super::tree::Tree;
use super::value::{self, Value, go_syntax};
use super::words::not_text;
use crate::yaml::text::text_of;

/// The JSON of the first document of a text; null if it is empty.
///
/// # Errors
/// What is wrong, in the words of Go's libraries.
pub fn yaml_to_json(content: &[u8]) -> Result<Json, String> {
    let (text, fault) = text(content);
    // What can't be read is noticed when its chunk of the text is needed; what is wrong before that is reported first.
    let start = fault.as_ref().map_or(usize::MAX, |(offset, _)| chunk_start(content, *offset));
    match (Tree::read(&text), fault) {
        (Ok((_, reached)) | Err((_, reached)), Some((_, words))) if reached + LOOK_AHEAD > start => Err(words),
        (Ok((tree, _)), _) => json(value::value(&tree)?),
        (Err((words, _)), _) => Err(words),
    }
}

/// The most characters after the current one that go-yaml looks at.
const LOOK_AHEAD: usize = 4;

/// The text, and where it is not one. A character that is not allowed then ends the text.
fn text(content: &[u8]) -> (Cow<'_, str>, Option<(usize, String)>) {
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] = content {
        let text = text_of(content.to_vec()).map(|text| text.to_string()).unwrap_or_default();
        let fault = forbidden(&text).map(|offset| (offset, CONTROL.to_owned()));
        return (Cow::Owned(text), fault);
    }
    let (valid, error) = match std::str::from_utf8(content) {
        Ok(text) => (text, None),
        Err(error) => (std::str::from_utf8(&content[..error.valid_up_to()]).unwrap_or_default(), Some(error.valid_up_to())),
    };
    match (forbidden(valid), error) {
        (Some(offset), _) => (Cow::Borrowed(valid), Some((offset, CONTROL.to_owned()))),
        (None, Some(offset)) => (Cow::Owned(format!("{valid}\u{1}")), Some((offset, not_text(content, offset)))),
        (None, None) => (Cow::Borrowed(valid), None),
    }
}

const CONTROL: &str = "yaml: control characters are not allowed";

/// The offset of the first character that YAML does not allow.
fn forbidden(text: &str) -> Option<usize> {
    text.char_indices().find(|(_, c)| !is_allowed(*c)).map(|(at, _)| at)
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

/// The start of the chunk that contains an offset: go-yaml reads chunks of 512 bytes, which end between characters.
fn chunk_start(content: &[u8], offset: usize) -> usize {
    let mut start = 0;
    loop {
        let mut end = (start + 512).min(content.len());
        while end < content.len() && end > start + 508 && content[end] & 0xc0 == 0x80 {
            end -= 1;
        }
        if offset < end || end >= content.len() {
            return start;
        }
        start = end;
    }
}

/// A step of a path to a value. Go's JSON encoder takes the keys in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Index(usize),
    Key(String),
}

/// Converts a value.
#[derive(Default)]
struct Converter {
    path: Vec<Step>,
    /// The values that JSON does not support, with their paths.
    unsupported: Vec<(Vec<Step>, f64)>,
}

fn json(value: Value) -> Result<Json, String> {
    let mut converter = Converter::default();
    let json = converter.json(value)?;
    match converter.unsupported.iter().min_by(|(a, _), (b, _)| a.cmp(b)) {
        Some((_, value)) => Err(unsupported(*value)),
        None => Ok(json),
    }
}

impl Converter {
    fn json(&mut self, value: Value) -> Result<Json, String> {
        Ok(match value {
            Value::Nil => Json::Null,
            Value::Bool(value) => value.into(),
            Value::Int(value) => value.into(),
            Value::Uint(value) => value.into(),
            Value::Float(value) => match Number::from_f64(value) {
                Some(number) => Json::Number(number),
                None => {
                    self.unsupported.push((self.path.clone(), value));
                    Json::Null
                }
            },
            Value::Text(text) => text.into(),
            Value::List(items) => {
                let items = items.into_iter().enumerate();
                items.map(|(at, item)| self.below(Step::Index(at), item)).collect::<Result<Vec<_>, _>>()?.into()
            }
            Value::Map(map) => {
                let mut object = Map::new();
                for (key, value) in map.entries {
                    let key = key_text(&key, &value)?;
                    let value = self.below(Step::Key(key.clone()), value)?;
                    object.insert(key, value);
                }
                object.into()
            }
        })
    }

    fn below(&mut self, step: Step, value: Value) -> Result<Json, String> {
        self.path.push(step);
        let json = self.json(value)?;
        self.path.pop();
        Ok(json)
    }
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

/// The text of a number or boolean where a string is expected; `None` for other values.
pub fn scalar_text(json: &Json) -> Option<String> {
    match json {
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(number) if number.is_f64() => number.as_f64().map(|value| short_float(value as f32)),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
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
