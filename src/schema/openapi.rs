//! A user's own OpenAPI document, named by the field `openapi` of a kustomization: the parts that patches and ids need.
//!
//! These are definitions with their merge keys, the kinds that they describe, and the scope of kinds according to the paths of
//! the API. Everything else in the document is skipped during reading. Behavior: kyaml's `openapi` package.

use ecow::{EcoString, eco_format};
use rustc_hash::FxHashMap;
use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::kustomize::Scope;
use super::structural::{Additional, List, Structural};

/// A document, prepared for lookups.
#[derive(Debug, Default)]
pub struct Document {
    definitions: FxHashMap<String, Definition>,
    /// The name of the definition of each `apiVersion` and kind.
    kinds: FxHashMap<(EcoString, EcoString), String>,
    scopes: FxHashMap<(EcoString, EcoString), Scope>,
}

/// The schema of a value.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub struct Definition {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type", deserialize_with = "is_array")]
    is_array: bool,
    properties: Option<FxHashMap<String, Definition>>,
    #[serde(deserialize_with = "one")]
    items: Option<Box<Definition>>,
    #[serde(rename = "additionalProperties", deserialize_with = "one")]
    additional: Option<Box<Definition>>,
    #[serde(rename = "x-kubernetes-patch-strategy")]
    strategy: Option<String>,
    #[serde(rename = "x-kubernetes-patch-merge-key")]
    merge_key: Option<String>,
    #[serde(rename = "x-kubernetes-list-map-keys")]
    map_keys: Option<Vec<String>>,
    #[serde(rename = "x-kubernetes-group-version-kind", deserialize_with = "kinds")]
    kinds: Vec<(EcoString, EcoString)>,
}

/// A document as written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub struct Swagger {
    definitions: Option<FxHashMap<String, Definition>>,
    paths: Option<FxHashMap<String, Path>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct Path {
    get: Option<Get>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct Get {
    #[serde(rename = "x-kubernetes-group-version-kind", deserialize_with = "kinds")]
    kinds: Vec<(EcoString, EcoString)>,
}

/// Whether the type is `array` only.
fn is_array<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(one) => one == "array",
        Value::Array(several) => several == ["array"],
        _ => false,
    })
}

/// A schema at a place where `true`, `false` or a list of schemas is allowed too; these are ignored.
fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<Definition>>, D::Error> {
    struct One;

    impl<'de> Visitor<'de> for One {
        type Value = Option<Box<Definition>>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a schema")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Definition::deserialize(MapAccessDeserializer::new(map)).map(|definition| Some(Box::new(definition)))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            Ok(None)
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(One)
}

/// The `apiVersion` and kind of each item, or of the single entry if it is not a list.
fn kinds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(EcoString, EcoString)>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let entries = match &value {
        Value::Array(entries) => entries.as_slice(),
        other => std::slice::from_ref(other),
    };
    let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    let kind = |entry: &Value| {
        let (version, kind) = (text(entry, "version")?, text(entry, "kind")?);
        let api_version = match text(entry, "group").as_deref() {
            None | Some("") => version.into(),
            Some(group) => eco_format!("{group}/{version}"),
        };
        Some((api_version, kind.into()))
    };
    Ok(entries.iter().filter_map(kind).collect())
}

impl From<Swagger> for Document {
    fn from(swagger: Swagger) -> Self {
        let mut document = Document { definitions: swagger.definitions.unwrap_or_default(), ..Document::default() };
        for (name, definition) in &document.definitions {
            document.kinds.extend(definition.kinds.iter().map(|kind| (kind.clone(), name.clone())));
        }
        for (path, get) in swagger.paths.into_iter().flatten().filter_map(|(path, item)| Some((path, item.get?))) {
            let scope = if path.contains("namespaces/{namespace}") { Scope::Namespaced } else { Scope::Cluster };
            for kind in get.kinds {
                let known = document.scopes.entry(kind).or_insert(scope);
                if scope == Scope::Namespaced {
                    *known = scope;
                }
            }
        }
        document
    }
}

impl Document {
    /// The schema of objects of a kind.
    pub fn kind(&self, api_version: &str, kind: &str) -> Option<&Definition> {
        self.definitions.get(self.kinds.get(&(api_version.into(), kind.into()))?)
    }

    /// The scope of a kind, according to the paths of the API.
    pub fn scope(&self, api_version: &str, kind: &str) -> Option<Scope> {
        self.scopes.get(&(api_version.into(), kind.into())).copied()
    }

    /// The schema of this name.
    pub fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.get(name)
    }
}

