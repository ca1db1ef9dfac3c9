//! One object during the build: its document and the properties that kustomize records about it.
//!
//! kustomize keeps these properties in annotations of the user's object; here they are fields. The id is stored next to the
//! document and updated by [`Resource::edit`], the only way to change the document.

use std::sync::Arc;

use ecow::{EcoString, EcoVec};

use super::id::{ResId, effective};
use super::origin::Origin;
use super::shared::Shared;
use crate::diagnostic::Diagnostic;
use crate::schema::Gvk;
use crate::schema::Schema;
use crate::source::Span;
use crate::yaml::provenance::StepId;
use crate::yaml::{Node, Scalar};

/// What a generated object does if an object with its name already exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behavior {
    /// No behavior was specified: same as `create`.
    #[default]
    Unspecified,
    /// The object is new; an existing one is an error.
    Create,
    /// The object replaces the existing one.
    Replace,
    /// The entries of the object are added to the existing one's.
    Merge,
}

impl Behavior {
    /// The behavior with this name; unspecified if the name is unknown.
    pub fn named(name: &str) -> Self {
        match name {
            "create" => Behavior::Create,
            "replace" => Behavior::Replace,
            "merge" => Behavior::Merge,
            _ => Behavior::Unspecified,
        }
    }
}

/// The identity of an object before a rename. Group and version are always the current ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerId {
    /// The effective namespace it had.
    pub namespace: EcoString,
    /// The name it had.
    pub name: EcoString,
    /// The kind it had.
    pub kind: EcoString,
}

impl FormerId {
    /// The complete id of an object with this group and version.
    pub(super) fn under(&self, gvk: &Gvk) -> ResId {
        ResId { gvk: Gvk { kind: self.kind.clone(), ..gvk.clone() }, name: self.name.clone(), namespace: self.namespace.clone() }
    }

    /// The normal form of the id that an object had: that of an object of the same kind has the same scope.
    pub(super) fn normalized(&self, resource: &Resource, schema: &Schema) -> ResId {
        let id = self.under(resource.gvk());
        match self.kind == resource.gvk().kind {
            true => ResId { namespace: id.namespace_in_scope(resource.is_cluster_scoped), ..id },
            false => id.normalized(schema),
        }
    }
}

/// A namespace that was not set in the objects of charts.
#[derive(Clone, Debug)]
pub struct PassedOver {
    /// The namespace.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// The step that sets it.
    pub step: StepId,
}

/// One object and its recorded properties.
#[derive(Clone, Debug)]
pub struct Resource {
    node: Node,
    id: ResId,
    former: Vec<FormerId>,
    pub(super) shared: Shared,
    is_cluster_scoped: bool,
    /// Whether the scope may be that of the user's OpenAPI document.
    has_own_scope: bool,
    /// Whether other former ids have replaced those that were known.
    pub(super) is_rebuilt: bool,
    /// The name prefixes that were added, innermost first.
    pub prefixes: EcoVec<EcoString>,
    /// The name suffixes that were added, innermost first.
    pub suffixes: EcoVec<EcoString>,
    /// Whether a hash of its content is appended to its name at the end of the build.
    pub needs_hash: bool,
    /// What it does to an existing object, if it was generated.
    pub behavior: Behavior,
    /// Whether helm rendered it: the namespace transformer does not change it.
    pub from_helm: bool,
    /// The outermost `namespace` that did not change it because helm rendered it.
    pub passed_over: Option<Arc<PassedOver>>,
    /// The vars that read from this object.
    pub var_names: EcoVec<EcoString>,
    /// Its origin, if origins are tracked.
    pub origin: Option<Arc<Origin>>,
    /// The transformers that changed it, if they are tracked.
    pub transformations: EcoVec<Arc<Origin>>,
}

impl Resource {
    /// Creates a resource from a document that is known to be a mapping.
    pub fn new(node: Node) -> Self {
        let id = ResId::of(&node);
        Resource {
            is_cluster_scoped: id.gvk.is_cluster_scoped(),
            has_own_scope: false,
            is_rebuilt: true,
            node,
            id,
            former: Vec::new(),
            shared: Shared::default(),
            prefixes: EcoVec::new(),
            suffixes: EcoVec::new(),
            needs_hash: false,
            behavior: Behavior::default(),
            from_helm: false,
            passed_over: None,
            var_names: EcoVec::new(),
            origin: None,
            transformations: EcoVec::new(),
        }
    }

