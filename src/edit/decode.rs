//! Text to a kustomization, with the rules and the error messages of Go.
//!
//! The text is read as YAML 1.1 and converted to JSON, whose keys are sorted. Names of fields match in any case, an unknown one
//! is an error, and null leaves strings as they are. Only the first error is reported.
//! Behavior: `Kustomization.Unmarshal`, which uses `sigs.k8s.io/yaml` and `encoding/json` with `DisallowUnknownFields`.

use serde_json::{Map, Number, Value};

use super::coerce::coerce;
use super::empty::{complete, zero};
use super::kustomization::Kustomization;
use super::types::{KUSTOMIZATION, Kind, Struct};
use crate::kustomize_words::quote;
use crate::yaml::untyped::{json_number, yaml_to_json};

static ROOT: Kind = Kind::Struct(&KUSTOMIZATION);

/// The kustomization that a file contains, as it is written: see `fix` for what follows.
///
/// # Errors
/// The first one, in kustomize's words.
pub fn decode(content: &[u8]) -> Result<Kustomization, String> {
    let wrong = |message: String| format!("invalid Kustomization: {message}");
    let json = yaml_to_json(content).map_err(wrong)?;
    decode_json(&json, true).map_err(wrong)
}

/// The same, but unknown fields are ignored.
///
/// # Errors
/// The first one, in the words of `sigs.k8s.io/yaml`.
pub fn decode_known_fields(content: &[u8]) -> Result<Kustomization, String> {
    let mut json = yaml_to_json(content).map_err(|error| format!("error converting YAML to JSON: {error}"))?;
    coerce(&KUSTOMIZATION, &mut json);
    decode_json(&json, false).map_err(|error| format!("error unmarshaling JSON: while decoding JSON: {error}"))
}

fn decode_json(json: &Value, is_strict: bool) -> Result<Kustomization, String> {
    if let Some(bracket) = too_deep(json, 0) {
        return Err(format!("invalid character '{bracket}' exceeded max depth"));
    }
    let mut decoder = Decoder { error: None, context: Vec::new(), within: None, is_strict };
    let mut value = None;
    if !json.is_null() {
        decoder.fill(&ROOT, &mut value, json);
    }
    match (decoder.error, value) {
        (Some(error), _) => Err(error),
        (None, Some(Value::Object(fields))) => Ok(Kustomization::new(fields)),
        (None, _) => Ok(Kustomization::default()),
    }
}

/// What is wrong with a kustomization file, in kustomize's words; `None` if it can be decoded.
pub fn faults_in_go_words(text: &str) -> Option<String> {
    decode(text.as_bytes()).err()
}

/// The fields of any struct from a text, in strict mode; empty if the text is. Its errors are those of `UnmarshalStrict` of
/// `sigs.k8s.io/yaml`.
///
/// # Errors
/// The first one.
pub fn decode_strict(fields: &'static Struct, content: &[u8]) -> Result<Map<String, Value>, String> {
    let mut json = yaml_to_json(content).map_err(|error| format!("error converting YAML to JSON: {error}"))?;
    coerce(fields, &mut json);
    let mut decoder = Decoder { error: None, context: Vec::new(), within: None, is_strict: true };
    let mut value = None;
    match &json {
        Value::Null => {}
        Value::Object(entries) => decoder.fill_struct(fields, &mut value, entries),
        found => {
            let kind = format!("{}.{}", fields.package, fields.name);
            decoder.report(format!("json: cannot unmarshal {} into Go value of type {kind}", name(found)));
        }
    }
    match (decoder.error, value) {
        (Some(error), _) => Err(format!("error unmarshaling JSON: while decoding JSON: {error}")),
        (None, Some(Value::Object(fields))) => Ok(fields),
        (None, _) => Ok(Map::new()),
    }
}

/// The most lists and mappings within each other that Go's JSON decoder reads.
const MAX_DEPTH: usize = 10_000;

/// The bracket of the first list or mapping that is too deep.
fn too_deep(json: &Value, depth: usize) -> Option<char> {
    match json {
        Value::Array(_) if depth == MAX_DEPTH => Some('['),
        Value::Object(_) if depth == MAX_DEPTH => Some('{'),
        Value::Array(items) => items.iter().find_map(|item| too_deep(item, depth + 1)),
        Value::Object(entries) => entries.values().find_map(|value| too_deep(value, depth + 1)),
        _ => None,
    }
}

