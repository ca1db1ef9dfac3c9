//! The types of built-in objects, strictly: what the API server's decoder refuses.
//!
//! Unknown and repeated fields, values of the wrong type, numbers out of range, malformed quantities, times and base64. The
//! decoder names fields without indices, the strict check with them. Behaviour: `encoding/json` and `sigs.k8s.io/json` with
//! `fieldValidation=Strict`; the types come from [`crate::schema::Kubernetes`].

use base64::Engine;

use super::findings::Findings;
use super::path::Path;
use super::quantity;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::schema::{Class, Format, Type};
use crate::yaml::scalar::{self, Number};
use crate::yaml::{Mapping, Node, Tag, Value};

/// Checks a value against its type.
pub fn check(node: &Node, expected: Type, path: &Path<'_>, out: &mut Findings) {
    if node.is_null() {
        return;
    }
    match expected.class() {
        Class::Any => repeated_keys(node, path, out),
        Class::Object => object(node, expected, path, out),
        Class::Array => match node.as_sequence() {
            Some(items) => {
                let Some(of) = expected.items() else { return };
                items.iter().enumerate().for_each(|(at, item)| check(item, of, &path.index(at), out));
            }
            None => wrong_type(node, "a list", path, out),
        },
        Class::String => string(node, expected.format(), path, out),
        Class::Integer => integer(node, expected.format(), path, out),
        Class::Number => {
            if !matches!(tag(node), Some(Tag::Int | Tag::Float)) {
                wrong_type(node, "a number", path, out);
            }
        }
        Class::Boolean => {
            if tag(node) != Some(Tag::Bool) {
                wrong_type(node, "a boolean", path, out);
            }
        }
        Class::IntOrString => match tag(node) {
            Some(Tag::Int) => integer(node, Some(Format::Int32), path, out),
            Some(Tag::Str | Tag::Timestamp) => {}
            _ => wrong_type(node, "an integer or a string", path, out),
        },
        Class::Quantity => match node.as_scalar() {
            Some(scalar) if matches!(scalar.tag, Tag::Str | Tag::Int | Tag::Float) && quantity::parse(&scalar.text).is_some() => {
            }
            _ => {
                let found = node.as_scalar().map_or(node.type_name(), |scalar| scalar.text.as_str());
                let error = node
                    .error("wrong-type", format!("`{found}` is no quantity"))
                    .help("write a number with a unit, such as `500m` or `2Gi`");
                out.push(error, path.fields());
            }
        },
    }
}

fn tag(node: &Node) -> Option<Tag> {
    node.as_scalar().map(|scalar| scalar.tag)
}

fn wrong_type(node: &Node, wanted: &str, path: &Path<'_>, out: &mut Findings) {
    let mut error = node.error("wrong-type", format!("found {}, but {wanted} is wanted", node.type_name()));
    if wanted == "a string" && node.as_scalar().is_some() {
        error = error.help("put it in quotes");
    }
    out.push(error, path.fields());
}

fn object(node: &Node, expected: Type, path: &Path<'_>, out: &mut Findings) {
    let Some(mapping) = node.as_mapping() else { return wrong_type(node, "a mapping", path, out) };
    repeated_here(mapping, path, out);
    for entry in mapping {
        let name = entry.key.text.as_str();
        match (expected.field(name), expected.additional()) {
            (Some(field), _) => check(&entry.value, field.value(), &path.field(name), out),
            (None, Some(of)) => check(&entry.value, of, &path.key(name), out),
            (None, None) if expected.is_open() => repeated_keys(&entry.value, &path.field(name), out),
            (None, None) => {
                let fields: Vec<&str> = expected.fields().map(|field| field.name()).collect();
                let error = Diagnostic::error("unknown-field", format!("there is no field `{name}` here")).at(entry.key.span);
                let help = match did_you_mean(name, fields.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if fields.len() <= 24 => format!("known fields: {}", fields.join(", ")),
                    None => "is it indented as it is meant?".to_owned(),
                };
                out.push(error.help(help), path.field(name).to_string());
            }
        }
    }
}

/// Keys that stand twice in one mapping.
pub fn repeated_here(mapping: &Mapping, path: &Path<'_>, out: &mut Findings) {
    let mut seen: Vec<&str> = Vec::with_capacity(mapping.len());
    let mut large = rustc_hash::FxHashSet::default();
    for entry in mapping {
        let key = entry.key.text.as_str();
        let twice = if mapping.len() > 32 { !large.insert(key) } else { seen.contains(&key) };
        seen.push(key);
        if twice {
            let error =
                Diagnostic::error("duplicate-key", format!("the key `{key}` stands twice in one mapping")).at(entry.key.span);
            out.push(error.help("remove one of the two"), path.field(key).to_string());
        }
    }
}

/// The same in a whole value.
pub fn repeated_keys(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(mapping) = node.as_mapping() {
        repeated_here(mapping, path, out);
        mapping.iter().for_each(|entry| repeated_keys(&entry.value, &path.field(&entry.key.text), out));
    }
    for (at, item) in node.as_sequence().unwrap_or_default().iter().enumerate() {
        repeated_keys(item, &path.index(at), out);
    }
}

fn string(node: &Node, format: Option<Format>, path: &Path<'_>, out: &mut Findings) {
    let text = match node.value() {
        Value::Scalar(scalar) if matches!(scalar.tag, Tag::Str | Tag::Timestamp) => scalar.text.as_str(),
        _ => return wrong_type(node, "a string", path, out),
    };
    match format {
        Some(Format::DateTime) if tag(node) != Some(Tag::Timestamp) && !is_time(text) => {
            let error = node.error("wrong-type", format!("`{text}` is no time")).help("write it as `2006-01-02T15:04:05Z`");
            out.push(error, path.fields());
        }
        Some(Format::Byte) => {
            let compact: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
            if base64::engine::general_purpose::STANDARD.decode(&compact).is_err() {
                // The value may be a secret: it is not repeated.
                out.push(
                    node.error("wrong-type", "the value is no base64").help("use `stringData` for plain text"),
                    path.fields(),
                );
            }
        }
        _ => {}
    }
}

/// RFC 3339 as Go parses it.
fn is_time(text: &str) -> bool {
    text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T') && scalar::is_timestamp(text)
}

fn integer(node: &Node, format: Option<Format>, path: &Path<'_>, out: &mut Findings) {
    let value = match (node.as_scalar(), tag(node)) {
        (Some(scalar), Some(Tag::Int | Tag::Float)) => scalar.number(),
        _ => None,
    };
    let whole = match value {
        Some(Number::Int(value)) => Some(value),
        Some(Number::Float(value)) if value.fract() == 0.0 && value.abs() < 9e15 => Some(value as i64),
        _ => None,
    };
    match whole {
        Some(value) if format == Some(Format::Int32) && i32::try_from(value).is_err() => {
            out.push(node.error("wrong-type", format!("{value} is too large: a 32-bit integer is wanted")), path.fields());
        }
        Some(_) => {}
        None => wrong_type(node, "an integer", path, out),
    }
}
