//! Checks one object: its kind, the schema, then the rules of its kind; custom resources by their definitions.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::findings::Findings;
use super::repair::{self, Mode};
use super::rules::RULES;
use super::unknown_values::UnknownValues;
use super::wrong_parts::WrongParts;
use super::{Path, api_versions, custom, encrypted, metadata, schema};
use crate::finding::Finding;
use crate::resource::ResId;
use crate::schema::{Definitions, Kubernetes, Version};
use crate::source::Span;
use crate::yaml::Node;

/// Checks objects for one version of Kubernetes.
#[derive(Debug)]
pub struct Validator {
    version: Version,
    require_schemas: bool,
    definitions: Arc<Definitions>,
    /// The locations of values that are not known.
    unknown: Arc<FxHashSet<Span>>,
}

impl Validator {
    /// Creates a validator for a version of Kubernetes and the given custom resources. With `require_schemas`, an unknown kind is
    /// an error.
    pub fn new(version: Version, require_schemas: bool, definitions: Arc<Definitions>) -> Self {
        Validator { version, require_schemas, definitions, unknown: Arc::default() }
    }

    /// The same validator, for objects in which the values at some locations are not known.
    pub fn with_unknown(self, unknown: Arc<FxHashSet<Span>>) -> Self {
        Validator { unknown, ..self }
    }

    /// Returns all findings in one object.
    pub fn check(&self, node: &Node) -> Vec<Finding> {
        let mut out = Findings::new(ResId::of(node), self.version);
        self.check_into(node, &mut out);
        out.into_vec()
    }

    fn check_into(&self, node: &Node, out: &mut Findings) {
        let gvk = out.object().gvk.clone();
        for field in ["apiVersion", "kind"] {
            if node.get(field).and_then(Node::as_str).is_none_or(str::is_empty) {
                let error = node.error("not-an-object", format!("`{field}` is required"));
                out.push(error.help("a Kubernetes object requires `apiVersion`, `kind`, and `metadata.name`"), field.to_owned());
                return;
            }
        }
        let unknown = UnknownValues::of(node, &self.unknown);
        if encrypted::is_encrypted(node) {
            encrypted::notes(node, unknown.parts.len(), out);
        }
        if ["apiVersion", "kind"].iter().any(|field| unknown.parts.iter().any(|part| part.as_slice() == [*field])) {
            return;
        }
        let Some(expected) = Kubernetes::new(self.version).kind(&gvk.group, &gvk.version, &gvk.kind) else {
            self.other_kind(node, &unknown, out);
            return;
        };
        api_versions::warn(node, out);
        let (known, kept) = known_and_kept(node, &unknown);
        schema::check(&known, expected, &Path::ROOT, out);
        if out.has_errors() || !unknown.is_empty() {
            let (without, guessed) = (repair::typed(&known, expected, Mode::Drop), repair::typed(&kept, expected, Mode::Guess));
            let wrong = WrongParts::of(out, &guessed).and_unknown(&unknown);
            let [mut of_rest, mut of_guess] = [out.empty(), out.empty()];
            rules(&without, &mut of_rest);
            rules(&guessed, &mut of_guess);
            out.extend(wrong.independent(of_rest, of_guess, &without));
        } else {
            rules(node, out);
        }
        out.drop_echoes();
    }

    /// Checks an object of a kind that is not built in: custom, or unknown.
    fn other_kind(&self, node: &Node, unknown: &UnknownValues, out: &mut Findings) {
        let gvk = out.object().gvk.clone();
        let Some(definition) = self.definitions.find(&gvk.group, &gvk.kind) else { return self.unknown_kind(node, out) };
        match definition.version(&gvk.version).filter(|version| version.served) {
            Some(version) => {
                if !definition.namespaced {
                    metadata::needless_namespace(node, out);
                }
                let (known, kept) = known_and_kept(node, unknown);
                custom::check(&known, &kept, unknown, version, self.version, out);
            }
            None if definition.is_partial => self.unknown_kind(node, out),
            None => {
                let place = node.get("apiVersion").unwrap_or(node);
                let message = format!("{} is not served in `{}`", gvk.kind, gvk.api_version());
                let help = format!("the CustomResourceDefinition serves `{}`", definition.served());
                out.push(place.error("unknown-kind", message).help(help), "apiVersion".to_owned());
            }
        }
    }

    /// Reports a kind that this version does not have: removed, misspelled, or unknown.
    fn unknown_kind(&self, node: &Node, out: &mut Findings) {
        api_versions::unknown(node, self.require_schemas, &self.definitions, out);
    }
}

/// An object without its unknown values, and with them.
fn known_and_kept(node: &Node, unknown: &UnknownValues) -> (Node, Node) {
    match unknown.is_empty() {
        true => (node.clone(), node.clone()),
        false => (unknown.without(node), unknown.kept(node)),
    }
}

/// Applies the rules of all kinds and of the object's kind to an object of the right shape.
fn rules(node: &Node, out: &mut Findings) {
    let gvk = out.object().gvk.clone();
    metadata::check(node, out);
    for rule in RULES.iter().copied().flatten() {
        if rule.group == gvk.group && rule.kinds.contains(&gvk.kind.as_str()) {
            (rule.check)(node, out);
        }
    }
}