    /// Creates a resource from an input document. Properties that kustomize itself records in annotations are taken over:
    /// former names, the prefixes and suffixes that were added, and whether helm rendered it.
    pub fn from_input(node: Node) -> Self {
        let mut resource = Resource::new(node);
        let Some(annotations) = resource.node.at_path(&["metadata", "annotations"]) else { return resource };
        let list = |key: &str| -> EcoVec<EcoString> {
            let text = annotations.get(&format!("internal.config.kubernetes.io/{key}")).and_then(Node::as_scalar);
            text.map(|scalar| scalar.text.split(',').map(EcoString::from).collect()).unwrap_or_default()
        };
        let helm = annotations.get("internal.config.kubernetes.io/helm-generated").and_then(Node::as_text);
        let from_helm = helm.is_some_and(|text| text == "true");
        // One name without a namespace and a kind is an id with an empty namespace and kind.
        let filled =
            |key: &str| Some(list(key)).filter(|list| !list.is_empty()).unwrap_or_else(|| ecow::eco_vec![EcoString::new()]);
        let (names, namespaces, kinds) = (list("previousNames"), filled("previousNamespaces"), filled("previousKinds"));
        let former = names.into_iter().zip(namespaces).zip(kinds);
        resource.former = former.map(|((name, namespace), kind)| FormerId { namespace, name, kind }).collect();
        resource.prefixes = list("prefixes");
        resource.suffixes = list("suffixes");
        resource.from_helm = from_helm;
        resource
    }

    /// The document.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Converts the resource into its document.
    pub fn into_node(self) -> Node {
        self.node
    }

    /// The current id.
    pub fn id(&self) -> &ResId {
        &self.id
    }

    /// Its group, version and kind.
    pub fn gvk(&self) -> &Gvk {
        &self.id.gvk
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        &self.id.gvk.kind
    }

    /// Changes the document and updates the id.
    pub fn edit<T>(&mut self, change: impl FnOnce(&mut Node) -> T) -> T {
        let result = self.edit_body(change);
        if self.id.follow(&self.node) {
            self.is_cluster_scoped = self.id.gvk.is_cluster_scoped();
            self.has_own_scope = false;
        }
        result
    }

    /// Changes the document without touching the fields of the id (`apiVersion`, `kind`, `metadata`).
    pub fn edit_body<T>(&mut self, change: impl FnOnce(&mut Node) -> T) -> T {
        let result = change(&mut self.node);
        self.shared.settle(&mut self.node);
        result
    }

    /// Records that all scalars with this number are one value.
    pub fn share(&mut self, number: u32, value: Scalar) {
        self.shared.add(number, value);
    }

    /// Records the current id before a rename.
    pub fn remember_id(&mut self) {
        if self.former.is_empty() {
            self.former.reserve_exact(1);
        }
        self.former.push(FormerId {
            namespace: self.effective_namespace(),
            name: self.id.name.clone(),
            kind: self.id.gvk.kind.clone(),
        });
    }

    /// Whether former ids are recorded.
    pub fn has_history(&self) -> bool {
        !(self.former.is_empty() && self.prefixes.is_empty() && self.suffixes.is_empty())
            || self.needs_hash
            || self.from_helm
            || self.behavior != Behavior::Unspecified
            || self.origin.is_some()
    }

    /// Takes over the former ids of another resource.
    pub fn take_history(&mut self, other: &Resource) {
        self.former = other.former.clone();
        self.is_rebuilt = true;
        self.prefixes = other.prefixes.clone();
        self.suffixes = other.suffixes.clone();
        self.var_names = other.var_names.clone();
        self.transformations = other.transformations.clone();
    }

    /// Records that a transformer was applied. If the object has no origin yet, the transformer created it.
    pub fn add_transformation(&mut self, origin: &Arc<Origin>) {
        match self.origin {
            None => self.origin = Some(Arc::clone(origin)),
            Some(_) => self.transformations.push(Arc::clone(origin)),
        }
    }

