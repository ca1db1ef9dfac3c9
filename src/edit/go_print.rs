//! Values as Go's `fmt` prints them, for messages that contain whole structs.

use serde_json::Value;

use super::empty::zero;
use super::types::{Kind, Struct};
use crate::kustomize_words::quote;

/// A list of texts as `%v` prints it.
pub fn list<T: AsRef<str>>(texts: &[T]) -> String {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    format!("[{}]", texts.join(" "))
}

/// A struct as `%#v` prints it. A pointer is an address there, which is never the same; here it is a fixed one.
pub fn go_syntax(fields: &'static Struct, value: &Value) -> String {
    let mut parts = Vec::new();
    for field in fields.fields {
        let shown = match &field.kind {
            Kind::Struct(inner) if field.json.is_empty() => go_syntax(inner, value),
            kind => one(kind, value.get(field.json).unwrap_or(&Value::Null)),
        };
        parts.push(format!("{}:{shown}", field.go));
    }
    format!("{}.{}{{{}}}", fields.package, fields.name, parts.join(", "))
}

fn one(kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Pointer(to), Value::Null) => format!("(*{})(nil)", to.go_name()),
        (Kind::Pointer(to), _) => format!("(*{})(0xc000012345)", to.go_name()),
        (Kind::List(_) | Kind::Map(_), Value::Null) => format!("{}(nil)", kind.go_name()),
        (Kind::List(item), Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|value| one(item, value)).collect();
            format!("{}{{{}}}", kind.go_name(), items.join(", "))
        }
        (Kind::Map(item), Value::Object(entries)) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}:{}", quote(key), one(item, value))).collect();
            format!("{}{{{}}}", kind.go_name(), entries.join(", "))
        }
        (Kind::Struct(fields), value) => go_syntax(fields, value),
        (Kind::Text(_), Value::String(text)) => quote(text),
        (Kind::Any, Value::Null) => "interface {}(nil)".to_owned(),
        (kind, Value::Null) => match zero(kind) {
            Value::String(text) => quote(&text),
            other => other.to_string(),
        },
        (_, other) => other.to_string(),
    }
}
