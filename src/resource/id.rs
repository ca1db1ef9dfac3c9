//! The identity of an object: group, version, kind, name and namespace.
//!
//! Two ids refer to the same object if their kinds and names are equal and their *effective* namespaces are too: none for
//! cluster-scoped kinds, `default` for an empty one. The scope of a kind is taken from kustomize's embedded OpenAPI document.

use std::hash::{Hash, Hasher};

use ecow::EcoString;

use crate::schema::{Gvk, Schema};
use crate::yaml::Node;

/// The effective namespace of cluster-scoped objects: no namespace can have this name.
pub const CLUSTER: &str = "_non_namespaceable_";

/// The identity of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResId {
    /// Group, version and kind.
    pub gvk: Gvk,
    /// The name.
    pub name: EcoString,
    /// The namespace as written; empty if there is none.
    pub namespace: EcoString,
}

impl Hash for ResId {
    /// Group and version rarely tell ids apart.
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.gvk.kind, &self.name, &self.namespace).hash(state);
    }
}

impl ResId {
    /// The current id of an object.
    pub fn of(node: &Node) -> Self {
        let meta = |key| node.at_path(&["metadata", key]).and_then(Node::as_text).cloned().unwrap_or_default();
        ResId { gvk: Gvk::of(node), name: meta("name"), namespace: meta("namespace") }
    }

    /// Becomes the current id of an object; returns whether group, version, or kind changed.
    pub(super) fn follow(&mut self, node: &Node) -> bool {
        let metadata = node.get("metadata");
        let text = |key| metadata.and_then(|metadata| metadata.get(key)).and_then(Node::as_text);
        for (own, text) in [(&mut self.name, text("name")), (&mut self.namespace, text("namespace"))] {
            if own.as_str() != text.map_or("", EcoString::as_str) {
                *own = text.cloned().unwrap_or_default();
            }
        }
        let is_same = self.gvk.is_of(node);
        if !is_same {
            self.gvk = Gvk::of(node);
        }
        !is_same
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
        let namespace = self.namespace_in_scope(schema.is_cluster_scoped(&self.gvk.group, &self.gvk.version, &self.gvk.kind));
        ResId { namespace, ..self.clone() }
    }

    /// Whether the effective namespaces are the same.
    pub fn same_namespace(&self, other: &ResId) -> bool {
        self.effective_namespace() == other.effective_namespace()
    }
}

/// `default` for an empty namespace, otherwise the namespace itself.
pub fn effective(namespace: &EcoString) -> EcoString {
    if namespace.is_empty() { "default".into() } else { namespace.clone() }
}

impl ResId {
    /// The id in kustomize's words: `Deployment.v1.apps/web.[noNs]`. Behavior: `ResId.String`.
    pub fn words(&self) -> String {
        let or = |text: &EcoString, none: &str| if text.is_empty() { none.to_owned() } else { text.to_string() };
        format!("{}/{}.{}", self.gvk.words(), or(&self.name, "[noName]"), or(&self.namespace, "[noNs]"))
    }
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
