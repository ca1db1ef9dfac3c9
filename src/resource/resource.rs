//! One object on its way through the build: its document and what kustomize remembers about it.
//!
//! kustomize keeps this memory in annotations of the user's object; here it is fields. The id is kept beside the document
//! and renewed by [`Resource::edit`], the only way to change the document.

use std::rc::Rc;

use ecow::EcoString;

use super::id::{Gvk, ResId, effective};
use super::origin::Origin;
use super::shared::Shared;
use crate::diagnostic::Diagnostic;
use crate::schema::Schema;
use crate::source::Span;
use crate::yaml::{Node, Scalar};

/// What a generated object does when one of its name exists already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behavior {
    /// No behavior was asked for: as `create`.
    #[default]
    Unspecified,
    /// It is new; an existing one is an error.
    Create,
    /// It takes the place of the existing one.
    Replace,
    /// Its entries are added to the existing one's.
    Merge,
}

impl Behavior {
    /// The behavior of a name; none was asked for when the name is unknown.
    pub fn named(name: &str) -> Self {
        match name {
            "create" => Behavior::Create,
            "replace" => Behavior::Replace,
            "merge" => Behavior::Merge,
            _ => Behavior::Unspecified,
        }
    }
}

/// What an object was called before a rename. Group and version are always those of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerId {
    /// The effective namespace it had.
    pub namespace: EcoString,
    /// The name it had.
    pub name: EcoString,
    /// The kind it had.
    pub kind: EcoString,
}

/// One object and what is remembered about it.
#[derive(Clone, Debug)]
pub struct Resource {
    node: Node,
    id: ResId,
    former: Vec<FormerId>,
    pub(super) shared: Shared,
    is_cluster_scoped: bool,
    /// The name prefixes that were added, innermost first.
    pub prefixes: Vec<EcoString>,
    /// The name suffixes that were added, innermost first.
    pub suffixes: Vec<EcoString>,
    /// Whether its name ends with a hash of its content when the build is finished.
    pub needs_hash: bool,
    /// What it does to an existing object, when a generator made it.
    pub behavior: Behavior,
    /// Whether helm made it: the namespace transformer leaves it alone.
    pub from_helm: bool,
    /// The vars that read from this object.
    pub var_names: Vec<EcoString>,
    /// Where it comes from, when that is tracked.
    pub origin: Option<Rc<Origin>>,
    /// What changed it, when that is tracked.
    pub transformations: Vec<Rc<Origin>>,
}

impl Resource {
    /// A resource from a document that is known to be a mapping.
    pub fn new(node: Node) -> Self {
        let id = ResId::of(&node);
        Resource {
            is_cluster_scoped: id.gvk.is_cluster_scoped(),
            node,
            id,
            former: Vec::new(),
            shared: Shared::default(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            needs_hash: false,
            behavior: Behavior::default(),
            from_helm: false,
            var_names: Vec::new(),
            origin: None,
            transformations: Vec::new(),
        }
    }

    /// A resource from a document that was read. What kustomize itself remembers in annotations of its own is taken up:
    /// former names, the prefixes and suffixes that were added, and whether helm made it.
    pub fn from_input(node: Node) -> Self {
        let mut resource = Resource::new(node);
        let Some(annotations) = resource.node.at_path(&["metadata", "annotations"]) else { return resource };
        let list = |key: &str| -> Vec<EcoString> {
            let text = annotations.get(&format!("internal.config.kubernetes.io/{key}")).and_then(Node::as_text);
            text.map(|text| text.split(',').map(EcoString::from).collect()).unwrap_or_default()
        };
        let helm = annotations.get("internal.config.kubernetes.io/helm-generated").and_then(Node::as_text);
        let from_helm = helm.is_some_and(|text| text == "true");
        let (names, namespaces, kinds) = (list("previousNames"), list("previousNamespaces"), list("previousKinds"));
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

    /// The document, given up.
    pub fn into_node(self) -> Node {
        self.node
    }

    /// What the object is called now.
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

    /// Changes the document and renews the id.
    pub fn edit<T>(&mut self, change: impl FnOnce(&mut Node) -> T) -> T {
        let result = self.edit_body(change);
        let id = ResId::of(&self.node);
        if id.gvk != self.id.gvk {
            self.is_cluster_scoped = id.gvk.is_cluster_scoped();
        }
        self.id = id;
        result
    }

    /// Changes the document without touching what its id is made of (`apiVersion`, `kind`, `metadata`).
    pub fn edit_body<T>(&mut self, change: impl FnOnce(&mut Node) -> T) -> T {
        let result = change(&mut self.node);
        self.shared.settle(&mut self.node);
        result
    }

    /// Remembers that all scalars with this number are one value.
    pub fn share(&mut self, number: u32, value: Scalar) {
        self.shared.add(number, value);
    }

    /// Remembers what the object is called now, before a rename.
    pub fn remember_id(&mut self) {
        self.former.push(FormerId {
            namespace: self.effective_namespace(),
            name: self.id.name.clone(),
            kind: self.id.gvk.kind.clone(),
        });
    }

    /// Whether anything is remembered about it.
    pub fn has_history(&self) -> bool {
        !(self.former.is_empty() && self.prefixes.is_empty() && self.suffixes.is_empty())
            || self.needs_hash
            || self.from_helm
            || self.behavior != Behavior::Unspecified
            || self.origin.is_some()
    }

    /// Takes over what another resource was called before.
    pub fn take_history(&mut self, other: &Resource) {
        self.former = other.former.clone();
        self.prefixes = other.prefixes.clone();
        self.suffixes = other.suffixes.clone();
        self.var_names = other.var_names.clone();
        self.transformations = other.transformations.clone();
    }

    /// Notes that a transformer was at work. What has no origin yet was made by it.
    pub fn add_transformation(&mut self, origin: &Rc<Origin>) {
        match self.origin {
            None => self.origin = Some(Rc::clone(origin)),
            Some(_) => self.transformations.push(Rc::clone(origin)),
        }
    }

    /// What the object was called before, oldest first.
    pub fn former_ids(&self) -> impl Iterator<Item = ResId> + '_ {
        self.former.iter().map(|former| ResId {
            gvk: Gvk { kind: former.kind.clone(), ..self.id.gvk.clone() },
            name: former.name.clone(),
            namespace: former.namespace.clone(),
        })
    }

    /// What the object was called before, without making ids of it.
    pub fn former(&self) -> &[FormerId] {
        &self.former
    }

    /// All ids: the current one, then the former ones from the oldest on.
    pub fn all_ids(&self) -> impl Iterator<Item = ResId> + '_ {
        std::iter::once(self.id.clone()).chain(self.former_ids())
    }

