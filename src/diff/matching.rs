//! Matches the items of two lists by their content.
//!
//! Unchanged items are found the way `diff` finds lines, and then by their hashes, which also finds those that moved. Between the
//! unchanged items, mappings that have most entries in common are matched, and then items at the same position. Long lists are
//! matched by hashes and positions only, so the cost is at most quadratic in the length, up to a limit.

use rustc_hash::FxHashMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::same;
use crate::yaml::Node;

/// The maximum number of comparisons for a list.
const MOST: usize = 4_000_000;
/// The maximum number of pairs of mappings that are compared by their entries.
const MOST_ALIKE: usize = 4_096;
/// The share of equal entries, in percent, from which two mappings count as one that was changed.
const ALIKE: usize = 50;
/// The same for two mappings of which one would be the only one that moved.
const MOVED: usize = 60;

/// Which items belong together.
pub struct Matching<'n> {
    items: [&'n [Node]; 2],
    /// For each old item, the index of the new one.
    pub of_old: Vec<Option<usize>>,
    /// For each new item, the index of the old one.
    pub of_new: Vec<Option<usize>>,
}

/// Adjacent items that are not the same on both sides: the old ones and the new ones, by index.
#[derive(Default)]
struct Block {
    old: Vec<usize>,
    new: Vec<usize>,
}

