//! What an object is called: group, version, kind, name and namespace.
//!
//! Two ids are the same object when kind and name agree and the *effective* namespaces do: none for cluster-scoped
//! kinds, `default` for an empty one. Scope is what kustomize knows of it (its embedded OpenAPI document).

use ecow::EcoString;

use crate::schema::{Gvk, Schema};
use crate::yaml::Node;

/// The effective namespace of what has none: no namespace can be called so.
const CLUSTER: &str = "_non_namespaceable_";

/// The identity of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResId {
    /// Group, version and kind.
    pub gvk: Gvk,
    /// The name.
    pub name: EcoString,
    /// The namespace as written; empty when none is.
    pub namespace: EcoString,
}

impl ResId {
    /// The id of an object as it stands.
    pub fn of(node: &Node) -> Self {
        let meta = |key| node.at_path(&["metadata", key]).and_then(Node::as_text).cloned().unwrap_or_default();
        ResId { gvk: Gvk::of(node), name: meta("name"), namespace: meta("namespace") }
    }

    /// The namespace that counts when ids are compared.
    pub fn effective_namespace(&self) -> EcoString {
        self.namespace_in_scope(self.gvk.is_cluster_scoped())
    }

    /// The namespace that counts for an object of a known scope.
    pub(super) fn namespace_in_scope(&self, is_cluster_scoped: bool) -> EcoString {
        if is_cluster_scoped { CLUSTER.into() } else { effective(&self.namespace) }
    }

    /// The id with the namespace that counts: equal for ids that mean the same object.
    pub fn normalized(&self, schema: &Schema) -> ResId {
        let namespace = self.namespace_in_scope(schema.is_cluster_scoped(&self.gvk.group, &self.gvk.version, &self.gvk.kind));
        ResId { namespace, ..self.clone() }
    }

    /// Whether the effective namespaces are the same.
    pub fn same_namespace(&self, other: &ResId) -> bool {
        self.effective_namespace() == other.effective_namespace()
    }

    /// Whether every non-empty part of `pattern` equals this one's. Here the namespace counts as written, whatever the scope:
    /// kustomize's replacements do not ask for it.
    pub fn is_selected_by(&self, pattern: &ResId) -> bool {
        self.gvk.is_selected_by(&pattern.gvk)
            && (pattern.name.is_empty() || pattern.name == self.name)
            && (pattern.namespace.is_empty() || effective(&pattern.namespace) == effective(&self.namespace))
    }
}

/// `default` for an empty namespace, else the namespace itself.
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
