//! A kind of generator: its field, its kind as an object, and the function that reads its configuration.

use crate::diagnostic::Result;
use crate::kustomization::Kustomization;
use crate::stage::{Context, Generator};
use crate::yaml::Node;

/// Where a generator is configured.
#[derive(Clone, Copy)]
pub enum Form<'a> {
    /// In a field of the kustomization file.
    Field(&'a Kustomization),
    /// In an object listed under `generators`.
    Object(&'a Node),
}

/// A configured generator.
pub struct Configured {
    /// The field and index, such as `configMapGenerator[0]`.
    pub field: String,
    /// The generator.
    pub run: Box<dyn Generator>,
}

/// A kind of generator.
pub struct GeneratorKind {
    /// The field of the kustomization file that configures it; empty if only objects do.
    pub field: &'static str,
    /// Its kind if it is configured by an object of `apiVersion: builtin`.
    pub kind: &'static str,
    /// Reads the configuration.
    pub decode: fn(Form<'_>, &mut Context<'_>) -> Result<Vec<Configured>>,
}
