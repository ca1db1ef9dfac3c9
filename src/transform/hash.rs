//! `HashTransformer`, for objects under `transformers` only: adds the hash suffix of generated names early.
//!
//! The objects still get their hash at the end of the build, like all others. Behavior: kustomize's `HashTransformer`.

use super::{Configured, Form, TransformerKind};
use crate::diagnostic::Result;
use crate::finish::hash_suffix;
use crate::resource::ResMap;
use crate::stage::{Context, Transformer};

/// The table row of this transformer.
pub const KIND: TransformerKind = TransformerKind { fields: &[], kind: "HashTransformer", decode: configure };

struct Hash;

fn configure(form: Form<'_>, _: &mut Context<'_>) -> Result<Vec<Configured>> {
    Ok(match form {
        Form::Fields(_) => Vec::new(),
        Form::Object(_) => vec![Configured::new(KIND.kind, Hash)],
    })
}

impl Transformer for Hash {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        hash_suffix::run(resources, &mut context.records.provenance)
    }
}
