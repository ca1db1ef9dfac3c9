//! `configMapGenerator` and `secretGenerator`: ConfigMaps and Secrets from keys and values.
//!
//! Values that are not valid UTF-8 go to `binaryData`; a Secret's values are base64, wrapped at 70 characters. Behavior:
//! kustomize's `ConfigMapGenerator` and `SecretGenerator`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::key_values::{KeyValueSources, Pair};
use super::{Configured, Form, GeneratorKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::resource::{Behavior, Resource};
use crate::source::Span;
use crate::stage::{Context, Generator};
use crate::yaml::provenance::Edit;
use crate::yaml::{Key, Located, Mapping, Node, Scalar, Tag, Unknown, Value, decode, stored, wrapped_base64};

/// The table row of ConfigMaps.
pub const CONFIG_MAP: GeneratorKind = GeneratorKind {
    field: "configMapGenerator",
    kind: "ConfigMapGenerator",
    decode: |form, context| configure(form, Made::ConfigMap, context),
};

/// The table row of Secrets.
pub const SECRET: GeneratorKind = GeneratorKind {
    field: "secretGenerator",
    kind: "SecretGenerator",
    decode: |form, context| configure(form, Made::Secret, context),
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    ConfigMap,
    Secret,
}

struct KeyValueGenerator {
    made: Made,
    entry: Entry,
    span: Span,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    name: Located<String>,
    namespace: Located<String>,
    behavior: Located<String>,
    literals: Vec<Located<String>>,
    files: Vec<Located<String>>,
    envs: Vec<Located<String>>,
    env: Located<String>,
    options: Option<Options>,
    /// The type of a Secret.
    r#type: Located<String>,
}

/// The metadata of an object listed under `generators`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ObjectMeta {
    metadata: ObjectName,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ObjectName {
    name: Located<String>,
    namespace: Located<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Options {
    labels: BTreeMap<String, Located<String>>,
    annotations: BTreeMap<String, Located<String>>,
    disable_name_suffix_hash: bool,
    immutable: bool,
}

fn configure(form: Form<'_>, made: Made, _: &mut Context<'_>) -> Result<Vec<Configured>> {
    let field = if made == Made::ConfigMap { CONFIG_MAP.field } else { SECRET.field };
    let entries = match form {
        Form::Field(kustomization) => {
            let mut entries: Vec<Located<Entry>> = kustomization.valid(field);
            if let Some(common) = kustomization.valid::<Option<Options>>("generatorOptions") {
                entries.iter_mut().for_each(|entry| entry.value.options.get_or_insert_default().merge(&common));
            }
            entries
        }
        Form::Object(object) => {
            let mut entry: Entry = decode(object, Unknown::Ignore)?;
            let ObjectMeta { metadata } = decode(object, Unknown::Ignore)?;
            // `env` is an older spelling that only the fields of a kustomization support.
            entry.env = Located::default();
            if entry.name.is_empty() {
                entry.name = metadata.name;
            }
            if entry.namespace.is_empty() {
                entry.namespace = metadata.namespace;
            }
            vec![Located { value: entry, span: Some(object.span()) }]
        }
    };
    let (mut configured, mut errors) = (Vec::new(), Vec::new());
    for (index, entry) in entries.into_iter().enumerate() {
        let Some(span) = entry.span else { continue };
        if made == Made::ConfigMap && entry.r#type.span.is_some() && matches!(form, Form::Field(_)) {
            let error = Diagnostic::error("unknown-field", "a ConfigMap has no `type`").at(entry.r#type.span.unwrap_or(span));
            errors.push(error.help("did you mean `secretGenerator`?"));
            continue;
        }
        let run = KeyValueGenerator { made, entry: entry.value, span };
        configured.push(Configured { field: format!("{field}[{index}]"), run: Box::new(run) });
    }
    Diagnostics::check(errors)?;
    Ok(configured)
}

impl Options {
    /// Adds the settings of `generatorOptions`; the item's own settings take precedence.
    fn merge(&mut self, common: &Options) {
        for (own, common) in [(&mut self.labels, &common.labels), (&mut self.annotations, &common.annotations)] {
            for (key, value) in common {
                own.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        self.disable_name_suffix_hash |= common.disable_name_suffix_hash;
        self.immutable |= common.immutable;
    }
}

impl Generator for KeyValueGenerator {
    fn generate(&self, context: &mut Context<'_>) -> Result<Vec<Resource>> {
        let entry = &self.entry;
        let is_unnamed = entry.name.is_empty();
        let unnamed = is_unnamed.then(|| {
            let error = Diagnostic::error("missing-field", "a generated object requires a `name`").at(self.span);
            error.words("a configmap must have a name")
        });
        let sources = KeyValueSources {
            literals: entry.literals.clone(),
            files: entry.files.clone(),
            envs: entry.envs.clone(),
            env: entry.env.clone(),
        };
        let pairs = sources.load(self.span, self.made == Made::Secret, context).and_then(|pairs| Ok(unique(pairs, &entry.name)?));
        let mut errors: Vec<Diagnostic> = unnamed.into_iter().collect();
        let pairs = pairs.unwrap_or_else(|found| {
            errors.extend(found.into_vec());
            BTreeMap::new()
        });
        Diagnostics::check(errors)?;
        let options = entry.options.clone().unwrap_or_default();
        let mut resource = Resource::new(self.document(pairs, &options, &mut context.edit(self.span)));
        if !options.disable_name_suffix_hash {
            resource.set_needs_hash(true);
        }
        resource.behavior = Behavior::named(&entry.behavior);
        Ok(vec![resource])
    }
}

/// The pairs by key.
fn unique(pairs: Vec<Pair>, name: &str) -> Result<BTreeMap<String, Pair>, Diagnostic> {
    let mut by_key: BTreeMap<String, Pair> = BTreeMap::new();
    for pair in pairs {
        if let Some(other) = by_key.get(&pair.key) {
            let message = format!("the key `{}` appears twice", pair.key);
            let words = format!("configmap {name} illegally repeats the key `{}`", pair.key);
            let error = Diagnostic::error("duplicate-key", message).at(pair.span).words(words);
            return Err(error.label(other.span, "first defined here"));
        }
        by_key.insert(pair.key.clone(), pair);
    }
    Ok(by_key)
}

impl KeyValueGenerator {
    fn document(&self, pairs: BTreeMap<String, Pair>, options: &Options, edit: &mut Edit<'_>) -> Node {
        let entry = &self.entry;
        let mut metadata = Mapping::default();
        put(&mut metadata, "name", Scalar::string(entry.name.as_str()), entry.name.span, edit);
        if !entry.namespace.is_empty() {
            put(&mut metadata, "namespace", Scalar::string(entry.namespace.as_str()), entry.namespace.span, edit);
        }
        // kustomize quotes both, but rewrites annotations when it stores the options in them.
        for (name, entries, is_quoted) in [("labels", &options.labels, true), ("annotations", &options.annotations, false)] {
            if !entries.is_empty() {
                let mut mapping = Mapping::default();
                let scalar = |text: &str| if is_quoted { Scalar::quoted(text) } else { Scalar::set_text(text) };
                entries.iter().for_each(|(key, value)| put(&mut mapping, key, scalar(value), value.span, edit));
                put_mapping(&mut metadata, name, mapping, edit);
            }
        }
        let mut document = Mapping::default();
        let kind = if self.made == Made::Secret { "Secret" } else { "ConfigMap" };
        put(&mut document, "apiVersion", Scalar::string("v1"), None, edit);
        put(&mut document, "kind", Scalar::string(kind), None, edit);
        put_mapping(&mut document, "metadata", metadata, edit);
        let (mut data, mut binary_data) = (Mapping::default(), Mapping::default());
        for Pair { key, value, span } in pairs.into_values() {
            match String::from_utf8(value) {
                Ok(text) if self.made == Made::ConfigMap => {
                    put(&mut data, &key, Scalar::set_text(stored(&text)), Some(span), edit)
                }
                Ok(text) => put(&mut data, &key, Scalar::set_text(wrapped_base64(text.as_bytes())), Some(span), edit),
                Err(bytes) => {
                    let into = if self.made == Made::Secret { &mut data } else { &mut binary_data };
                    put(into, &key, Scalar::set_text(wrapped_base64(bytes.as_bytes())), Some(span), edit);
                }
            }
        }
        if self.made == Made::Secret {
            let of_type = if entry.r#type.is_empty() { "Opaque" } else { entry.r#type.as_str() };
            put(&mut document, "type", Scalar::string(of_type), entry.r#type.span, edit);
        }
        if !data.is_empty() || self.made == Made::Secret {
            put_mapping(&mut document, "data", data, edit);
        }
        if !binary_data.is_empty() {
            put_mapping(&mut document, "binaryData", binary_data, edit);
        }
        if options.immutable {
            put(&mut document, "immutable", Scalar::new(Tag::Bool, "true"), None, edit);
        }
        Node::new(Value::Mapping(document), edit)
    }
}

fn put(mapping: &mut Mapping, key: &str, scalar: Scalar, span: Option<Span>, edit: &mut Edit<'_>) {
    let span = span.unwrap_or(edit.span());
    let node = Node::new(Value::Scalar(scalar), &mut edit.at(span));
    mapping.push(Key::new(key, span), node);
}

fn put_mapping(mapping: &mut Mapping, key: &str, value: Mapping, edit: &mut Edit<'_>) {
    let node = Node::new(Value::Mapping(value), edit);
    mapping.push(Key::new(key, edit.span()), node);
}
