//! Values of Secrets in the objects of a build, and the copies of them in other objects.
//!
//! A replacement or a var copies a value, and the copy's origin knows where it came from. A copy inside a longer text (a URL with
//! a password) is recognized by the value.

use rustc_hash::FxHashSet;

use super::known;
use crate::resource::{Gvk, ResMap, Resource};
use crate::secret_values::{MASK, SecretValues};
use crate::source::{Sources, Span};
use crate::yaml::provenance::{NAME_REFERENCE, Provenance};
use crate::yaml::{Entry, Node, Scalar, Tag, Value};

/// The fields of a Secret that contain its values.
const FIELDS: [&str; 2] = ["data", "stringData"];

/// The secret values of a build.
pub struct Copies<'r> {
    sources: &'r Sources,
    provenance: &'r Provenance,
    secrets: &'r SecretValues,
    /// The locations at which values of Secrets were written.
    places: FxHashSet<Span>,
}

/// Whether a field of a Secret is not secret: its apiVersion, kind, type, name, and namespace. `keys` are the first two keys of
/// its path.
pub fn is_public(keys: &[&str]) -> bool {
    matches!(keys, ["apiVersion" | "kind" | "type", ..] | ["metadata", "name" | "namespace", ..])
}

/// A value in which all scalars are replaced. Booleans stay.
pub fn masked(node: &Node, mask: &str) -> Node {
    let value = match node.value() {
        Value::Scalar(scalar) if matches!(scalar.tag, Tag::Bool | Tag::Null) => return node.clone(),
        Value::Scalar(_) => Value::Scalar(Scalar::string(mask)),
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| masked(item, mask)).collect()),
        Value::Mapping(mapping) => {
            let hide = |entry: &Entry| Entry { value: masked(&entry.value, mask), key: entry.key };
            Value::Mapping(mapping.iter().map(hide).collect())
        }
    };
    Node::read(value, node.span(), node.origin())
}

/// An object without secret values.
pub fn masked_object(resource: &Resource, copies: &Copies<'_>) -> Node {
    if !Copies::is_of_secret(resource) {
        return copies.masked(resource.node()).unwrap_or_else(|| resource.node().clone());
    }
    let mut node = resource.node().clone();
    for entry in node.as_mapping_mut().into_iter().flat_map(|mapping| mapping.iter_mut()) {
        match entry.key.text.as_str() {
            "metadata" => {
                let fields = entry.value.as_mapping_mut().into_iter().flat_map(|mapping| mapping.iter_mut());
                for field in fields.filter(|field| !is_public(&["metadata", &field.key.text])) {
                    field.value = masked(&field.value, MASK);
                }
            }
            key if is_public(&[key]) => {}
            _ => entry.value = masked(&entry.value, MASK),
        }
    }
    node
}

/// Whether objects of a kind contain secret values.
pub fn is_secret(gvk: &Gvk) -> bool {
    gvk.group.is_empty() && gvk.kind == "Secret"
}

impl<'r> Copies<'r> {
    /// The values of the Secrets among objects.
    pub fn of<'n>(secrets: impl Iterator<Item = &'n Node>, sources: &'r Sources, provenance: &'r Provenance) -> Self {
        let mut places = FxHashSet::default();
        for field in secrets.flat_map(|node| FIELDS.iter().filter_map(|field| node.get(field))) {
            collect(field, provenance, &mut places);
        }
        Copies { sources, provenance, secrets: known::of(sources), places }
    }

    /// The values of the Secrets of a build.
    pub fn of_build(resources: &ResMap, sources: &'r Sources, provenance: &'r Provenance) -> Self {
        let secrets = resources.iter().filter(|resource| Copies::is_of_secret(resource));
        Copies::of(secrets.map(Resource::node), sources, provenance)
    }

    /// Whether an object is or was a Secret.
    pub fn is_of_secret(resource: &Resource) -> bool {
        resource.kind() == "Secret" || resource.former().iter().any(|former| former.kind == "Secret")
    }

    /// Whether nothing is secret.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty() && self.secrets.is_empty()
    }

    /// Whether a text contains a secret value.
    pub fn are_in(&self, text: &str) -> bool {
        self.secrets.is_in(text)
    }

    /// A text without secret values, for formats that print keys.
    pub fn cut(&self, text: String) -> String {
        self.secrets.without(&text).unwrap_or(text)
    }

    /// Whether a scalar is, was, or contains a value of a Secret.
    pub fn contain(&self, node: &Node) -> bool {
        let Some(scalar) = node.as_scalar() else { return false };
        if self.is_empty() || matches!(scalar.tag, Tag::Bool | Tag::Null) {
            return false;
        }
        let mut at = node;
        loop {
            if self.is_marked(at) {
                return true;
            }
            match &self.provenance.get(at.origin()).before {
                Some(before) => at = before,
                None => return self.secrets.is_in(&scalar.text),
            }
        }
    }

    /// Whether a write took its value from a Secret. The names of Secrets are not secret.
    fn is_marked(&self, node: &Node) -> bool {
        let is_name = || {
            let step = self.provenance.get(node.origin()).step;
            self.provenance.get_step(step).field == NAME_REFERENCE
        };
        let span = node.span();
        let covered = self.places.contains(&span) || self.covers(span);
        covered && node.as_scalar().is_some() && !is_name()
    }

    /// Whether a location is in a secret range, or in a text inside of one.
    fn covers(&self, mut span: Span) -> bool {
        loop {
            if self.secrets.covers(span.source.index(), (span.start, span.end)) {
                return true;
            }
            match self.sources.get(span.source).inside() {
                Some(outer) => span = outer,
                None => return false,
            }
        }
    }

    /// A node with its copies masked; `None` if there are none.
    pub fn masked(&self, node: &Node) -> Option<Node> {
        if self.is_empty() {
            return None;
        }
        let value = match node.value() {
            Value::Scalar(_) => self.contain(node).then(|| Value::Scalar(Scalar::string(MASK)))?,
            Value::Sequence(items) => {
                let masked: Vec<Option<Node>> = items.iter().map(|item| self.masked(item)).collect();
                masked.iter().any(Option::is_some).then_some(())?;
                Value::Sequence(items.iter().zip(masked).map(|(item, masked)| masked.unwrap_or_else(|| item.clone())).collect())
            }
            Value::Mapping(mapping) => {
                let masked: Vec<Option<Node>> = mapping.iter().map(|entry| self.masked(&entry.value)).collect();
                masked.iter().any(Option::is_some).then_some(())?;
                let entries = mapping.iter().zip(masked);
                let entry = |(entry, masked): (&Entry, Option<Node>)| Entry {
                    key: entry.key,
                    value: masked.unwrap_or_else(|| entry.value.clone()),
                };
                Value::Mapping(entries.map(entry).collect())
            }
        };
        Some(Node::read(value, node.span(), node.origin()))
    }
}

fn collect(node: &Node, provenance: &Provenance, places: &mut FxHashSet<Span>) {
    for old in provenance.history(node) {
        // A generator is the location of all mappings that it creates.
        if old.as_scalar().is_some() {
            places.insert(old.span());
        }
        old.children().for_each(|child| collect(child, provenance, places));
    }
}
