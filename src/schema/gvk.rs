//! Group, version and kind: what an object is.

use ecow::EcoString;

use super::kustomize::{self, Scope};
use crate::yaml::Node;

/// Group, version and kind. As a pattern, an empty part matches anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gvk {
    /// The API group; empty for the core group.
    pub group: EcoString,
    /// The version in the group.
    pub version: EcoString,
    /// The kind.
    pub kind: EcoString,
}

impl Gvk {
    /// From an `apiVersion` (`apps/v1`, `v1`) and a kind.
    pub fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = split(api_version);
        Gvk { group: group.into(), version: version.into(), kind: kind.into() }
    }

    /// From the `apiVersion` and `kind` of an object; missing fields are empty.
    pub fn of(node: &Node) -> Self {
        let text = |key| node.get(key).and_then(Node::as_text).map_or("", |text| text.as_str());
        Gvk::new(text("apiVersion"), text("kind"))
    }

    /// Whether [`Gvk::of`] is this one for an object.
    pub fn is_of(&self, node: &Node) -> bool {
        let text = |key| node.get(key).and_then(Node::as_text).map_or("", |text| text.as_str());
        let (group, version) = split(text("apiVersion"));
        self.version == version && self.group == group && self.kind == text("kind")
    }

    /// Kind, version, and group in kustomize's words: `Deployment.v1.apps`. Behavior: `Gvk.String`.
    pub fn words(&self) -> String {
        let or = |text: &EcoString, none: &str| if text.is_empty() { none.to_owned() } else { text.to_string() };
        format!("{}.{}.{}", or(&self.kind, "[noKind]"), or(&self.version, "[noVer]"), or(&self.group, "[noGrp]"))
    }

    /// `group/version`, or the version alone in the core group.
    pub fn api_version(&self) -> EcoString {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => ecow::eco_format!("{group}/{}", self.version),
        }
    }

    /// Whether every non-empty part of `pattern` equals this one's.
    pub fn is_selected_by(&self, pattern: &Gvk) -> bool {
        (pattern.kind.is_empty() || pattern.kind == self.kind)
            && (pattern.group.is_empty() || pattern.group == self.group)
            && (pattern.version.is_empty() || pattern.version == self.version)
    }

    /// Whether kustomize treats the kind as cluster-scoped. A kind that it does not know is namespaced.
    pub fn is_cluster_scoped(&self) -> bool {
        kustomize::scope(&self.group, &self.version, &self.kind) == Some(Scope::Cluster)
    }
}

/// Group and version of an `apiVersion`.
fn split(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}
