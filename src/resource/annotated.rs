//! The recorded properties of an object as annotations: the form in which external programs receive and return them.
//!
//! kustomize keeps these properties in annotations all the time. If a function drops the annotations, kustomize loses the
//! information: that an object needs a hash, and its former names. An annotation that someone else wrote counts as well.
//! Behavior: the build annotations of kustomize's `Resource`.

use std::sync::Arc;

use ecow::EcoString;
use serde::de::DeserializeOwned;

use super::origin::{self, ORIGIN, Origin, TRANSFORMATIONS};
use super::resource::{Behavior, FormerId, Resource};
use crate::yaml::provenance::{Edit, Provenance};
use crate::yaml::{self, Dialect, Entry, Key, Mapping, Node, Scalar, Unknown, Value};

const ENABLED: &str = "enabled";
const BEHAVIOR: &str = "internal.config.kubernetes.io/generatorBehavior";
const FROM_HELM: &str = "internal.config.kubernetes.io/helm-generated";
const NEEDS_HASH: &str = "internal.config.kubernetes.io/needsHashSuffix";
const PREFIXES: &str = "internal.config.kubernetes.io/prefixes";
const FORMER_KINDS: &str = "internal.config.kubernetes.io/previousKinds";
const FORMER_NAMES: &str = "internal.config.kubernetes.io/previousNames";
const FORMER_NAMESPACES: &str = "internal.config.kubernetes.io/previousNamespaces";
const SUFFIXES: &str = "internal.config.kubernetes.io/suffixes";

const ALL: [&str; 10] =
    [BEHAVIOR, FROM_HELM, NEEDS_HASH, ORIGIN, PREFIXES, FORMER_KINDS, FORMER_NAMES, FORMER_NAMESPACES, SUFFIXES, TRANSFORMATIONS];

impl Resource {
    /// The document with the recorded properties of the object as annotations, all of them strings.
    pub fn annotated(&self, edit: &mut Edit<'_>) -> Node {
        let mut node = self.node().clone();
        let properties = self.properties();
        if properties.is_empty() && node.at_path(&["metadata", "annotations"]).is_none() {
            return node;
        }
        if let Some(annotations) = annotations_mut(&mut node, edit) {
            for entry in annotations.iter_mut().filter(|entry| entry.value.as_str().is_none()) {
                match entry.value.as_scalar().cloned() {
                    Some(scalar) => entry.value.respell(Scalar { shared: scalar.shared, ..Scalar::string(scalar.text) }),
                    None => {
                        let span = entry.value.span();
                        entry.value.set(Value::Scalar(Scalar::string("")), &mut edit.at(span));
                    }
                }
            }
            for (key, text) in properties {
                annotations.put(Key::new(key, edit.span()), Node::string(text, edit));
            }
        }
        node
    }

    /// The document with the recorded properties, for messages: kustomize shows them. Values of a Secret are not shown.
    pub fn with_records(&self) -> Node {
        let mut provenance = Provenance::forgetful();
        let step = provenance.step("", "");
        self.without_values(self.annotated(&mut Edit::new(&mut provenance, step, self.node().span())))
    }

    /// A document of this object, for messages: without its values if it is a Secret.
    pub fn without_values(&self, mut node: Node) -> Node {
        if self.kind() == "Secret" {
            for field in ["data", "stringData"] {
                let entries = node.get_mut(field).and_then(Node::as_mapping_mut).into_iter().flat_map(Mapping::iter_mut);
                entries.for_each(|entry| entry.value.respell(Scalar::string("***")));
            }
        }
        node
    }

    /// The document with the recorded properties as JSON, as kustomize shows it in messages.
    pub fn json_words(&self) -> String {
        yaml::json::print(&self.with_records(), false).unwrap_or_default()
    }

