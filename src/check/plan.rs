//! How objects are checked.

use std::path::PathBuf;
use std::rc::Rc;

use super::silence::Silences;
use crate::schema::VersionRange;

/// How objects are checked.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The Kubernetes versions that must accept them.
    pub versions: VersionRange,
    /// Files and directories with CustomResourceDefinitions.
    pub crds: Vec<PathBuf>,
    /// Whether a kind without schema is an error.
    pub require_schemas: bool,
    /// Whether warnings are errors.
    pub strict: bool,
    /// Whether builds merge lists of custom resources by the keys of their definitions.
    pub merge_custom_lists: bool,
    /// Findings that are accepted, file by file.
    pub silences: Vec<Rc<Silences>>,
}

impl Plan {
    /// Whether both come from the same files.
    pub fn is_like(&self, other: &Plan) -> bool {
        let pairs = || self.silences.iter().zip(&other.silences);
        self.silences.len() == other.silences.len() && pairs().all(|(one, other)| Rc::ptr_eq(one, other))
    }
}
