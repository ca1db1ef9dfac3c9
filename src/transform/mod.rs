//! The transformers, one file each. [`TRANSFORMERS`] is the order in which they run.

mod common_annotations;
mod common_labels;
pub mod configurations;
pub mod crds;
pub mod field_specs;
pub mod fields;
mod hash;
mod images;
mod name_prefix;
mod namespace;
pub mod patches;
mod patches_json6902;
mod patches_strategic_merge;
mod replacements;
mod replicas;
mod structured;
mod value_add;
pub mod value_path;

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

/// All transformers, in the order in which they run; those that only objects configure come last.
pub const TRANSFORMERS: &[TransformerKind] = &[
    patches_strategic_merge::KIND,
    patches::KIND,
    namespace::KIND,
    name_prefix::PREFIX,
    name_prefix::SUFFIX,
    common_labels::KIND,
    common_annotations::KIND,
    patches_json6902::KIND,
    replicas::KIND,
    images::KIND,
    replacements::KIND,
    name_prefix::BOTH,
    hash::KIND,
    value_add::KIND,
];
