//! Which element of an old list is which one of a new list: by fields that tell them apart, else by what stays the same.
//!
//! Elements that stay are found as `diff` finds lines; what stands between them is paired by its position. Long lists that have
//! little in common are paired by position alone, so that no list costs more than its length squared, up to a limit.

use ecow::EcoString;
use rustc_hash::FxHashMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::same;
use crate::yaml::Node;

/// How many comparisons a list may cost.
const MOST: usize = 4_000_000;

/// An element on both sides, or on one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its index on the old side.
    pub old: Option<usize>,
    /// Its index on the new side.
    pub new: Option<usize>,
    /// What tells it from the others.
    pub key: Vec<(EcoString, EcoString)>,
}

/// Pairs the elements; those of the new list in order, then those that are gone. `renamed` tells the new name of what was
/// renamed with its content.
pub fn pair(old: &[Node], new: &[Node], keys: &[Vec<&str>], renamed: &FxHashMap<EcoString, EcoString>) -> Vec<Pair> {
    let all_mappings = old.iter().chain(new).all(|item| item.as_mapping().is_some());
    let by_key = keys
        .iter()
        .filter(|_| all_mappings)
        .find_map(|keys| Some((keyed(old, keys, renamed)?, keyed(new, keys, &FxHashMap::default())?)));
    match by_key {
        Some((old, new)) => by_keys(old, new),
        None => by_content(old, new),
    }
}

type Tuple = Vec<(EcoString, EcoString)>;

/// The keys of the elements; `None` when one has none or two have the same.
fn keyed(items: &[Node], keys: &[&str], renamed: &FxHashMap<EcoString, EcoString>) -> Option<Vec<Tuple>> {
    let mut seen = FxHashMap::default();
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let mut tuple = Tuple::new();
        for (at, key) in keys.iter().enumerate() {
            match item.get(key).map(Node::as_text) {
                Some(Some(text)) => tuple.push(((*key).into(), renamed.get(text).unwrap_or(text).clone())),
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
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    let mut blocks: Vec<(usize, usize, usize, usize)> = Vec::new();
    if a.len().saturating_mul(b.len()) > MOST {
        blocks.push((0, a.len(), 0, b.len()));
    } else {
        for op in capture_diff_slices(Algorithm::Myers, a, b) {
            let (old, new) = (op.old_range(), op.new_range());
            match (op, blocks.last_mut()) {
                (DiffOp::Equal { .. }, _) => blocks.extend((0..old.len()).map(|at| (old.start + at, 1, new.start + at, 1))),
                // A deletion and an insertion side by side are one place where something else stands.
                (_, Some(last))
                    if last.0 + last.1 == old.start && last.2 + last.3 == new.start && (last.1 == 0 || last.3 == 0) =>
                {
                    last.1 += old.len();
                    last.3 += new.len();
                }
                _ => blocks.push((old.start, old.len(), new.start, new.len())),
            }
        }
    }
    let same = |at: usize| Pair { old: Some(at), new: Some(at), key: Vec::new() };
    let mut pairs: Vec<Pair> = (0..start).map(same).collect();
    let mut gone = Vec::new();
    for (from, length, to, new_length) in blocks {
        for at in 0..length.max(new_length) {
            let old = (at < length).then_some(start + from + at);
            let new = (at < new_length).then_some(start + to + at);
            let pair = Pair { old, new, key: Vec::new() };
            if new.is_some() { pairs.push(pair) } else { gone.push(pair) }
        }
    }
    pairs.extend((0..end).map(|at| Pair { old: Some(old.len() - end + at), new: Some(new.len() - end + at), key: Vec::new() }));
    pairs.extend(gone);
    pairs
}
