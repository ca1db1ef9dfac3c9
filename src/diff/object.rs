//! The input of a comparison: the objects of one side with the names that their build recorded.

use ecow::EcoString;

use super::path::Place;
use crate::confidential::is_secret;
use crate::resource::{Gvk, ResId, ResMap, Resource};
use crate::source::Sources;
use crate::yaml::provenance::Provenance;
use crate::yaml::{Node, settled};

/// The objects of one side.
pub struct Side<'a> {
    /// The objects.
    pub objects: Vec<Object>,
    /// The source texts of the objects.
    pub sources: &'a Sources,
    /// The provenance of their values.
    pub provenance: &'a Provenance,
}

/// An object and its names.
#[derive(Clone, Debug)]
pub struct Object {
    /// The document, with the values that it has after it was printed.
    pub node: Node,
    /// The current id.
    pub id: ResId,
    /// The id before any transformer ran.
    pub original: ResId,
    /// The name without the content hash, or the whole name if it has no hash.
    pub stem: EcoString,
    /// Whether a generator created the object and its name ends with a content hash.
    pub is_generated: bool,
}

impl Object {
    /// An object from a build.
    pub fn built(resource: &Resource) -> Self {
        let id = resource.id().clone();
        let stem = resource.former().last().filter(|_| resource.needs_hash).map(|former| former.name.clone());
        Object {
            node: settled(resource.node()).unwrap_or_else(|| resource.node().clone()),
            original: resource.original_id(),
            is_generated: stem.is_some(),
            stem: stem.unwrap_or_else(|| id.name.clone()),
            id,
        }
    }

    /// An object from a manifest. The name of a ConfigMap or Secret may look as if it ends with a hash.
    pub fn plain(node: Node) -> Self {
        let node = settled(&node).unwrap_or(node);
        let id = ResId::of(&node);
        let stem = Some(&id).filter(|id| is_hashed_kind(&id.gvk)).and_then(|id| without_hash(&id.name)).map(EcoString::from);
        Object { original: id.clone(), is_generated: stem.is_some(), stem: stem.unwrap_or_else(|| id.name.clone()), id, node }
    }

    /// A document that is not an object: Helm values, a kustomization. Its id is a name without a kind.
    pub fn document(node: Node, name: &str) -> Self {
        let id = ResId { name: name.into(), ..ResId::default() };
        Object { node: settled(&node).unwrap_or(node), original: id.clone(), stem: id.name.clone(), is_generated: false, id }
    }

    /// Whether it is a document that is not an object.
    pub fn is_document(&self) -> bool {
        self.id.gvk.kind.is_empty()
    }

    /// Whether a document is an object: it has a kind, and a name or the beginning of one. A Secret always is, so that its values are
    /// masked.
    pub fn is_in(node: &Node) -> bool {
        let id = ResId::of(node);
        let has_name = || !id.name.is_empty() || node.at_path(&["metadata", "generateName"]).is_some();
        !id.gvk.kind.is_empty() && (is_secret(&id.gvk) || has_name())
    }
}

impl<'a> Side<'a> {
    /// The objects from a build.
    pub fn built(resources: &ResMap, sources: &'a Sources, provenance: &'a Provenance) -> Self {
        Side { objects: resources.iter().map(Object::built).collect(), sources, provenance }
    }

    /// The objects from manifests.
    pub fn plain(nodes: impl IntoIterator<Item = Node>, sources: &'a Sources, provenance: &'a Provenance) -> Self {
        Side { objects: nodes.into_iter().map(Object::plain).collect(), sources, provenance }
    }

    /// The location where a value was written.
    pub fn place(&self, node: &Node) -> Place {
        let location = self.sources.locate(node.span());
        Place {
            file: location.source.path().display().to_string(),
            line: location.position.line,
            column: location.position.column,
            by: self.provenance.get_step(self.provenance.get(node.origin()).step).to_string(),
        }
    }
}

fn is_hashed_kind(gvk: &Gvk) -> bool {
    gvk.group.is_empty() && matches!(gvk.kind.as_str(), "ConfigMap" | "Secret")
}

/// A name without the hash that kustomize appends: ten characters from an alphabet of its own.
fn without_hash(name: &str) -> Option<&str> {
    let (stem, hash) = name.rsplit_once('-')?;
    (hash.len() == 10 && !stem.is_empty() && hash.bytes().all(|byte| b"bcdfghkmt2456789".contains(&byte))).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::without_hash;

    #[test]
    fn only_hashes_are_stripped() {
        assert_eq!(without_hash("settings-7b4f8m2k6t"), Some("settings"));
        assert_eq!(without_hash("settings-production"), None);
        assert_eq!(without_hash("settings-7b4f8m2k6"), None);
        assert_eq!(without_hash("-7b4f8m2k6t"), None);
    }
}