impl<'n> Matching<'n> {
    /// Matches items with these hashes.
    pub fn of(items: [&'n [Node]; 2], [a, b]: [&[u64]; 2]) -> Self {
        let mut matching = Matching { items, of_old: vec![None; a.len()], of_new: vec![None; b.len()] };
        let mut blocks = matching.unchanged(a, b);
        let has_moves = matching.moved(a, b);
        let mut rest = Block::default();
        for block in &mut blocks {
            matching.alike(block, ALIKE);
            matching.by_position(block);
            rest.old.append(&mut block.old);
            rest.new.append(&mut block.new);
        }
        matching.alike(&mut rest, if has_moves { ALIKE } else { MOVED });
        if has_moves {
            matching.at_same_index(&mut rest);
        }
        matching
    }

    fn join(&mut self, old: usize, new: usize) {
        self.of_old[old] = Some(new);
        self.of_new[new] = Some(old);
    }

    /// Matches items that stay in their order. Returns what is between them.
    fn unchanged(&mut self, a: &[u64], b: &[u64]) -> Vec<Block> {
        let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
        (0..start).for_each(|at| self.join(at, at));
        (1..=end).for_each(|at| self.join(a.len() - at, b.len() - at));
        let (old, new) = (start..a.len() - end, start..b.len() - end);
        if old.len().saturating_mul(new.len()) > MOST {
            return vec![Block { old: old.collect(), new: new.collect() }];
        }
        let mut blocks = vec![Block::default()];
        for op in capture_diff_slices(Algorithm::Myers, &a[old], &b[new]) {
            let (old, new) = (op.old_range(), op.new_range());
            let (old, new) = (old.map(|at| at + start), new.map(|at| at + start));
            match (op, blocks.last_mut()) {
                (DiffOp::Equal { .. }, _) => {
                    old.zip(new).for_each(|(old, new)| self.join(old, new));
                    blocks.push(Block::default());
                }
                (_, Some(block)) => {
                    block.old.extend(old);
                    block.new.extend(new);
                }
                (_, None) => {}
            }
        }
        blocks
    }

    /// Matches the same items at different places, the first old one with the first new one. Returns whether there are any.
    fn moved(&mut self, a: &[u64], b: &[u64]) -> bool {
        let mut left: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        for at in (0..a.len()).rev().filter(|at| self.of_old[*at].is_none()) {
            left.entry(a[at]).or_default().push(at);
        }
        let mut found = false;
        for (at, hash) in b.iter().enumerate() {
            if self.of_new[at].is_none()
                && let Some(old) = left.get_mut(hash).and_then(Vec::pop)
            {
                self.join(old, at);
                found = true;
            }
        }
        found
    }

    /// Matches mappings that have most entries in common, the most similar ones first.
    fn alike(&mut self, block: &mut Block, least: usize) {
        self.retain_unmatched(block);
        if block.old.is_empty() || block.old.len().saturating_mul(block.new.len()) > MOST_ALIKE {
            return;
        }
        let entries = |side: usize, places: &[usize]| {
            places.iter().map(|at| (*at, entries(&self.items[side][*at]))).collect::<Vec<(usize, Vec<u64>)>>()
        };
        let (old, new) = (entries(0, &block.old), entries(1, &block.new));
        let mut found = Vec::new();
        for (at, (from, a)) in old.iter().enumerate() {
            let alike = new.iter().enumerate().map(|(to, (into, b))| (percent(a, b), at.abs_diff(to), *from, *into));
            found.extend(alike.filter(|(percent, ..)| *percent >= least));
        }
        found.sort_by_key(|(percent, distance, old, new)| (std::cmp::Reverse(*percent), *distance, *old, *new));
        for (.., old, new) in found {
            if self.of_old[old].is_none() && self.of_new[new].is_none() {
                self.join(old, new);
            }
        }
    }

    /// Matches the others of a block by position, without a change of the order.
    fn by_position(&mut self, block: &mut Block) {
        let pairs = |matching: &Self| {
            let pairs = block.old.iter().filter_map(|old| Some((*old, matching.of_old[*old]?)));
            pairs.filter(|(_, new)| block.new.binary_search(new).is_ok()).collect::<Vec<_>>()
        };
        let alike = pairs(self);
        let old = block.old.iter().copied().filter(|at| self.of_old[*at].is_none()).collect::<Vec<_>>();
        let new = block.new.iter().copied().filter(|at| self.of_new[*at].is_none()).collect::<Vec<_>>();
        for (old, new) in old.into_iter().zip(new) {
            if alike.iter().all(|(other, into)| (*other < old) == (*into < new)) {
                self.join(old, new);
            }
        }
        self.retain_unmatched(block);
    }

    /// Matches scalars at the same index, and a single one that is left.
    fn at_same_index(&mut self, rest: &mut Block) {
        self.retain_unmatched(rest);
        let is_scalar = |side: usize, at: usize| self.items[side][at].as_scalar().is_some();
        let is_same = |at: &usize| rest.new.binary_search(at).is_ok() && is_scalar(0, *at) && is_scalar(1, *at);
        let same: Vec<usize> = rest.old.iter().copied().filter(is_same).collect();
        same.into_iter().for_each(|at| self.join(at, at));
        self.retain_unmatched(rest);
        if let ([old], [new]) = (rest.old.as_slice(), rest.new.as_slice())
            && self.items[0][*old].as_scalar().is_some() == self.items[1][*new].as_scalar().is_some()
        {
            self.join(*old, *new);
        }
    }

    fn retain_unmatched(&self, block: &mut Block) {
        block.old.retain(|at| self.of_old[*at].is_none());
        block.new.retain(|at| self.of_new[*at].is_none());
    }
}

/// A hash for each entry of a mapping, sorted.
fn entries(node: &Node) -> Vec<u64> {
    let mut entries: Vec<u64> = node.as_mapping().into_iter().flatten().map(same::entry_hash).collect();
    entries.sort_unstable();
    entries
}

/// How many entries two mappings have in common, in percent.
fn percent(a: &[u64], b: &[u64]) -> usize {
    let common = a.iter().filter(|entry| b.binary_search(entry).is_ok()).count();
    (200 * common).checked_div(a.len() + b.len()).unwrap_or(0).min(100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::yaml::Dialect;

    fn list(text: &str) -> Vec<Node> {
        let mut records = Records::default();
        let source = records.sources.add("", text);
        let step = records.provenance.step("", "");
        let documents = records.documents(source, step, Dialect::Manifest).expect("a document");
        documents[0].as_sequence().expect("a list").to_vec()
    }

    fn matched(old: &str, new: &str) -> Vec<Option<usize>> {
        let (old, new) = (list(old), list(new));
        let hashes = |items: &[Node]| items.iter().map(same::hash).collect::<Vec<u64>>();
        Matching::of([&old, &new], [&hashes(&old), &hashes(&new)]).of_new
    }

    #[test]
    fn the_same_items_in_another_order_are_matched() {
        assert_eq!(matched("[a, b, c]", "[c, a, b]"), [Some(2), Some(0), Some(1)]);
        assert_eq!(matched("[a, b, a]", "[a, a, b]"), [Some(0), Some(2), Some(1)]);
        assert_eq!(matched("[{x: 1, y: 2}, {x: 3}]", "[{x: 3}, {y: 2, x: 1}]"), [Some(1), Some(0)]);
    }

    #[test]
    fn an_item_that_changed_is_matched_although_others_moved() {
        assert_eq!(matched("[a, b, c]", "[c, d, a]"), [Some(2), Some(1), Some(0)]);
        assert_eq!(matched("[{x: 1, y: 2}, {x: 3}, {x: 5}]", "[{x: 5}, {x: 3}, {x: 1, y: 4}]"), [Some(2), Some(1), Some(0)]);
        assert_eq!(matched("[{x: 1, y: 2, z: 3}, {x: 3}]", "[{x: 3}, {x: 1, y: 2, z: 4}]"), [Some(1), Some(0)]);
    }

    #[test]
    fn without_moves_the_order_stays() {
        assert_eq!(matched("[a, b]", "[b, c]"), [Some(1), None]);
        assert_eq!(matched("[a, b, c]", "[x, y]"), [Some(0), Some(1)]);
        assert_eq!(matched("[{x: 1, y: 2}, {x: 3}]", "[{x: 3}, {x: 1, y: 4}]"), [Some(1), None]);
        assert_eq!(matched("[{x: 1, y: 2}, {x: 3, y: 4}]", "[{x: 3, y: 5}, {z: 6}]"), [Some(1), None]);
    }
}
