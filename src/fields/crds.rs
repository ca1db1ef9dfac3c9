//! The files of `crds`: field specs from OpenAPI definitions of custom resources.
//!
//! A definition with `apiVersion`, `kind` and `metadata` is a kind; its properties, and those of the definitions that they
//! refer to, may be marked with `x-kubernetes-object-ref-kind` and the like. Behavior: kustomize's `LoadConfigFromCRDs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::field_specs::{Conflict, FieldSpec, FieldSpecs, NameReference, SpecList};
use crate::resource::Gvk;

/// A file: definitions by the name of their Go type.
pub type Definitions = BTreeMap<String, Option<Definition>>;

/// One definition.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub struct Definition {
    #[serde(rename = "Schema", alias = "schema")]
    schema: Option<Schema>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct Schema {
    properties: Option<BTreeMap<String, Option<Property>>>,
}

/// A property: what it refers to, and how it is marked.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct Property {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    /// It contains annotations.
    #[serde(rename = "x-kubernetes-annotation", deserialize_with = "text")]
    annotation: Option<String>,
    /// It contains a label selector.
    #[serde(rename = "x-kubernetes-label-selector", deserialize_with = "text")]
    label_selector: Option<String>,
    /// It contains the object's name.
    #[serde(rename = "x-kubernetes-identity", deserialize_with = "text")]
    identity: Option<String>,
    /// It refers to an object of this version...
    #[serde(rename = "x-kubernetes-object-ref-api-version", deserialize_with = "text")]
    version: Option<String>,
    /// ... and kind...
    #[serde(rename = "x-kubernetes-object-ref-kind", deserialize_with = "text")]
    kind: Option<String>,
    /// ... by its name in this field; `name` if it is not set.
    #[serde(rename = "x-kubernetes-object-ref-name-key", deserialize_with = "text")]
    name_key: Option<String>,
}

/// A mark only counts if its value is a string.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().map(str::to_owned))
}

/// The field specs from the definitions in a file.
///
/// # Errors
/// A field is marked in conflicting ways.
pub fn field_specs(definitions: &Definitions) -> Result<FieldSpecs, Conflict> {
    let (mut all, mut kinds) = (FieldSpecs::default(), Vec::new());
    for (name, _) in definitions.iter().filter(|(_, definition)| is_kind(definition)) {
        let kind = name.rsplit('.').next().unwrap_or(name);
        let gvk = Gvk { kind: kind.into(), ..Gvk::default() };
        let mut walk = Walk { definitions, gvk, specs: FieldSpecs::default(), entered: Vec::new() };
        walk.definition(name, &mut Vec::new());
        kinds.push(walk.specs);
    }
    all.merge_all(&kinds).map_err(|(_, conflict)| conflict)?;
    Ok(all)
}

fn properties(definition: &Option<Definition>) -> impl Iterator<Item = (&String, &Option<Property>)> {
    let schema = definition.as_ref().and_then(|definition| definition.schema.as_ref());
    schema.and_then(|schema| schema.properties.as_ref()).into_iter().flatten()
}

fn is_kind(definition: &Option<Definition>) -> bool {
    ["apiVersion", "kind", "metadata"].iter().all(|required| properties(definition).any(|(name, _)| name == required))
}

/// A walk through the properties of one kind.
struct Walk<'a> {
    definitions: &'a Definitions,
    gvk: Gvk,
    specs: FieldSpecs,
    /// The definitions on the current path: one that refers to itself is not entered again.
    entered: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn definition(&mut self, name: &str, path: &mut Vec<&'a str>) {
        let Some((name, definition)) = self.definitions.get_key_value(name) else { return };
        if self.entered.contains(&name.as_str()) {
            return;
        }
        self.entered.push(name);
        for (name, property) in properties(definition) {
            let Some(property) = property else { continue };
            path.push(name);
            self.property(property, path);
            if let Some(reference) = &property.reference {
                self.definition(reference, path);
            }
            path.pop();
        }
        self.entered.pop();
    }

    fn property(&mut self, property: &Property, path: &[&str]) {
        let spec = |path: String| FieldSpec::new(self.gvk.clone(), path, false);
        if property.annotation.is_some() {
            self.specs.common_annotations.to_mut().push(spec(path.join("/")));
        }
        if property.label_selector.is_some() {
            self.specs.common_labels.to_mut().push(spec(path.join("/")));
        }
        if property.identity.is_some() {
            self.specs.name_prefix.to_mut().push(spec(path.join("/")));
        }
        let (Some(version), Some(kind)) = (&property.version, &property.kind) else { return };
        let name_key = property.name_key.as_deref().unwrap_or("name");
        let referrers = SpecList::from_iter([spec(format!("{}/{name_key}", path.join("/")))]);
        let target = Gvk { version: version.into(), kind: kind.into(), ..Gvk::default() };
        self.specs.name_reference.to_mut().push(NameReference { target, referrers });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs(json: &str) -> FieldSpecs {
        field_specs(&serde_json::from_str(json).unwrap()).unwrap()
    }

    const KIND: &str = r#""apiVersion": {}, "kind": {}, "metadata": {}"#;

    #[test]
    fn marked_properties_become_field_specs() {
        let specs = specs(&format!(
            r#"{{"example.com/v1.Bee": {{"Schema": {{"properties": {{{KIND}, "spec": {{"$ref": "example.com/v1.BeeSpec"}}}}}}}},
                "example.com/v1.BeeSpec": {{"Schema": {{"properties": {{
                    "notes": {{"x-kubernetes-annotation": ""}},
                    "pick": {{"x-kubernetes-label-selector": ""}},
                    "me": {{"x-kubernetes-identity": "", "x-kubernetes-annotation": 1}},
                    "secret": {{"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "Secret"}}
                }}}}}}}}"#
        ));
        let paths = |list: &SpecList| list.iter().map(|spec| format!("{} {}", spec.gvk.kind, spec.path)).collect::<Vec<_>>();
        assert_eq!(paths(&specs.common_annotations), ["Bee spec/notes"]);
        assert_eq!(paths(&specs.common_labels), ["Bee spec/pick"]);
        assert_eq!(paths(&specs.name_prefix), ["Bee spec/me"]);
        assert_eq!(paths(&specs.name_reference[0].referrers), ["Bee spec/secret/name"]);
        assert_eq!(specs.name_reference[0].target.kind, "Secret");
    }

    #[test]
    fn a_definition_may_refer_to_itself() {
        let specs = specs(&format!(
            r#"{{"x.Tree": {{"Schema": {{"properties": {{{KIND}, "left": {{"$ref": "x.Tree"}}, "name": {{"x-kubernetes-identity": ""}}}}}}}}}}"#
        ));
        assert_eq!(specs.name_prefix.iter().count(), 1);
    }
}
