//! Matches the items of an old list with those of a new list: by fields that identify them, or else by content.
//!
//! Unchanged items are found the way `diff` finds lines; the items between them are paired by position. Long lists that have
//! little in common are paired by position only, so the cost is at most quadratic in the length, up to a limit.

use ecow::EcoString;
use rustc_hash::FxHashMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::fold::Names;
use super::same;
use crate::yaml::Node;

/// The maximum number of comparisons for a list.
const MOST: usize = 4_000_000;

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
    if a > b {
        // The result must not depend on the direction.
        return flipped(by_hashes(&b, &a));
    }
    by_hashes(&a, &b)
}

/// The pairs with both sides swapped: those with a new index in its order, then those that were removed.
fn flipped(pairs: Vec<Pair>) -> Vec<Pair> {
    let flipped = pairs.into_iter().map(|pair| Pair { old: pair.new, new: pair.old, key: pair.key });
    let (mut there, mut gone): (Vec<Pair>, Vec<Pair>) = flipped.partition(|pair| pair.new.is_some());
    there.sort_by_key(|pair| pair.new);
    gone.sort_by_key(|pair| pair.old);
    there.extend(gone);
    there
}

fn by_hashes(old: &[u64], new: &[u64]) -> Vec<Pair> {
    let (a, b) = (old, new);
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
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
                // An adjacent deletion and insertion are one replacement.
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
