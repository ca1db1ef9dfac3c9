//! The files of `configurations`: field specs in addition to kustomize's own.
//!
//! They are read strictly: unknown fields and keys that appear twice are errors. Behavior: kustomize's
//! `TransformerConfig`.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::field_specs::{FieldSpecConfig, FieldSpecs, NameReference, from_config};
use crate::diagnostic::{Diagnostic, Result};
use crate::resource::Gvk;
use crate::yaml::{Node, Unknown, Value, decode};

/// The field specs in a file.
///
/// # Errors
/// The file has a different structure, or a key appears twice in a mapping.
pub fn field_specs(document: &Node) -> Result<FieldSpecs> {
    refuse_repeated_keys(document)?;
    let mut specs: FieldSpecs = decode::<Configuration>(document, Unknown::Refuse)?.into();
    specs.sort();
    Ok(specs)
}

fn refuse_repeated_keys(node: &Node) -> Result<(), Diagnostic> {
    match node.value() {
        Value::Scalar(_) => Ok(()),
        Value::Sequence(items) => items.iter().try_for_each(refuse_repeated_keys),
        Value::Mapping(mapping) => {
            let mut seen = FxHashSet::default();
            mapping.iter().try_for_each(|entry| {
                if !seen.insert(&entry.key.text) {
                    let error = Diagnostic::error("duplicate-key", format!("the key `{}` appears twice", entry.key.text));
                    return Err(error.at(entry.key.span()).help("move all items under one of them"));
                }
                refuse_repeated_keys(&entry.value)
            })
        }
    }
}

/// A file of `configurations`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Configuration {
    name_prefix: Vec<FieldSpecConfig>,
    name_suffix: Vec<FieldSpecConfig>,
    namespace: Vec<FieldSpecConfig>,
    common_labels: Vec<FieldSpecConfig>,
    labels: Vec<FieldSpecConfig>,
    template_labels: Vec<FieldSpecConfig>,
    common_annotations: Vec<FieldSpecConfig>,
    name_reference: Vec<NameReferenceConfig>,
    var_reference: Vec<FieldSpecConfig>,
    images: Vec<FieldSpecConfig>,
    replicas: Vec<FieldSpecConfig>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NameReferenceConfig {
    group: String,
    version: String,
    kind: String,
    field_specs: Vec<FieldSpecConfig>,
}

impl From<Configuration> for FieldSpecs {
    fn from(config: Configuration) -> Self {
        let reference = |config: NameReferenceConfig| NameReference {
            target: Gvk { group: config.group.into(), version: config.version.into(), kind: config.kind.into() },
            referrers: from_config(config.field_specs),
        };
        FieldSpecs {
            name_prefix: from_config(config.name_prefix),
            name_suffix: from_config(config.name_suffix),
            namespace: from_config(config.namespace),
            common_labels: from_config(config.common_labels),
            labels: from_config(config.labels),
            template_labels: from_config(config.template_labels),
            common_annotations: from_config(config.common_annotations),
            name_reference: config.name_reference.into_iter().map(reference).collect(),
            var_reference: from_config(config.var_reference),
            images: from_config(config.images),
            replicas: from_config(config.replicas),
        }
    }
}
