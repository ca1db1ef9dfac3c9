//! Objects that plain manifests define twice: both are applied, and the last one wins.
//!
//! `kubectl create` refuses the second one, and `kubectl apply` overwrites the first one. In one file or stream this is an error. Over
//! several files it is a warning, because they may be alternatives that are never applied together.

use std::collections::hash_map::Entry;
use std::path::Path;

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

/// Findings about objects that are defined before them in the same group, with their positions. Two files that have several objects
/// in common are reported once.
pub fn find(objects: &[Node], sources: &Sources) -> Vec<(usize, Finding)> {
    let mut known: FxHashMap<Key, &Node> = FxHashMap::default();
    // For two files, the position of their finding and the number of other objects that they have in common.
    let mut pairs: FxHashMap<(&Path, &Path), (usize, usize)> = FxHashMap::default();
    let mut found: Vec<(usize, Finding)> = Vec::new();
    let path = |node: &Node| sources.locate(node.span()).source.path();
    for (at, node) in objects.iter().enumerate() {
        let Some(key) = key(node) else { continue };
        let first = *known.entry(key).or_insert(node);
        let Some(finding) = finding(node, first, sources) else { continue };
        let (own, other) = (path(node), path(first));
        match pairs.entry((own, other)) {
            Entry::Occupied(mut pair) if own != other => pair.get_mut().1 += 1,
            Entry::Occupied(_) => found.push((at, finding)),
            Entry::Vacant(pair) => {
                pair.insert((found.len(), 0));
                found.push((at, finding));
            }
        }
    }
    for (at, more) in pairs.into_values().filter(|(_, more)| *more > 0) {
        if let Some((_, finding)) = found.get_mut(at) {
            let objects = if more == 1 { "is 1 more object".to_owned() } else { format!("are {more} more objects") };
            finding.diagnostic.message += &format!(", as {objects} of both files");
        }
    }
    found
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
    let path = |node: &Node| sources.locate(node.span()).source.path();
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