    /// What the object was called when it was read or generated.
    pub fn original_id(&self) -> ResId {
        self.former_ids().next().unwrap_or_else(|| self.id.clone())
    }

    /// Whether the name prefixes and suffixes of both end alike, so that they come from the same layer. With `loose`,
    /// an object that was never renamed matches any.
    pub fn same_affixes(&self, other: &Resource, loose: bool) -> bool {
        let alike = |a: &[EcoString], b: &[EcoString]| (loose && (a.is_empty() || b.is_empty())) || same_ending(a, b);
        alike(&self.prefixes, &other.prefixes) && alike(&self.suffixes, &other.suffixes)
    }

    /// The labels as texts.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        texts(self.node.at_path(&["metadata", "labels"]))
    }

    /// The annotations as texts.
    pub fn annotations(&self) -> impl Iterator<Item = (&str, &str)> {
        texts(self.node.at_path(&["metadata", "annotations"]))
    }

    /// Whether it lives outside of namespaces, as far as kustomize's table or a user's OpenAPI document tells.
    pub fn is_cluster_scoped(&self) -> bool {
        self.is_cluster_scoped
    }

    /// Asks the schema anew for the scope.
    pub(super) fn settle_scope(&mut self, schema: &Schema) {
        self.is_cluster_scoped = self.id.gvk.is_cluster_scoped_in(schema);
    }

    /// The namespace that counts when ids are compared.
    pub fn effective_namespace(&self) -> EcoString {
        self.id.namespace_in_scope(self.is_cluster_scoped)
    }

    /// Whether the effective namespaces are the same.
    pub fn same_namespace(&self, other: &Resource) -> bool {
        self.effective_namespace() == other.effective_namespace()
    }

    /// The namespace that counts.
    pub fn namespace(&self) -> EcoString {
        effective(&self.id.namespace)
    }

    /// Where the object's name was written.
    pub fn name_span(&self) -> Span {
        self.node.at_path(&["metadata", "name"]).unwrap_or(&self.node).span()
    }

    /// An error at the object's name.
    pub fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.name_span())
    }
}

fn texts(node: Option<&Node>) -> impl Iterator<Item = (&str, &str)> {
    let entries = node.and_then(Node::as_mapping).into_iter().flatten();
    entries.map(|entry| (entry.key.text.as_str(), entry.value.as_scalar().map_or("", |scalar| scalar.text.as_str())))
}

/// Whether the shorter list is the end of the longer one; an empty one only of an empty one.
fn same_ending(a: &[EcoString], b: &[EcoString]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() { long.is_empty() } else { long.ends_with(short) }
}
