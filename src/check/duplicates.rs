//! Objects that plain manifests define twice: both are applied, and the last one wins.
//!
//! `kubectl create` refuses the second one, and `kubectl apply` overwrites the first one. In one file or stream this is an error. Over
//! several files it is a warning, because they may be alternatives that are never applied together.

use std::collections::hash_map::Entry;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::resource::ResId;
use crate::source::Sources;
use crate::yaml::{Mapping, Node};

/// Group, kind, namespace, and name: versions of a kind are views of the same object.
type Key = (EcoString, EcoString, EcoString, EcoString);

/// Whether objects of different groups are the same.
pub fn across(groups: &[Vec<Node>]) -> bool {
    let mut known: FxHashMap<Key, usize> = FxHashMap::default();
    let keys = groups.iter().enumerate().flat_map(|(group, objects)| objects.iter().filter_map(key).map(move |key| (key, group)));
    { keys }.any(|(key, group)| *known.entry(key).or_insert(group) != group)
}

/// Findings about objects that are defined before them in the same group, with their positions.
pub fn find<'n>(objects: &'n [Node], sources: &'n Sources) -> impl Iterator<Item = (usize, Finding)> {
    let mut known: FxHashMap<Key, &Node> = FxHashMap::default();
    objects.iter().enumerate().filter_map(move |(at, node)| match known.entry(key(node)?) {
        Entry::Vacant(vacant) => {
            vacant.insert(node);
            None
        }
        Entry::Occupied(first) => Some((at, finding(node, first.get(), sources)?)),
    })
}

fn key(node: &Node) -> Option<Key> {
    // With two names, it is not known which one counts.
    if node.get("metadata").and_then(Node::as_mapping).is_some_and(Mapping::has_duplicate_keys) {
        return None;
    }
    let ResId { gvk, name, namespace } = ResId::of(node);
    let namespace = if gvk.is_cluster_scoped() { EcoString::new() } else { namespace };
    (!name.is_empty() && !gvk.kind.is_empty()).then_some((gvk.group, gvk.kind, namespace, name))
}

/// The finding; `None` if the same file was read twice.
fn finding(node: &Node, first: &Node, sources: &Sources) -> Option<Finding> {
    let name = node.at_path(&["metadata", "name"])?;
    let earlier = first.at_path(&["metadata", "name"])?;
    let (place, before) = (sources.place(name.span()), sources.place(earlier.span()));
    if place == before {
        return None;
    }
    let id = ResId::of(node);
    let message = format!("{id} is already defined at {before}");
    let path = |node: &Node| sources.locate(node.span()).source.path().to_owned();
    let diagnostic = match path(name) == path(earlier) {
        true => Diagnostic::error("duplicate-object", message),
        false => Diagnostic::warning("duplicate-object", message),
    };
    let help = match node.same(first) {
        true => "remove one of them",
        false => "remove or rename one of them: if both are applied, the last one wins",
    };
    let diagnostic = diagnostic.at(name.span()).label(earlier.span(), "first definition").help(help);
    Some(Finding::about(&id, "metadata.name", diagnostic))
}
