//! Matches the items of an old list with those of a new list: by fields that identify them, or else by content (`matching.rs`).

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::fold::Names;
use super::matching::Matching;
use super::same;
use crate::yaml::Node;

/// An item that exists on both sides or on one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its index on the old side.
    pub old: Option<usize>,
    /// Its index on the new side.
    pub new: Option<usize>,
    /// The fields that identify the item.
    pub key: Vec<(EcoString, EcoString)>,
}

/// Pairs the items: those of the new list in order, then those that were removed. `names` contains the new names of objects
/// that were renamed with their content.
pub fn pair(old: &[Node], new: &[Node], keys: &[Vec<&str>], names: &Names) -> Vec<Pair> {
    let all_mappings = old.iter().chain(new).all(|item| item.as_mapping().is_some());
    let by_key = keys.iter().filter(|_| all_mappings).find_map(|keys| Some((keyed(old, keys, names)?, keyed(new, keys, names)?)));
    match by_key {
        Some((old, new)) => by_keys(old, new),
        None => by_content(old, new),
    }
}

type Tuple = Vec<(EcoString, EcoString)>;

/// The keys of the items; `None` if an item has no key or two items have the same key.
fn keyed(items: &[Node], keys: &[&str], names: &Names) -> Option<Vec<Tuple>> {
    let mut seen = FxHashMap::default();
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let mut tuple = Tuple::new();
        for (at, key) in keys.iter().enumerate() {
            match item.get(key).map(Node::as_text) {
                Some(Some(text)) => tuple.push(((*key).into(), names.today(text).clone())),
                _ if at == 0 => return None,
                _ => {}
            }
        }
        if seen.insert(tuple.clone(), ()).is_some() {
            return None;
        }
        all.push(tuple);
    }
    Some(all)
}

fn by_keys(old: Vec<Tuple>, new: Vec<Tuple>) -> Vec<Pair> {
    let mut left: FxHashMap<Tuple, usize> = old.iter().cloned().enumerate().map(|(at, key)| (key, at)).collect();
    let mut pairs: Vec<Pair> =
        new.into_iter().enumerate().map(|(at, key)| Pair { old: left.remove(&key), new: Some(at), key }).collect();
    let gone = old.into_iter().enumerate().filter(|(_, key)| left.contains_key(key));
    pairs.extend(gone.map(|(at, key)| Pair { old: Some(at), new: None, key }));
    pairs
}

fn by_content(old: &[Node], new: &[Node]) -> Vec<Pair> {
    let hashes = |items: &[Node]| items.iter().map(same::hash).collect::<Vec<u64>>();
    let (a, b) = (hashes(old), hashes(new));
    // The result must not depend on the direction.
    let is_flipped = a > b;
    let matching = if is_flipped { Matching::of([new, old], [&b, &a]) } else { Matching::of([old, new], [&a, &b]) };
    let (of_old, of_new) = if is_flipped { (matching.of_new, matching.of_old) } else { (matching.of_old, matching.of_new) };
    let there = of_new.iter().enumerate().map(|(at, from)| Pair { old: *from, new: Some(at), key: Vec::new() });
    let gone = of_old.iter().enumerate().filter(|(_, to)| to.is_none());
    there.chain(gone.map(|(at, _)| Pair { old: Some(at), new: None, key: Vec::new() })).collect()
}