    fn properties(&self) -> Vec<(&'static str, EcoString)> {
        let hash_of_its_own = self.own_hash_mark().is_some();
        let joined = |part: fn(&FormerId) -> &EcoString| csv(self.former().iter().map(part));
        let behavior = match self.behavior {
            Behavior::Unspecified if self.needs_hash => "unspecified",
            Behavior::Unspecified => "",
            Behavior::Create => "create",
            Behavior::Replace => "replace",
            Behavior::Merge => "merge",
        };
        let properties = [
            (BEHAVIOR, behavior.into()),
            (FROM_HELM, if self.from_helm { "true".into() } else { EcoString::new() }),
            (NEEDS_HASH, if self.needs_hash && !hash_of_its_own { ENABLED.into() } else { EcoString::new() }),
            (ORIGIN, self.origin.as_ref().map(|origin| origin.to_string().into()).unwrap_or_default()),
            (PREFIXES, csv(self.prefixes.iter())),
            (FORMER_KINDS, joined(|former| &former.kind)),
            (FORMER_NAMES, joined(|former| &former.name)),
            (FORMER_NAMESPACES, joined(|former| &former.namespace)),
            (SUFFIXES, csv(self.suffixes.iter())),
            (TRANSFORMATIONS, origin::print_list(self.transformations.iter().map(Arc::as_ref)).into()),
        ];
        properties.into_iter().filter(|(_, text)| !text.is_empty()).collect()
    }

    /// Creates an object from a document whose annotations contain recorded properties; these annotations are removed.
    pub fn from_annotated(node: Node) -> Self {
        let mut resource = Resource::from_input(node);
        let text =
            |key: &str| resource.node().at_path(&["metadata", "annotations", key]).and_then(Node::as_str).unwrap_or_default();
        let (needs_hash, from_helm, behavior) = (text(NEEDS_HASH) == ENABLED, text(FROM_HELM) == "true", text(BEHAVIOR));
        let behavior = Behavior::named(behavior);
        let origin: Option<Origin> = parsed(resource.node(), ORIGIN);
        let transformations: Vec<Origin> = parsed(resource.node(), TRANSFORMATIONS).unwrap_or_default();
        (resource.needs_hash, resource.from_helm, resource.behavior) = (needs_hash, from_helm, behavior);
        resource.origin = origin.map(Arc::new);
        resource.transformations = transformations.into_iter().map(Arc::new).collect();
        resource.edit_body(|node| {
            let Some(annotations) = node.at_path_mut(&["metadata", "annotations"]).and_then(Node::as_mapping_mut) else { return };
            annotations.retain(|entry| !ALL.contains(&entry.key.text.as_str()));
        });
        resource
    }
}

impl Resource {
    /// Whether the name gets a hash: kustomize's own annotation says so, whoever wrote it, or it would be there in kustomize.
    pub fn wants_hash(&self) -> bool {
        self.own_hash_mark().map_or(self.needs_hash, |mark| mark == ENABLED)
    }

    /// Whether kustomize's annotation about the hash would be there, whatever its value.
    pub fn has_hash_mark(&self) -> bool {
        self.needs_hash || self.own_hash_mark().is_some()
    }

    /// The value of kustomize's annotation about the hash in the document.
    fn own_hash_mark(&self) -> Option<&str> {
        let annotation = self.node().at_path(&["metadata", "annotations", NEEDS_HASH])?;
        Some(annotation.as_scalar().map_or("", |scalar| scalar.text.as_str()))
    }

    /// Records whether the name gets a hash, in place of the annotation.
    pub fn set_needs_hash(&mut self, needs_hash: bool) {
        self.needs_hash = needs_hash;
        if self.own_hash_mark().is_some() {
            self.edit_body(|node| {
                let annotations = node.at_path_mut(&["metadata", "annotations"]).and_then(Node::as_mapping_mut);
                annotations.into_iter().for_each(|annotations| annotations.retain(|entry| entry.key.text != NEEDS_HASH));
            });
        }
    }

    /// Takes over a document that a change made from [`Resource::annotated`]: properties whose annotations are missing are
    /// lost.
    pub fn take_annotated(&mut self, node: Node) {
        let var_names = std::mem::take(&mut self.var_names);
        let shared = std::mem::take(&mut self.shared);
        *self = Resource::from_annotated(node);
        (self.var_names, self.shared) = (var_names, shared);
    }

