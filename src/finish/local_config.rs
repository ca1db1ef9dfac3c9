//! Removes what is not meant for the cluster: objects marked as local configuration, and kustomize's own annotations.
//!
//! An object with the annotation `config.kubernetes.io/local-config` is dropped, unless its value is `false`. Annotations
//! are written back as strings, and an empty mapping of annotations is removed. Behavior: kustomize's `IgnoreLocal` and
//! `RemoveBuildAnnotations`.

use super::build_metadata::BuildMetadata;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::resource::{ResMap, Resource};
use crate::yaml::provenance::{Edit, Provenance};
use crate::yaml::{Entry, Key, Node, Quotes, Scalar, Tag, Value};

const LOCAL_CONFIG: &str = "config.kubernetes.io/local-config";

/// Annotations in which kustomize keeps its own state: they are removed from the input.
const BUILD_ANNOTATIONS: &[&str] = &[
    "alpha.config.kubernetes.io/transformations",
    "config.k8s.io/id",
    "config.kubernetes.io/index",
    "config.kubernetes.io/origin",
    "config.kubernetes.io/path",
    "internal.config.kubernetes.io/allowKindChange",
    "internal.config.kubernetes.io/allowNameChange",
    "internal.config.kubernetes.io/annotations-migration-resource-id",
    "internal.config.kubernetes.io/generatorBehavior",
    "internal.config.kubernetes.io/helm-generated",
    "internal.config.kubernetes.io/id",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/needsHashSuffix",
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/prefixes",
    "internal.config.kubernetes.io/previousKinds",
    "internal.config.kubernetes.io/previousNames",
    "internal.config.kubernetes.io/previousNamespaces",
    "internal.config.kubernetes.io/refBy",
    "internal.config.kubernetes.io/seqindent",
    "internal.config.kubernetes.io/suffixes",
];

/// Drops local objects.
///
/// # Errors
/// A patch or replacement removed the kind or the name of an object.
pub fn drop_local(resources: &mut ResMap) -> Result<()> {
    Diagnostics::check(resources.iter().filter_map(nameless).collect())?;
    let local = |at: &usize| {
        let annotations = resources.get(*at).into_iter().flat_map(|resource| resource.annotations());
        annotations.into_iter().any(|(key, value)| key == LOCAL_CONFIG && value != "false")
    };
    let positions: Vec<usize> = resources.positions().filter(local).collect();
    for at in positions {
        resources.remove(at);
    }
    resources.compact();
    Ok(())
}

fn nameless(resource: &Resource) -> Option<Diagnostic> {
    let kind = resource.kind();
    let lost = match kind {
        "" => "kind",
        kind if !kind.ends_with("List") && resource.id().name.is_empty() => "metadata.name",
        _ => return None,
    };
    let place = resource.node().at_path(&["metadata", "name"]).unwrap_or(resource.node());
    Some(place.error("not-an-object", format!("the object no longer has a `{lost}`")).help("a patch or a replacement removed it"))
}

/// Whether an annotation is as it is written back: an unfolded string, under a key that is a string even without quotes.
fn is_settled(entry: &Entry) -> bool {
    let is_string = entry.value.as_scalar().is_some_and(|scalar| scalar.tag == Tag::Str && scalar.quotes != Quotes::Folded);
    is_string && Key::new(entry.key.text, entry.key.span()).tag() == entry.key.tag()
}

/// Writes annotations back as kustomize does, without its own annotations, except those that are requested.
pub fn clean_annotations(resources: &mut ResMap, asked: &BuildMetadata, provenance: &mut Provenance) {
    let goes = |key: &str| is_build_annotation(key) && !asked.keeps(key);
    let step = provenance.step("", "annotations");
    for at in resources.positions() {
        let needs = |node: &Node| match node.at_path(&["metadata", "annotations"]) {
            None => node.get("metadata").is_none(),
            Some(annotations) => annotations.as_mapping().is_none_or(|mapping| {
                mapping.is_empty()
                    || mapping.iter().any(|entry| !is_settled(entry) || goes(&entry.key.text))
                    || mapping.has_duplicate_keys()
            }),
        };
        if !resources.get(at).is_some_and(|resource| needs(resource.node())) {
            continue;
        }
        resources.edit_body(at, |resource| {
            resource.edit_body(|node| {
                let mut edit = Edit::new(provenance, step, node.span());
                // Only a list can have no metadata: it gets an empty mapping.
                let Some(mapping) = node.as_mapping_mut() else { return };
                let metadata = mapping.get_or_insert_with("metadata", &mut edit, Node::mapping);
                if let Some(annotations) = metadata.get_mut("annotations").and_then(Node::as_mapping_mut) {
                    annotations.retain(|entry| !goes(&entry.key.text));
                    // kustomize reads them into a map, where the last duplicate wins.
                    annotations.keep_last();
                    for entry in annotations.iter_mut().filter(|entry| !is_settled(entry)) {
                        entry.key = Key::new(entry.key.text, entry.key.span());
                        match entry.value.as_scalar().cloned() {
                            Some(scalar) => entry.value.respell(Scalar { shared: scalar.shared, ..Scalar::string(scalar.text) }),
                            None => {
                                let span = entry.value.span();
                                entry.value.set(Value::Scalar(Scalar::string("")), &mut edit.at(span));
                            }
                        }
                    }
                }
                let empty =
                    metadata.get("annotations").is_some_and(|node| node.as_mapping().is_none_or(|mapping| mapping.is_empty()));
                if let (true, Some(metadata)) = (empty, metadata.as_mapping_mut()) {
                    metadata.remove("annotations");
                }
            });
        });
    }
}

fn is_build_annotation(key: &str) -> bool {
    BUILD_ANNOTATIONS.binary_search(&key).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(BUILD_ANNOTATIONS.is_sorted());
    }
}
