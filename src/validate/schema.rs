//! Checks the types of built-in objects as the API server's decoder does in strict mode.
//!
//! It reports unknown and duplicate fields, values of the wrong type, numbers out of range, and malformed quantities, times, and
//! base64. The server's decoder names fields without indices; here they have indices and keys, as in all other findings.
//! Behavior: `encoding/json` and `sigs.k8s.io/json` with `fieldValidation=Strict`; the types come from
//! [`crate::schema::Kubernetes`].

use super::findings::Findings;
use super::path::{Path, steps};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::schema::quantity;
use crate::schema::{Class, Field, Format, Kubernetes, ListType, Shape, Type, field_paths};
use crate::yaml::scalar::{self, Number};
use crate::yaml::{Entry, Mapping, Node, Tag, Value};

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
        Class::String => string(node, expected, path, out),
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
            Some(Tag::Int | Tag::Float) => integer(node, Some(Format::Int32), path, out),
            Some(Tag::Str | Tag::Timestamp) => {}
            _ => wrong_type(node, "an integer or a string", path, out),
        },
        Class::Quantity => match node.as_scalar() {
            Some(scalar) if matches!(scalar.tag, Tag::Str | Tag::Int | Tag::Float) && quantity::parse(&scalar.text).is_some() => {
            }
            _ => {
                let found = node.as_scalar().map_or(node.type_name(), |scalar| scalar.text.as_str());
                let error = node
                    .error("wrong-type", format!("`{found}` is not a valid quantity"))
                    .help("use a number with an optional unit, such as `500m` or `2Gi`");
                out.push(error, path.to_string());
            }
        },
    }
}

fn tag(node: &Node) -> Option<Tag> {
    node.as_scalar().map(|scalar| scalar.tag)
}

fn wrong_type(node: &Node, expected: &str, path: &Path<'_>, out: &mut Findings) {
    let error = node.error("wrong-type", format!("expected {expected}, found {}", node.type_name()));
    out.push(error.help_if(node.remedy(expected).map(str::to_owned)), path.to_string());
}

fn object(node: &Node, expected: Type, path: &Path<'_>, out: &mut Findings) {
    let Some(mapping) = node.as_mapping() else { return wrong_type(node, "a mapping", path, out) };
    repeated_here(mapping, path, out);
    for entry in mapping {
        let name = entry.key.text.as_str();
        if let Some(field) = expected.field(name) {
            let path = path.field(name);
            check(&entry.value, field.value(), &path, out);
            if entry.value.as_sequence().is_some_and(|items| items.len() > 1) {
                duplicate_items(&entry.value, field, &path, out);
            }
        } else if let Some(of) = expected.additional() {
            check(&entry.value, of, &path.key(name), out);
        } else if expected.is_open() {
            repeated_keys(&entry.value, &path.field(name), out);
        } else {
            unknown_field(entry, expected, path, out);
        }
    }
}

fn unknown_field(entry: &Entry, expected: Type, path: &Path<'_>, out: &mut Findings) {
    let name = entry.key.text.as_str();
    let fields: Vec<&str> = expected.fields().map(|field| field.name()).collect();
    let error = Diagnostic::error("unknown-field", format!("unknown field `{name}`")).at(entry.key.span());
    let help = match did_you_mean(name, fields.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => match misplaced(&path.field(name), out) {
            Some(near) => format!("did you mean `{near}`?"),
            None if fields.len() <= 24 => format!("known fields: {}", fields.join(", ")),
            None => "check the indentation".to_owned(),
        },
    };
    out.push(error.help(help), path.field(name).to_string());
}

/// The path of the same field at another level, where the schema of the object has it.
fn misplaced(path: &Path<'_>, out: &Findings) -> Option<String> {
    let gvk = &out.object().gvk;
    let root = Kubernetes::new(out.version()).kind(&gvk.group, &gvk.version, &gvk.kind)?;
    let all = steps(&path.to_string());
    let steps: Vec<&str> = all.iter().map(String::as_str).collect();
    field_paths::misplaced(&Shape::Typed(root), &steps)
}

/// Warns about list items with the same merge keys. The server creates an object with them, but server-side apply rejects it, and
/// patches change only one of them.
fn duplicate_items(list: &Node, field: Field, path: &Path<'_>, out: &mut Findings) {
    if field.list_type() != Some(ListType::Map) {
        return;
    }
    let mut seen = rustc_hash::FxHashSet::default();
    for (at, item) in list.as_sequence().unwrap_or_default().iter().enumerate() {
        // The server fills in the default protocol before it compares.
        let text = |key| match item.get(key).and_then(Node::as_text) {
            Some(text) => Some(text.as_str()),
            None => (key == "protocol").then_some("TCP"),
        };
        let Some(keys) = field.list_map_keys().map(text).collect::<Option<Vec<&str>>>() else { continue };
        if !keys.is_empty() && !seen.insert(keys) {
            let names: Vec<String> = field.list_map_keys().map(|key| format!("`{key}`")).collect();
            let warning = item.warning("duplicate-value", format!("another item has the same {}", names.join(" and ")));
            out.push(warning.help("server-side apply rejects duplicate items"), path.index(at).to_string());
        }
    }
}

