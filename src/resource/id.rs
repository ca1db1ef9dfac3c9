//! The identity of an object: group, version, kind, name and namespace.
//!
//! Two ids refer to the same object if their kinds and names are equal and their *effective* namespaces are too: none for
//! cluster-scoped kinds, `default` for an empty one. The scope of a kind is taken from kustomize's embedded OpenAPI document.

use ecow::EcoString;

use crate::schema::Schema;
use crate::schema::kustomize::{self, Scope};
use crate::yaml::Node;

/// The effective namespace of cluster-scoped objects: no namespace can have this name.
const CLUSTER: &str = "_non_namespaceable_";

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
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Gvk { group: group.into(), version: version.into(), kind: kind.into() }
    }

    /// From the `apiVersion` and `kind` of an object; missing fields are empty.
    pub fn of(node: &Node) -> Self {
        let text = |key| node.get(key).and_then(Node::as_text).map_or("", |text| text.as_str());
        Gvk::new(text("apiVersion"), text("kind"))
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

    /// Whether a schema, possibly the user's own, treats the kind as cluster-scoped.
    pub fn is_cluster_scoped_in(&self, schema: &Schema) -> bool {
        schema.is_cluster_scoped(&self.group, &self.version, &self.kind)
    }
}

/// The identity of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResId {
    /// Group, version and kind.
    pub gvk: Gvk,
    /// The name.
    pub name: EcoString,
    /// The namespace as written; empty if there is none.
    pub namespace: EcoString,
}

impl ResId {
    /// The current id of an object.
    pub fn of(node: &Node) -> Self {
        let meta = |key| node.at_path(&["metadata", key]).and_then(Node::as_text).cloned().unwrap_or_default();
        ResId { gvk: Gvk::of(node), name: meta("name"), namespace: meta("namespace") }
    }

    /// The effective namespace, which is used to compare ids.
    pub fn effective_namespace(&self) -> EcoString {
        self.namespace_in_scope(self.gvk.is_cluster_scoped())
    }

    /// The effective namespace of an object whose scope is known.
    pub(super) fn namespace_in_scope(&self, is_cluster_scoped: bool) -> EcoString {
        if is_cluster_scoped { CLUSTER.into() } else { effective(&self.namespace) }
    }

    /// The id with its effective namespace: equal for ids that refer to the same object.
    pub fn normalized(&self, schema: &Schema) -> ResId {
        let namespace = self.namespace_in_scope(self.gvk.is_cluster_scoped_in(schema));
        ResId { namespace, ..self.clone() }
    }

    /// Whether the effective namespaces are the same.
    pub fn same_namespace(&self, other: &ResId) -> bool {
        self.effective_namespace() == other.effective_namespace()
    }

    /// Whether every non-empty part of `pattern` equals this one's. Here the namespace counts as written, regardless of the
    /// scope: kustomize's replacements do not check it.
    pub fn is_selected_by(&self, pattern: &ResId) -> bool {
        self.gvk.is_selected_by(&pattern.gvk)
            && (pattern.name.is_empty() || pattern.name == self.name)
            && (pattern.namespace.is_empty() || effective(&pattern.namespace) == effective(&self.namespace))
    }
}

/// `default` for an empty namespace, otherwise the namespace itself.
pub fn effective(namespace: &EcoString) -> EcoString {
    if namespace.is_empty() { "default".into() } else { namespace.clone() }
}

impl std::fmt::Display for ResId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.gvk.kind, self.name)?;
        match self.namespace.as_str() {
            "" => Ok(()),
            namespace => write!(f, " in namespace {namespace}"),
        }
    }
}