    /// The former ids, oldest first.
    pub fn former_ids(&self) -> impl Iterator<Item = ResId> + '_ {
        self.former.iter().map(|former| former.under(&self.id.gvk))
    }

    /// The former ids in their stored form.
    pub fn former(&self) -> &[FormerId] {
        &self.former
    }

    /// All ids: the current one, then the former ones, oldest first.
    pub fn all_ids(&self) -> impl Iterator<Item = ResId> + '_ {
        std::iter::once(self.id.clone()).chain(self.former_ids())
    }

    /// Kind, name, and namespace of all ids: as written in the current one, as in effect in the former ones.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let current = (self.id.gvk.kind.as_str(), self.id.name.as_str(), self.id.namespace.as_str());
        let former = self.former.iter().map(|former| (former.kind.as_str(), former.name.as_str(), former.namespace.as_str()));
        std::iter::once(current).chain(former)
    }

    /// Whether every non-empty part of `pattern` equals that of one of its ids. Here the namespace counts as written,
    /// regardless of the scope: kustomize's replacements do not check it.
    pub fn is_or_was(&self, pattern: &ResId) -> bool {
        let any = |pattern: &str, own: &str| pattern.is_empty() || pattern == own;
        let namespace = effective(&pattern.namespace);
        let is_there = |own: &str| pattern.namespace.is_empty() || namespace == if own.is_empty() { "default" } else { own };
        let Gvk { group, version, kind } = &pattern.gvk;
        any(group, &self.id.gvk.group)
            && any(version, &self.id.gvk.version)
            && self.names().any(|(own, name, at)| any(kind, own) && any(&pattern.name, name) && is_there(at))
    }

    /// The id that the object had when it was read or generated.
    pub fn original_id(&self) -> ResId {
        self.former_ids().next().unwrap_or_else(|| self.id.clone())
    }

    /// Whether the name prefixes and suffixes of both end with the same ones, so that they come from the same layer. With
    /// `loose`, an object that was never renamed matches any other.
    pub fn same_affixes(&self, other: &Resource, loose: bool) -> bool {
        let alike = |a: &[EcoString], b: &[EcoString]| (loose && (a.is_empty() || b.is_empty())) || same_ending(a, b);
        alike(&self.prefixes, &other.prefixes) && alike(&self.suffixes, &other.suffixes)
    }

    /// The labels as strings.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        strings(self.node.at_path(&["metadata", "labels"]))
    }

    /// The annotations as strings.
    pub fn annotations(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        strings(self.node.at_path(&["metadata", "annotations"]))
    }

    /// Whether it is cluster-scoped, according to kustomize's table or the user's OpenAPI document.
    pub fn is_cluster_scoped(&self) -> bool {
        self.is_cluster_scoped
    }

    /// Determines the scope again, using the schema.
    pub(super) fn settle_scope(&mut self, schema: &Schema) {
        if schema.is_own() || self.has_own_scope {
            self.has_own_scope = schema.is_own();
            self.is_cluster_scoped = schema.is_cluster_scoped(&self.id.gvk.group, &self.id.gvk.version, &self.id.gvk.kind);
        }
    }

    /// The current id in its normal form: with the effective namespace.
    pub(super) fn current_id(&self) -> ResId {
        ResId { namespace: self.effective_namespace(), ..self.id.clone() }
    }

    /// The effective namespace, which is used to compare ids.
    pub fn effective_namespace(&self) -> EcoString {
        self.id.namespace_in_scope(self.is_cluster_scoped)
    }

    /// Whether the effective namespaces are the same.
    pub fn same_namespace(&self, other: &Resource) -> bool {
        self.effective_namespace() == other.effective_namespace()
    }

    /// The effective namespace.
    pub fn namespace(&self) -> EcoString {
        effective(&self.id.namespace)
    }

    /// The location of the object's name.
    pub fn name_span(&self) -> Span {
        self.node.at_path(&["metadata", "name"]).unwrap_or(&self.node).span()
    }

    /// An error at the location of the object's name.
    pub fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.name_span())
    }
}

fn strings(node: Option<&Node>) -> impl Iterator<Item = (&str, &str)> + Clone {
    let entries = node.and_then(Node::as_mapping).into_iter().flatten();
    entries.map(|entry| (entry.key.text.as_str(), entry.value.as_scalar().map_or("", |scalar| scalar.text.as_str())))
}

/// Whether the shorter list is the end of the longer one; an empty list only matches an empty one.
fn same_ending(a: &[EcoString], b: &[EcoString]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() { long.is_empty() } else { long.ends_with(short) }
}
