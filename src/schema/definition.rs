//! One CustomResourceDefinition and its versions, whose schemas are read on first use.

use std::sync::{Arc, OnceLock};

use ecow::EcoString;

use super::structural::{Structural, is_true};
use crate::yaml::Node;

/// One CustomResourceDefinition.
#[derive(Debug)]
pub struct Definition {
    /// The API group.
    pub group: EcoString,
    /// The kind.
    pub kind: EcoString,
    /// Whether its objects are namespaced.
    pub namespaced: bool,
    /// The versions, in order.
    pub versions: Vec<Defined>,
    /// Whether it is from the catalog or from JSON schemas, so that the cluster may serve other versions.
    pub is_partial: bool,
}

/// A version of a custom resource.
#[derive(Debug)]
pub struct Defined {
    /// Its name.
    pub name: EcoString,
    /// Whether the server serves it.
    pub served: bool,
    /// Whether the status is a subresource, so that the server drops it from other writes.
    pub has_status: bool,
    /// The path of the number of replicas, such as `.spec.replicas`.
    pub replicas: Option<EcoString>,
    /// Whether fields that are not in the schema are errors.
    pub prunes: bool,
    /// The schema as written.
    written: Written,
    schema: OnceLock<Arc<Structural>>,
}

#[derive(Debug)]
enum Written {
    Node(Option<Node>),
    InCatalogue(usize, fn(usize) -> Arc<Structural>),
}

impl Definition {
    /// Reads a CustomResourceDefinition; `None` if the object is not one, or has no group or kind.
    pub fn read(object: &Node) -> Option<Self> {
        let text = |node: &Node, field: &str| node.get(field).and_then(Node::as_text).cloned();
        let api_version = object.get("apiVersion")?.as_str()?;
        let is_definition = object.get("kind")?.as_str()? == "CustomResourceDefinition";
        let old = match api_version {
            "apiextensions.k8s.io/v1" => false,
            "apiextensions.k8s.io/v1beta1" => true,
            _ => return None,
        };
        let spec = object.get("spec").filter(|_| is_definition)?;
        let listed = spec.get("versions").and_then(Node::as_sequence).unwrap_or_default();
        let mut versions: Vec<Defined> = listed.iter().filter_map(|version| Defined::read(version, spec, old)).collect();
        if let (true, Some(name)) = (versions.is_empty(), text(spec, "version").filter(|_| old)) {
            versions.push(Defined::new(name, true, spec, spec, old));
        }
        Some(Definition {
            group: text(spec, "group")?,
            kind: text(spec.get("names")?, "kind")?,
            namespaced: spec.get("scope").and_then(Node::as_str) != Some("Cluster"),
            versions,
            is_partial: false,
        })
    }

    /// The names of the versions that the server serves, for messages: `v1`, `v1beta1`.
    pub fn served(&self) -> String {
        let known = self.versions.iter().filter(|version| version.served && !version.name.is_empty());
        let served = known.map(|version| version.name.as_str());
        served.collect::<Vec<_>>().join("`, `")
    }

    /// The version with this name.
    pub fn version(&self, name: &str) -> Option<&Defined> {
        // The name is empty if a JSON schema does not say of which version it is.
        let of = |name: &str| self.versions.iter().find(|version| version.name == name);
        of(name).or_else(|| of("").filter(|_| self.is_partial))
    }
}

impl Defined {
    fn read(version: &Node, spec: &Node, old: bool) -> Option<Self> {
        let name = version.get("name")?.as_text()?.clone();
        Some(Defined::new(name, is_true(version, "served"), version, spec, old))
    }

    /// Fields that are missing in a version are taken from the top level of an old definition.
    fn new(name: EcoString, served: bool, version: &Node, spec: &Node, old: bool) -> Self {
        let own = |field: &str| version.get(field).filter(|value| !value.is_null());
        let subresources = own("subresources").or_else(|| spec.get("subresources").filter(|_| old));
        let holder = own("schema").or_else(|| spec.get("validation").filter(|_| old));
        let kept = spec.get("preserveUnknownFields").is_none() && old || is_true(spec, "preserveUnknownFields");
        let written = holder.and_then(|holder| holder.get("openAPIV3Schema")).filter(|schema| !schema.is_null()).cloned();
        let replicas = subresources.and_then(|subresources| subresources.at_path(&["scale", "specReplicasPath"]));
        Defined {
            name,
            served,
            has_status: subresources.and_then(|subresources| subresources.get("status")).is_some_and(|status| !status.is_null()),
            replicas: replicas.and_then(Node::as_text).cloned(),
            prunes: written.is_some() && !kept,
            written: Written::Node(written),
            schema: OnceLock::new(),
        }
    }

    /// A version in the catalog, whose schema `read` finds at this place.
    pub(super) fn in_catalogue(
        name: &str,
        has_status: bool,
        replicas: Option<&str>,
        place: usize,
        read: fn(usize) -> Arc<Structural>,
    ) -> Self {
        Defined {
            name: name.into(),
            served: true,
            has_status,
            replicas: replicas.map(EcoString::from),
            prunes: true,
            written: Written::InCatalogue(place, read),
            schema: OnceLock::new(),
        }
    }

    /// A version that a JSON schema describes. Whether its status is a subresource is not known: then it is not checked.
    pub(super) fn in_schema_file(name: &str, schema: Node) -> Self {
        let required = schema.get("required").and_then(Node::as_sequence).unwrap_or_default();
        Defined {
            name: name.into(),
            served: true,
            has_status: required.iter().all(|field| field.as_str() != Some("status")),
            replicas: None,
            prunes: true,
            written: Written::Node(Some(schema)),
            schema: OnceLock::new(),
        }
    }

    /// The schema, read on first use.
    pub fn schema(&self) -> &Arc<Structural> {
        self.schema.get_or_init(|| match &self.written {
            Written::Node(Some(node)) => Arc::new(Structural::of(node)),
            Written::Node(None) => Arc::new(Structural { preserves: true, ..Structural::default() }),
            Written::InCatalogue(place, read) => read(*place),
        })
    }
}
