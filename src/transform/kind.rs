//! What a kind of transformer is: its fields, its name as an object, and how its configuration is read.

use crate::diagnostic::Result;
use crate::kustomization::Kustomization;
use crate::stage::{Context, Transformer};
use crate::yaml::Node;

/// Where a transformer is configured.
#[derive(Clone, Copy)]
pub enum Form<'a> {
    /// In fields of the kustomization file.
    Fields(&'a Kustomization),
    /// In an object listed under `transformers`.
    Object(&'a Node),
}

/// A configured transformer.
pub struct Configured {
    /// The field and index, such as `patches[2]`.
    pub field: String,
    /// What runs.
    pub run: Box<dyn Transformer>,
}

impl Configured {
    /// A transformer configured by `field`.
    pub fn new(field: impl Into<String>, run: impl Transformer + 'static) -> Self {
        Configured { field: field.into(), run: Box::new(run) }
    }
}

/// A kind of transformer.
pub struct TransformerKind {
    /// The fields of the kustomization file that configure it; empty if only objects do.
    pub fields: &'static [&'static str],
    /// Its kind if it is configured by an object of `apiVersion: builtin`.
    pub kind: &'static str,
    /// Reads the configuration.
    pub decode: fn(Form<'_>, &mut Context<'_>) -> Result<Vec<Configured>>,
}