impl From<&Structural> for Definition {
    /// How the lists of a custom resource merge: only those whose items the server identifies by keys.
    fn from(schema: &Structural) -> Self {
        let map_keys = match &schema.list {
            List::Map(keys) => Some(keys.iter().map(ToString::to_string).collect()),
            List::Atomic | List::Set => None,
        };
        let properties = schema.properties.iter().map(|(name, field)| (name.to_string(), field.as_ref().into()));
        Definition {
            is_array: schema.items.is_some(),
            properties: Some(properties.collect()),
            items: schema.items().map(|items| Box::new(items.into())),
            additional: match &schema.additional {
                Some(Additional::Of(values)) => Some(Box::new(values.as_ref().into())),
                _ => None,
            },
            strategy: map_keys.is_some().then(|| "merge".to_owned()),
            map_keys,
            ..Definition::default()
        }
    }
}

impl Definition {
    /// The reference to the schema, if it is defined elsewhere: `#/definitions/NAME`.
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref().filter(|reference| !reference.is_empty())
    }

    /// The target of a JSON pointer that starts here.
    pub fn at(&self, mut steps: impl Iterator<Item = String>) -> Option<&Definition> {
        let mut at = self;
        while let Some(step) = steps.next() {
            at = match step.as_str() {
                "properties" => at.properties.as_ref()?.get(&steps.next()?)?,
                "items" => at.items.as_deref()?,
                "additionalProperties" => at.additional.as_deref()?,
                _ => return None,
            };
        }
        Some(at)
    }

    /// The schema of a field.
    pub fn field(&self, name: &str) -> Option<&Definition> {
        self.properties.as_ref().and_then(|properties| properties.get(name)).or(self.additional.as_deref())
    }

    /// The schema of the items of a list.
    pub fn items(&self) -> Option<&Definition> {
        self.items.as_deref().filter(|_| self.is_array)
    }

    /// Whether a list is merged with the patch's list.
    pub fn merges(&self) -> bool {
        self.strategy.iter().any(|strategy| strategy.split(',').any(|word| word == "merge"))
    }

    /// The keys that identify the items of a list.
    pub fn merge_keys(&self) -> Vec<&str> {
        match (&self.strategy, &self.map_keys, &self.merge_key) {
            (None, _, _) => Vec::new(),
            (_, Some(keys), _) => keys.iter().map(String::as_str).collect(),
            (_, None, key) => key.iter().map(String::as_str).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(json: &str) -> Document {
        serde_json::from_str::<Swagger>(json).unwrap().into()
    }

    #[test]
    fn kinds_and_their_fields_are_found() {
        let document = document(
            r##"{"definitions": {"x.Foo": {
                "x-kubernetes-group-version-kind": [{"group": "x", "version": "v1", "kind": "Foo"}, {"version": "v2", "kind": "Foo"}],
                "properties": {"parts": {"type": "array", "items": {"$ref": "#/definitions/x.Part"},
                    "x-kubernetes-patch-strategy": "merge,retainKeys", "x-kubernetes-patch-merge-key": "name"}},
                "additionalProperties": false}}}"##,
        );
        let foo = document.kind("x/v1", "Foo").unwrap();
        assert!(document.kind("v2", "Foo").is_some() && document.kind("v3", "Foo").is_none());
        let parts = foo.field("parts").unwrap();
        assert!(parts.merges());
        assert_eq!(parts.merge_keys(), ["name"]);
        assert_eq!(parts.items().and_then(Definition::reference), Some("#/definitions/x.Part"));
        assert!(foo.field("other").is_none());
    }

    #[test]
    fn one_path_with_a_namespace_is_enough() {
        let document = document(
            r#"{"paths": {
                "/apis/x/v1/foos": {"get": {"x-kubernetes-group-version-kind": {"group": "x", "version": "v1", "kind": "Foo"}}},
                "/apis/x/v1/namespaces/{namespace}/foos": {"get": {"x-kubernetes-group-version-kind": {"group": "x", "version": "v1", "kind": "Foo"}}},
                "/apis/x/v1/bars": {"get": {"x-kubernetes-group-version-kind": {"group": "x", "version": "v1", "kind": "Bar"}}},
                "/apis/x/v1/bazs": {"post": {}}, "/version": {"get": {}}}}"#,
        );
        assert_eq!(document.scope("x/v1", "Foo"), Some(Scope::Namespaced));
        assert_eq!(document.scope("x/v1", "Bar"), Some(Scope::Cluster));
        assert_eq!(document.scope("x/v1", "Baz"), None);
    }
}
