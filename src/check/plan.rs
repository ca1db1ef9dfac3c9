//! The plan of a check: how objects are checked.

use std::sync::Arc;

use super::placeholders::Placeholders;
use super::revisions::Revisions;
use super::silence::Silences;
use crate::definitions::DefinitionPath;
use crate::schema::VersionRange;

/// How objects are checked.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The Kubernetes versions that must accept the objects.
    pub versions: VersionRange,
    /// Files and directories that contain definitions of custom resources.
    pub crds: Vec<DefinitionPath>,
    /// Whether a kind without a schema is an error.
    pub require_schemas: bool,
    /// Whether warnings are errors.
    pub strict: bool,
    /// Whether builds merge lists in custom resources by the keys that their definitions declare.
    pub merge_custom_lists: bool,
    /// How placeholders in values are treated.
    pub placeholders: Placeholders,
    /// Whether builds update names in custom resources that refer to renamed objects.
    pub custom_references: bool,
    /// The findings to silence, one set per settings file.
    pub silences: Vec<Arc<Silences>>,
    /// The revisions whose files the objects may be from.
    pub revisions: Revisions,
}

impl Plan {
    /// Whether both plans take their silences from the same files.
    pub fn is_like(&self, other: &Plan) -> bool {
        let pairs = || self.silences.iter().zip(&other.silences);
        let same_placeholders = std::mem::discriminant(&self.placeholders) == std::mem::discriminant(&other.placeholders);
        same_placeholders && self.silences.len() == other.silences.len() && pairs().all(|(one, other)| Arc::ptr_eq(one, other))
    }
}
