//! Values that can't be printed, and values that JSON does not support.
//!
//! kustomize detects them when it converts an object to JSON: before a JSON patch, when it splits a list of objects, and at
//! the end of the build. Behavior: go-yaml v3's decoder and Go's `encoding/json`; the rest is go-yaml v2's reader.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Diagnostics, Result};

use super::number::Number;
use super::{Key, Mapping, Node, Tag, Value};

/// The maximum distance at which go-yaml v2 finds the `:` after a key when it reads kustomize's JSON.
pub(super) const LONGEST_KEY: usize = 1024;

/// Whether an object can be converted to JSON.
///
/// # Errors
/// A key appears twice, a key is not a string, or a number is infinite or not a number; each at its location.
pub fn check_json(object: &Node) -> Result<()> {
    let mut errors = Vec::new();
    check(object, true, &mut errors);
    errors.sort_by_key(|error| error.span.map(|span| (span.start, span.end)));
    Diagnostics::check(errors)
}

fn check(node: &Node, top: bool, errors: &mut Vec<Diagnostic>) {
    match node.value() {
        Value::Scalar(scalar) if matches!(scalar.tag, Tag::Int | Tag::Float) => {
            let number = scalar.number();
            if !number.is_some_and(|number| number.is_finite()) {
                errors.push(impossible_number(&scalar.text, number).at(node.span()));
            }
        }
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter().for_each(|item| check(item, false, errors)),
        Value::Mapping(mapping) => {
            check_duplicate_keys(mapping, errors);
            for entry in mapping {
                if is_wrong_key(&entry.key, top) {
                    errors.push(wrong_key(&entry.key));
                }
                check(&entry.value, false, errors);
            }
        }
    }
}

/// Reports every key that appears twice.
pub(super) fn check_duplicate_keys(mapping: &Mapping, errors: &mut Vec<Diagnostic>) {
    if !mapping.has_duplicate_keys() {
        return;
    }
    let mut first = FxHashMap::default();
    for entry in mapping {
        let known = *first.entry(entry.key.text.as_str()).or_insert(&entry.key);
        if !std::ptr::eq(known, &entry.key) {
            errors.push(duplicate_key(known, &entry.key));
        }
    }
}

/// Whether a key is not a string where it must be one: at the top level only null is rejected.
pub(super) fn is_wrong_key(key: &Key, top: bool) -> bool {
    key.tag() != Tag::Str && (!top || key.tag() == Tag::Null)
}

pub(super) fn duplicate_key(first: &Key, second: &Key) -> Diagnostic {
    Diagnostic::error("duplicate-key", format!("the key `{}` appears twice in one mapping", second.text))
        .at(second.span())
        .label(first.span(), "first defined here")
        .help("remove one of them")
}

pub(super) fn wrong_key(key: &Key) -> Diagnostic {
    Diagnostic::error("key-type", format!("the key `{}` is {}, not a string", key.text, key.tag().name()))
        .at(key.span())
        .words("json: unsupported type: map[interface {}]interface {}")
        .help(format!("quote the key: `\"{}\"`", key.text))
}

pub(super) fn long_key(key: &Key, length: usize) -> Diagnostic {
    let shown: String = key.text.chars().take(40).collect();
    let message = format!("the key `{shown}...` has {length} characters in JSON, but kustomize can print at most {LONGEST_KEY}");
    Diagnostic::error("long-key", message).at(key.span()).help("shorten the key")
}

pub(super) fn control_character(c: char) -> Diagnostic {
    Diagnostic::error(
        "control-character",
        format!("the string contains the control character U+{:04X}, which cannot be printed", c as u32),
    )
    .words("yaml: control characters are not allowed")
    .help("remove it, or encode the value in base64")
}

pub(super) fn impossible_number(text: &str, number: Option<Number>) -> Diagnostic {
    let reason = if number.is_some() { "JSON does not support this number" } else { "it is not a number" };
    let words = match number.map(Number::as_f64) {
        Some(number) if number.is_nan() => "json: unsupported value: NaN",
        Some(number) if number < 0.0 => "json: unsupported value: -Inf",
        _ => "json: unsupported value: +Inf",
    };
    Diagnostic::error("impossible-number", format!("`{text}` cannot be printed: {reason}"))
        .words(words)
        .help("quote the value to make it a string")
}

pub(super) fn impossible_date(text: &str) -> Diagnostic {
    Diagnostic::error("impossible-date", format!("`{text}` cannot be printed: its time zone offset is 24 hours or more"))
        .help("quote the value to make it a string")
}
