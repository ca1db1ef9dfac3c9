//! The plan of a check: how objects are checked.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::placeholders::Placeholders;
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

/// Revisions of a repository. The paths of silences are those of its working tree.
#[derive(Clone, Debug, Default)]
pub struct Revisions {
    /// How paths of files in a revision start: `main:`.
    pub prefixes: Vec<String>,
    /// The root of the working tree.
    pub root: PathBuf,
}

impl Revisions {
    /// The path of a file, or the path that the file of a revision has in the working tree.
    pub fn in_tree<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        let strip = |prefix: &String| path.to_str()?.strip_prefix(prefix.as_str());
        match self.prefixes.iter().find_map(strip) {
            Some(rest) => Cow::Owned(self.root.join(rest)),
            None => Cow::Borrowed(path),
        }
    }
}

impl Plan {
    /// Whether both plans take their silences from the same files.
    pub fn is_like(&self, other: &Plan) -> bool {
        let pairs = || self.silences.iter().zip(&other.silences);
        let same_placeholders = std::mem::discriminant(&self.placeholders) == std::mem::discriminant(&other.placeholders);
        same_placeholders && self.silences.len() == other.silences.len() && pairs().all(|(one, other)| Arc::ptr_eq(one, other))
    }
}