    /// Takes over a document that a JSON patch made from [`Resource::annotated`]: kustomize restores all recorded properties
    /// except the origin of the object.
    pub fn take_patched(&mut self, node: Node) {
        let patched = Resource::from_annotated(node);
        (self.origin, self.transformations) = (patched.origin.clone(), patched.transformations.clone());
        if !self.has_hash_mark() {
            self.needs_hash = patched.needs_hash;
        }
        self.edit(|node| *node = patched.into_node());
    }

    /// The annotations of the document that no JSON patch can change, because kustomize writes them back.
    pub fn internal_annotations(&self) -> Vec<Entry> {
        let annotations = self.node().at_path(&["metadata", "annotations"]).and_then(Node::as_mapping);
        annotations.into_iter().flat_map(Mapping::iter).filter(|entry| is_internal(&entry.key.text)).cloned().collect()
    }
}

/// Whether kustomize considers an annotation a part of its own state.
fn is_internal(key: &str) -> bool {
    key.starts_with("internal.config.kubernetes.io/")
        || matches!(key, "config.kubernetes.io/path" | "config.kubernetes.io/index" | "config.k8s.io/id")
}

/// Whether a property of an object is recorded under the key of an annotation.
pub fn is_recorded(key: &str) -> bool {
    ALL.contains(&key)
}

/// The value of an annotation that contains YAML.
fn parsed<T: DeserializeOwned>(object: &Node, key: &str) -> Option<T> {
    let annotation = object.at_path(&["metadata", "annotations", key])?;
    let document = yaml::read_first(annotation.as_str()?, annotation.span().source, annotation.origin(), Dialect::Yaml11);
    yaml::decode(&document.ok()??, Unknown::Ignore).ok()
}

/// The annotations of an object, created if they do not exist; `None` if they or the metadata are not a mapping.
pub fn annotations_mut<'n>(node: &'n mut Node, edit: &mut Edit<'_>) -> Option<&'n mut Mapping> {
    let metadata = node.as_mapping_mut()?.get_or_insert_with("metadata", edit, Node::mapping);
    let annotations = metadata.as_mapping_mut()?.get_or_insert_with("annotations", edit, Node::mapping);
    if annotations.is_null() {
        annotations.set(Value::Mapping(Mapping::default()), edit);
    }
    annotations.as_mapping_mut()
}

fn csv<'t>(parts: impl Iterator<Item = &'t EcoString>) -> EcoString {
    parts.map(EcoString::as_str).collect::<Vec<_>>().join(",").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::yaml::Dialect;

    #[test]
    fn recorded_properties_survive_the_conversion_to_annotations() {
        let mut records = Records::default();
        let source = records.sources.add("a.yaml", "kind: ConfigMap\nmetadata:\n  name: a\n");
        let step = records.provenance.step("", "test");
        let node = records.first_document(source, step, Dialect::Manifest).unwrap().unwrap();
        let span = node.span();
        let mut resource = Resource::new(node);
        resource.remember_id();
        resource.prefixes.push("p-".into());
        resource.needs_hash = true;
        resource.behavior = Behavior::Merge;
        resource.origin = Some(Arc::new(Origin::default().join("base/a.yaml")));
        resource.add_transformation(&Arc::new(Origin::default().built_in("kustomization.yaml", "PrefixTransformer")));
        let mut edit = Edit::new(&mut records.provenance, step, span);
        let annotated = resource.annotated(&mut edit);
        let names = annotated.at_path(&["metadata", "annotations", FORMER_NAMES]).and_then(Node::as_str);
        assert_eq!(names, Some("a"));
        let back = Resource::from_annotated(annotated);
        assert_eq!((back.former(), &back.prefixes), (resource.former(), &resource.prefixes));
        assert_eq!((&back.origin, &back.transformations), (&resource.origin, &resource.transformations));
        assert!(back.needs_hash && back.behavior == Behavior::Merge && !back.from_helm);
        assert_eq!(back.annotations().count(), 0);
    }
}