struct Decoder {
    /// The first error.
    error: Option<String>,
    /// The names of the fields around the value.
    context: Vec<&'static str>,
    /// The name of the struct that contains the last of them.
    within: Option<&'static str>,
    /// Whether unknown fields are errors.
    is_strict: bool,
}

impl Decoder {
    /// Puts a value into a variable of a type, which may have a value already.
    fn fill(&mut self, kind: &'static Kind, slot: &mut Option<Value>, found: &Value) {
        match (kind, found) {
            (Kind::Any, _) => *slot = Some(any(found)),
            (Kind::Pointer(_) | Kind::List(_) | Kind::Map(_), Value::Null) => *slot = None,
            (_, Value::Null) => {}
            (Kind::Pointer(to), _) => {
                let mut inner = slot.take().filter(|value| !value.is_null());
                self.fill(to, &mut inner, found);
                *slot = inner.or_else(|| Some(zero(to)));
            }
            (Kind::Text(_), Value::String(_)) | (Kind::Bool, Value::Bool(_)) => *slot = Some(found.clone()),
            (Kind::Int(_), Value::Number(number)) => match number.as_i64() {
                Some(value) => *slot = Some(value.into()),
                None => match whole(number) {
                    Some(value) => *slot = Some(value.into()),
                    None => self.wrong(&format!("number {}", json_number(number)), kind),
                },
            },
            (Kind::List(item), Value::Array(items)) => self.fill_list(item, slot, items),
            (Kind::Map(value), Value::Object(entries)) => self.fill_map(value, slot, entries),
            (Kind::Struct(fields), Value::Object(entries)) => self.fill_struct(fields, slot, entries),
            _ => self.wrong(name(found), kind),
        }
    }

    /// The items that the variable has already are kept, and changed.
    fn fill_list(&mut self, kind: &'static Kind, slot: &mut Option<Value>, items: &[Value]) {
        let mut old = match slot.take() {
            Some(Value::Array(old)) => old.into_iter(),
            _ => Vec::new().into_iter(),
        };
        let mut new = Vec::with_capacity(items.len());
        for item in items {
            let mut value = old.next();
            self.fill(kind, &mut value, item);
            new.push(value.unwrap_or_else(|| zero(kind)));
        }
        *slot = Some(Value::Array(new));
    }

    fn fill_map(&mut self, kind: &'static Kind, slot: &mut Option<Value>, entries: &Map<String, Value>) {
        let mut map = match slot.take() {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        for (key, found) in entries {
            let mut value = None;
            self.fill(kind, &mut value, found);
            map.insert(key.clone(), value.unwrap_or_else(|| zero(kind)));
        }
        *slot = Some(Value::Object(map));
    }

    fn fill_struct(&mut self, fields: &'static Struct, slot: &mut Option<Value>, entries: &Map<String, Value>) {
        let mut object = match slot.take() {
            Some(Value::Object(object)) => object,
            _ => Map::new(),
        };
        for (key, found) in entries {
            let Some(known) = fields.find(key) else {
                if self.is_strict {
                    self.report(format!("json: unknown field {}", quote(key)));
                }
                continue;
            };
            let outer = (self.context.len(), self.within);
            self.context.extend(known.embedded);
            self.context.push(known.field.json);
            self.within = Some(fields.name);
            let mut value = object.remove(known.field.json);
            self.fill(&known.field.kind, &mut value, found);
            object.extend(value.map(|value| (known.field.json.to_owned(), value)));
            self.context.truncate(outer.0);
            self.within = outer.1;
        }
        complete(fields, &mut object);
        *slot = Some(Value::Object(object));
    }

    fn wrong(&mut self, found: &str, kind: &Kind) {
        let place = match self.within {
            Some(within) => format!("Go struct field {within}.{}", self.context.join(".")),
            None => "Go value".to_owned(),
        };
        self.report(format!("json: cannot unmarshal {found} into {place} of type {}", kind.go_name()));
    }

    fn report(&mut self, error: String) {
        self.error.get_or_insert(error);
    }
}

/// A value without a type: all its numbers are floats.
fn any(found: &Value) -> Value {
    match found {
        Value::Number(number) => number.as_f64().and_then(Number::from_f64).map_or(Value::Null, Value::Number),
        Value::Array(items) => items.iter().map(any).collect(),
        Value::Object(entries) => Value::Object(entries.iter().map(|(key, value)| (key.clone(), any(value))).collect()),
        other => other.clone(),
    }
}

/// A float whose digits in JSON are those of an integer.
fn whole(number: &Number) -> Option<i64> {
    json_number(number).parse().ok()
}

fn name(found: &Value) -> &'static str {
    match found {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
