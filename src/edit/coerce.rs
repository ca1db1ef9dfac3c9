//! Numbers and booleans become strings where the type of a field is a string.
//!
//! Only some of kustomize's readers do this: `Unmarshal` of `sigs.k8s.io/yaml`, but not the reader of kustomization files.
//! Behavior: `convertToJSONableObject`, which takes an embedded struct for the type of its fields.

use serde_json::Value;

use super::types::{Kind, Struct};
use crate::yaml::untyped::scalar_text;

/// Converts the values of a document that has the type of a struct.
pub(super) fn coerce(fields: &'static Struct, json: &mut Value) {
    if let Value::Object(entries) = json {
        for (key, value) in entries.iter_mut() {
            let Some(found) = fields.find(key) else { continue };
            let embedded = found.embedded.first().and_then(|name| fields.fields.iter().find(|field| field.go == *name));
            coerce_kind(&embedded.unwrap_or(found.field).kind, value);
        }
    }
}

fn coerce_kind(kind: &'static Kind, json: &mut Value) {
    match (kind, json) {
        (Kind::Pointer(to), json) => coerce_kind(to, json),
        (Kind::Struct(fields), json) => coerce(fields, json),
        (Kind::List(item), Value::Array(items)) => items.iter_mut().for_each(|value| coerce_kind(item, value)),
        (Kind::Map(item), Value::Object(entries)) => entries.values_mut().for_each(|value| coerce_kind(item, value)),
        (Kind::Text(_), json) => {
            if let Some(text) = scalar_text(json) {
                *json = Value::String(text);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::edit::types::KUSTOMIZATION;

    #[test]
    fn numbers_and_booleans_become_strings() {
        let mut value = json!({
            "NamePrefix": 1.5, "kind": true, "images": [{"newTag": 6, "name": null}], "commonLabels": {"a": 1e10, "b": "c"},
            "replicas": [{"count": 3}], "configMapGenerator": [{"name": 1}], "foo": 1,
        });
        coerce(&KUSTOMIZATION, &mut value);
        let expected = json!({
            "NamePrefix": "1.5", "kind": true, "images": [{"newTag": "6", "name": null}], "commonLabels": {"a": "1e+10", "b": "c"},
            "replicas": [{"count": 3}], "configMapGenerator": [{"name": 1}], "foo": 1,
        });
        assert_eq!(value, expected);
    }
}
