//! A decoded kustomization: its fields by their names in files.
//!
//! A field that is absent is nil in Go; a list or mapping can also be there and empty. Strings, booleans, and numbers that are
//! empty are absent, because Go does not distinguish them.

use serde_json::{Map, Value};

use super::empty::encode_struct;
use super::types::KUSTOMIZATION;

/// A kustomization.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kustomization(Map<String, Value>);

impl Kustomization {
    /// A kustomization with these fields.
    pub fn new(fields: Map<String, Value>) -> Self {
        Kustomization(fields)
    }

    /// Whether a field is there and not null.
    pub fn has(&self, field: &str) -> bool {
        self.value(field).is_some()
    }

    /// A field that is a string; empty if it is absent.
    pub fn text(&self, field: &str) -> &str {
        self.value(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// Sets a field that is a string.
    pub fn set_text(&mut self, field: &str, text: &str) {
        if text.is_empty() {
            self.0.remove(field);
        } else {
            self.0.insert(field.to_owned(), text.into());
        }
    }

    /// A field that is a list of strings.
    pub fn texts(&self, field: &str) -> Vec<String> {
        self.list(field).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Sets a field that is a list of strings.
    pub fn set_texts(&mut self, field: &str, texts: Vec<String>) {
        self.0.insert(field.to_owned(), texts.into());
    }

    /// A field that is a list; empty if it is absent.
    pub fn list(&self, field: &str) -> &[Value] {
        self.value(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// A field that is a list, created if it is absent.
    pub fn list_mut(&mut self, field: &str) -> &mut Vec<Value> {
        let value = self.0.entry(field).or_insert(Value::Null);
        if !value.is_array() {
            *value = Value::Array(Vec::new());
        }
        value.as_array_mut().expect("it is a list")
    }

    /// A field that is a mapping; `None` if it is absent.
    pub fn map(&self, field: &str) -> Option<&Map<String, Value>> {
        self.value(field).and_then(Value::as_object)
    }

    /// A field that is a mapping, created if it is absent.
    pub fn map_mut(&mut self, field: &str) -> &mut Map<String, Value> {
        let value = self.0.entry(field).or_insert(Value::Null);
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        value.as_object_mut().expect("it is a mapping")
    }

    /// A field that is not null.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    /// Sets a field.
    pub fn set(&mut self, field: &str, value: Value) {
        self.0.insert(field.to_owned(), value);
    }

    /// Removes a field, and returns it.
    pub fn remove(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field).filter(|value| !value.is_null())
    }

    /// All fields.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The fields as they are written: without what is left out if empty.
    pub fn written(&self) -> Map<String, Value> {
        encode_struct(&KUSTOMIZATION, &self.0)
    }

    /// Whether two kustomizations are written the same.
    pub fn same(&self, other: &Kustomization) -> bool {
        self.written() == other.written()
    }

    /// The names of all fields, in files.
    pub fn field_names() -> impl Iterator<Item = &'static str> {
        KUSTOMIZATION.all().into_iter().map(|found| found.field.json)
    }
}
