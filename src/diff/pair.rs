//! Matches old objects with new ones.
//!
//! The criteria are applied from the strongest to the weakest, each to the objects that are still unmatched: the id; the id
//! without the hash of generated content; kind, name, and namespace in another API group; the id before any transformer ran; the
//! same name in another namespace; between environments, the name before any transformer ran in any namespace; and finally the
//! content: the same kind and mostly the same values.

use std::hash::{Hash, Hasher};

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHasher};

use super::object::Object;
use super::path::{Path, Step};
use super::same;
use crate::yaml::{Node, Value};

/// The similarity, in percent, from which two objects count as one that was renamed.
const ALIKE: usize = 60;
/// The maximum number of pairs of one kind that are compared by content.
const MOST: usize = 250_000;

/// Pairs of indices of matching objects. New objects come in order, with or without an old one, then the removed objects.
pub fn pair(old: &[Object], new: &[Object], environments: bool) -> Vec<(Option<usize>, Option<usize>)> {
    let mut pairing = Pairing { old, new, of_old: vec![None; old.len()], of_new: vec![None; new.len()] };
    let namespace = |object: &Object| object.id.effective_namespace();
    pairing.stage(true, |object| key(object, &object.id.gvk.group, namespace(object), &object.id.name));
    pairing.stage(false, |object| key(object, &object.id.gvk.group, namespace(object), &object.stem));
    pairing.stage(false, |object| key(object, "", namespace(object), &object.stem));
    pairing
        .stage(false, |object| key(object, &object.id.gvk.group, object.original.effective_namespace(), &object.original.name));
    pairing.stage(false, |object| key(object, &object.id.gvk.group, EcoString::new(), &object.stem));
    if environments {
        pairing.stage(false, |object| key(object, &object.id.gvk.group, EcoString::new(), &object.original.name));
    }
    pairing.by_content();
    let there = pairing.of_new.iter().enumerate().map(|(at, old)| (*old, Some(at)));
    let gone = pairing.of_old.iter().enumerate().filter(|(_, new)| new.is_none()).map(|(at, _)| (Some(at), None));
    there.chain(gone).collect()
}

type Key = (EcoString, EcoString, EcoString, EcoString);

fn key(object: &Object, group: &str, namespace: EcoString, name: &EcoString) -> Key {
    (object.id.gvk.kind.clone(), group.into(), namespace, name.clone())
}

struct Pairing<'a> {
    old: &'a [Object],
    new: &'a [Object],
    of_old: Vec<Option<usize>>,
    of_new: Vec<Option<usize>>,
}

impl Pairing<'_> {
    /// Pairs unmatched objects by a key that is unique on both sides. With `twins`, duplicates are paired in order.
    fn stage(&mut self, twins: bool, key: impl Fn(&Object) -> Key) {
        let index = |objects: &[Object], taken: &[Option<usize>]| {
            let mut index: FxHashMap<Key, Vec<usize>> = FxHashMap::default();
            for (at, object) in objects.iter().enumerate().filter(|(at, _)| taken[*at].is_none()) {
                index.entry(key(object)).or_default().push(at);
            }
            index
        };
        let new = index(self.new, &self.of_new);
        for (key, old) in index(self.old, &self.of_old) {
            let Some(new) = new.get(&key) else { continue };
            if twins || (old.len() == 1 && new.len() == 1) {
                old.iter().zip(new).for_each(|(old, new)| self.join(*old, *new));
            }
        }
    }

    fn join(&mut self, old: usize, new: usize) {
        self.of_old[old] = Some(new);
        self.of_new[new] = Some(old);
    }

    /// Pairs the unmatched objects of each kind, the most similar ones first.
    fn by_content(&mut self) {
        let left = |objects: &[Object], taken: &[Option<usize>]| {
            let mut kinds: FxHashMap<_, Vec<(usize, Vec<u64>)>> = FxHashMap::default();
            for (at, object) in objects.iter().enumerate().filter(|(at, _)| taken[*at].is_none()) {
                let gvk = &object.id.gvk;
                kinds.entry((gvk.group.clone(), gvk.kind.clone())).or_default().push((at, leaves(object)));
            }
            kinds
        };
        let new = left(self.new, &self.of_new);
        let mut found = Vec::new();
        for (kind, old) in left(self.old, &self.of_old) {
            let Some(new) = new.get(&kind).filter(|new| new.len().saturating_mul(old.len()) <= MOST) else { continue };
            for (at, a) in &old {
                found.extend(new.iter().map(|(to, b)| (likeness(a, b), *at, *to)).filter(|(likeness, ..)| *likeness >= ALIKE));
            }
        }
        // Both directions choose the same pairs: pairs that are equal in this order have no object in common.
        found.sort_by_key(|(likeness, old, new)| (std::cmp::Reverse(*likeness), *old.min(new), *old.max(new)));
        for (_, old, new) in found {
            if self.of_old[old].is_none() && self.of_new[new].is_none() {
                self.join(old, new);
            }
        }
    }
}

/// How much two sorted lists have in common, in percent.
fn likeness(a: &[u64], b: &[u64]) -> usize {
    let (mut at, mut to, mut common) = (0, 0, 0usize);
    while at < a.len() && to < b.len() {
        match a[at].cmp(&b[to]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => to += 1,
            std::cmp::Ordering::Equal => (at, to, common) = (at + 1, to + 1, common + 1),
        }
    }
    (200 * common).checked_div(a.len() + b.len()).unwrap_or(0)
}

/// A hash for each value of an object with its path, without the object's own name, sorted.
fn leaves(object: &Object) -> Vec<u64> {
    let mut leaves = Vec::new();
    for entry in object.node.as_mapping().into_iter().flatten() {
        if !matches!(entry.key.text.as_str(), "apiVersion" | "kind") {
            let path = Path::default().join(Step::Field(entry.key.text.into()));
            add_leaves(&entry.value, hash_of(0, &entry.key.text), &path, &object.stem, &mut leaves);
        }
    }
    leaves.sort_unstable();
    leaves
}

fn add_leaves(node: &Node, at: u64, path: &Path, name: &str, leaves: &mut Vec<u64>) {
    match node.value() {
        Value::Mapping(mapping) => {
            for entry in mapping {
                let path = if path.0.len() < 2 { path.join(Step::Field(entry.key.text.into())) } else { path.clone() };
                if !is_identity(&path) {
                    add_leaves(&entry.value, hash_of(at, &entry.key.text), &path, name, leaves);
                }
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| add_leaves(item, hash_of(at, &"[]"), path, name, leaves)),
        Value::Scalar(scalar) if !name.is_empty() && scalar.text.contains(name) => {
            leaves.push(hash_of(at, &scalar.text.replace(name, "\0")));
        }
        Value::Scalar(_) => leaves.push(hash_of(at, &same::hash(node))),
    }
}

fn is_identity(path: &Path) -> bool {
    path.0.len() == 2 && (path.starts_with(&["metadata", "name"]) || path.starts_with(&["metadata", "namespace"]))
}

fn hash_of(before: u64, value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    (before, value).hash(&mut hasher);
    hasher.finish()
}
