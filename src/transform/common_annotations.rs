//! `commonAnnotations`: annotations on every object and its pod templates.
//!
//! Behavior: kustomize's `AnnotationsTransformer`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::common_labels::SetEntries;
use super::{Configured, Form, TransformerKind};
use crate::diagnostic::Result;
use crate::fields::field_specs::{FieldSpecConfig, from_config};
use crate::stage::Context;
use crate::yaml::{Located, Unknown, decode_object};

/// The table row of this transformer.
pub const KIND: TransformerKind =
    TransformerKind { fields: &["commonAnnotations"], kind: "AnnotationsTransformer", decode: configure };

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    annotations: BTreeMap<String, Located<String>>,
    field_specs: Vec<FieldSpecConfig>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let (entries, specs) = match form {
        Form::Fields(kustomization) => {
            (kustomization.decode("commonAnnotations")?, context.field_specs.common_annotations.clone())
        }
        Form::Object(object) => {
            let config: Config = decode_object(object, Unknown::Ignore)?;
            (config.annotations, from_config(config.field_specs))
        }
    };
    Ok(SetEntries::new(entries, specs).map(|run| Configured::new("commonAnnotations", run)).into_iter().collect())
}