/// Reports keys that appear twice in a mapping.
pub fn repeated_here(mapping: &Mapping, path: &Path<'_>, out: &mut Findings) {
    let mut large = rustc_hash::FxHashSet::default();
    for (at, entry) in mapping.iter().enumerate() {
        let key = entry.key.text.as_str();
        let twice = match mapping.len() > 16 {
            true => !large.insert(key),
            false => mapping.iter().take(at).any(|before| before.key.text == key),
        };
        if twice {
            let error =
                Diagnostic::error("duplicate-key", format!("the key `{key}` appears twice in one mapping")).at(entry.key.span());
            out.push(error.help("remove one of them"), path.field(key).to_string());
        }
    }
}

/// Reports keys that appear twice in any mapping of a value.
pub fn repeated_keys(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(mapping) = node.as_mapping() {
        repeated_here(mapping, path, out);
        mapping.iter().for_each(|entry| repeated_keys(&entry.value, &path.field(&entry.key.text), out));
    }
    for (at, item) in node.as_sequence().unwrap_or_default().iter().enumerate() {
        repeated_keys(item, &path.index(at), out);
    }
}

fn string(node: &Node, expected: Type, path: &Path<'_>, out: &mut Findings) {
    let text = match node.value() {
        Value::Scalar(scalar) if matches!(scalar.tag, Tag::Str | Tag::Timestamp) => scalar.text.as_str(),
        _ => return wrong_type(node, "a string", path, out),
    };
    match expected.format() {
        // An unquoted time is printed in full, so it is valid.
        Some(Format::DateTime) if tag(node) != Some(Tag::Timestamp) => {
            let micro = expected.name() == Some("MicroTime");
            if !is_time(text, micro) {
                let like = if micro { "2006-01-02T15:04:05.000000Z" } else { "2006-01-02T15:04:05Z" };
                let error =
                    node.error("wrong-type", format!("`{text}` is not a valid time")).help(format!("use the format `{like}`"));
                out.push(error, path.to_string());
            }
        }
        Some(Format::Byte) => base64(node, text, path, out),
        _ => {}
    }
}

fn base64(node: &Node, text: &str, path: &Path<'_>, out: &mut Findings) {
    let fine = match text.contains(['\n', '\r']) {
        true => is_base64(&text.replace(['\n', '\r'], "")),
        false => is_base64(text),
    };
    if !fine {
        // The value may be secret, so the message does not contain it.
        let error = node.error("wrong-type", "the value is not valid base64").help("use `stringData` for plain text");
        out.push(error, path.to_string());
    }
}

/// Whether a string is standard base64 with padding, as Go's decoder requires.
fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.len().is_multiple_of(4) && padding <= 2 && body.bytes().all(ok)
}

/// Whether a string is an RFC 3339 time as Go parses it; times with microseconds require all six digits.
fn is_time(text: &str, micro: bool) -> bool {
    let Some((clock, zone)) = text.find(['Z', '+']).or_else(|| text.rfind('-')).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let (seconds, fraction) = clock.split_once('.').map_or((clock, None), |(seconds, fraction)| (seconds, Some(fraction)));
    let fraction_ok = match fraction {
        Some(fraction) => digits(fraction, fraction.len()) && !fraction.is_empty() && (!micro || fraction.len() == 6),
        None => !micro,
    };
    let zone_ok =
        zone == "Z" || zone.get(1..).and_then(|zone| zone.split_once(':')).is_some_and(|(h, m)| digits(h, 2) && digits(m, 2));
    fraction_ok && zone_ok && seconds.len() == 19 && seconds.as_bytes().get(10) == Some(&b'T') && scalar::is_timestamp(text)
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
            out.push(node.error("wrong-type", format!("expected a 32-bit integer, found {value}")), path.to_string());
        }
        Some(_) => {}
        None => wrong_type(node, "an integer", path, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_follow_rfc_3339() {
        for good in ["2006-01-02T15:04:05Z", "2006-01-02T15:04:05.5+01:00", "2006-01-02T15:04:05-07:00"] {
            assert!(is_time(good, false), "{good}");
        }
        for bad in ["", "2006-01-02", "2006-01-02 15:04:05Z", "2006-01-02T15:04:05", "2006-13-02T15:04:05Z", "now", "Z", "+"] {
            assert!(!is_time(bad, false), "{bad}");
        }
        assert!(is_time("2006-01-02T15:04:05.000001Z", true) && !is_time("2006-01-02T15:04:05Z", true));
    }

    #[test]
    fn base64_requires_padding() {
        for good in ["", "YQ==", "YWI=", "YWJj", "+/+/"] {
            assert!(is_base64(good), "{good}");
        }
        for bad in ["YQ", "YQ=", "Y===", "====", "YQ==YQ==", "a b=", "-_-_"] {
            assert!(!is_base64(bad), "{bad}");
        }
    }
}
