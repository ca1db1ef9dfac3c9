//! The lines that two texts have in common, in a time that is proportional to their size.
//!
//! Texts with few differences, and all short ones, are compared with Myers' algorithm, which finds the fewest differences but
//! takes a time proportional to lines times differences. Others are first divided at lines that occur only once on each side,
//! as in patience diff, and finally at fixed lengths.

use std::ops::Range;

use rustc_hash::FxHashMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The number of steps that Myers' algorithm may take.
const MOST_STEPS: usize = 16_000_000;
/// The lines of a part that is divided no further.
const PART: usize = 512;

/// The operations that turn the lines of one text into those of another.
pub fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let (old, new) = numbered(old, new);
    if is_close(&old, &new) {
        return capture_diff_slices(Algorithm::Myers, &old, &new);
    }
    let mut matches = Vec::new();
    divide(Part { old: &old, new: &new, at: (0, 0) }, &mut matches);
    joined(&matches, old.len(), new.len())
}

/// Each line as a number, the same for equal lines.
fn numbered(old: &[&str], new: &[&str]) -> (Vec<u32>, Vec<u32>) {
    let mut numbers = FxHashMap::default();
    let mut number = |line| {
        let next = numbers.len() as u32;
        *numbers.entry(line).or_insert(next)
    };
    let old = old.iter().map(|line| number(*line)).collect();
    (old, new.iter().map(|line| number(*line)).collect())
}

/// Whether Myers' algorithm finds all differences within the steps that it may take.
fn is_close(old: &[u32], new: &[u32]) -> bool {
    let lines = old.len() + new.len();
    let most = MOST_STEPS / lines.max(1);
    if lines <= most {
        return true;
    }
    // There are at least as many differences as lines that occur more often on one side.
    if surplus(old, new) > most {
        return false;
    }
    // The furthest old line that is reached on each diagonal, as in Myers' paper.
    let mut furthest = vec![0_usize; 2 * most + 3];
    for differences in 0..=most {
        for diagonal in (most - differences..=most + differences).step_by(2) {
            let (below, above) = (furthest[diagonal], furthest[diagonal + 2]);
            let down = diagonal == most - differences || (diagonal != most + differences && below < above);
            let mut x = if down { above } else { below + 1 };
            let y = |x: usize| (x + most).checked_sub(diagonal);
            while let Some((a, b)) = y(x).and_then(|y| old.get(x).zip(new.get(y)))
                && a == b
            {
                x += 1;
            }
            furthest[diagonal + 1] = x;
            if x >= old.len() && y(x).is_some_and(|y| y >= new.len()) {
                return true;
            }
        }
    }
    false
}

/// How many lines of one side do not have an equal one of their own on the other.
fn surplus(old: &[u32], new: &[u32]) -> usize {
    let mut counts = vec![0_isize; old.iter().chain(new).max().map_or(0, |&most| most as usize + 1)];
    old.iter().for_each(|&line| counts[line as usize] += 1);
    new.iter().for_each(|&line| counts[line as usize] -= 1);
    counts.iter().map(|count| count.unsigned_abs()).sum()
}

/// Two ranges of lines, and where they begin.
#[derive(Clone, Copy)]
struct Part<'t> {
    old: &'t [u32],
    new: &'t [u32],
    at: (usize, usize),
}

impl<'t> Part<'t> {
    fn slice(&self, old: Range<usize>, new: Range<usize>) -> Part<'t> {
        let at = (self.at.0 + old.start, self.at.1 + new.start);
        Part { old: &self.old[old], new: &self.new[new], at }
    }
}

/// A run of equal lines: where it begins on each side, and its length.
type Match = (usize, usize, usize);

/// Finds equal lines of a part, in order.
fn divide(part: Part<'_>, matches: &mut Vec<Match>) {
    let start = part.old.iter().zip(part.new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&part.old[start..], &part.new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let inner = part.slice(start..part.old.len() - end, start..part.new.len() - end);
    matches.push((part.at.0, part.at.1, start));
    match inner.old.len() + inner.new.len() <= PART {
        true => smallest(inner, matches),
        false => between_anchors(inner, matches),
    }
    matches.push((inner.at.0 + inner.old.len(), inner.at.1 + inner.new.len(), end));
}

fn smallest(part: Part<'_>, matches: &mut Vec<Match>) {
    for operation in capture_diff_slices(Algorithm::Myers, part.old, part.new) {
        if let DiffOp::Equal { old_index, new_index, len } = operation {
            matches.push((part.at.0 + old_index, part.at.1 + new_index, len));
        }
    }
}

/// Divides a part at lines that occur once on each side, or else at a fixed length.
fn between_anchors(part: Part<'_>, matches: &mut Vec<Match>) {
    let anchors = anchors(part.old, part.new);
    if anchors.is_empty() {
        let half = PART / 2;
        let count = part.old.len().max(part.new.len()).div_ceil(half);
        let cut = |at: usize, len: usize| len * at / count;
        for at in 0..count {
            let (old, new) = (part.old.len(), part.new.len());
            smallest(part.slice(cut(at, old)..cut(at + 1, old), cut(at, new)..cut(at + 1, new)), matches);
        }
        return;
    }
    let (mut old, mut new) = (0, 0);
    for (x, y) in anchors.into_iter().chain([(part.old.len(), part.new.len())]) {
        // Lines next to the one before are matched with it.
        if x < old || y < new {
            continue;
        }
        divide(part.slice(old..x, new..y), matches);
        let same = part.old[x..].iter().zip(&part.new[y..]).take_while(|(a, b)| a == b).count();
        matches.push((part.at.0 + x, part.at.1 + y, same));
        (old, new) = (x + same, y + same);
    }
}

/// The lines that occur once on each side, as far as they have the same order on both.
fn anchors(old: &[u32], new: &[u32]) -> Vec<(usize, usize)> {
    // How often each line occurs on both sides, and where.
    let mut lines: FxHashMap<u32, [(usize, usize); 2]> = FxHashMap::default();
    for (side, text) in [old, new].into_iter().enumerate() {
        for (at, line) in text.iter().enumerate() {
            let (count, place) = &mut lines.entry(*line).or_default()[side];
            (*count, *place) = (*count + 1, at);
        }
    }
    let unique = old.iter().filter_map(|line| match lines.get(line) {
        Some([(1, x), (1, y)]) => Some((*x, *y)),
        _ => None,
    });
    longest_rising(&unique.collect::<Vec<_>>())
}

/// The longest part of a list of pairs, ordered by the first, in which the second rises as well.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The last pair of the best list of each length, and what comes before each pair.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, y)) in pairs.iter().enumerate() {
        let length = tails.partition_point(|&tail| pairs[tail].1 < *y);
        before.push(length.checked_sub(1).map(|shorter| tails[shorter]));
        match tails.get_mut(length) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut rising: Vec<(usize, usize)> = Vec::with_capacity(tails.len());
    let mut next = tails.last().copied();
    while let Some(at) = next {
        rising.push(pairs[at]);
        next = before[at];
    }
    rising.reverse();
    rising
}

/// Matches as operations, with what is between them.
fn joined(matches: &[Match], old_len: usize, new_len: usize) -> Vec<DiffOp> {
    let mut runs: Vec<Match> = Vec::new();
    for &(x, y, len) in matches.iter().filter(|(_, _, len)| *len > 0) {
        match runs.last_mut() {
            Some(last) if last.0 + last.2 == x && last.1 + last.2 == y => last.2 += len,
            _ => runs.push((x, y, len)),
        }
    }
    let mut operations = Vec::new();
    let (mut old_index, mut new_index) = (0, 0);
    for (x, y, len) in runs.into_iter().chain([(old_len, new_len, 0)]) {
        let (old_len, new_len) = (x - old_index, y - new_index);
        operations.extend(match (old_len, new_len) {
            (0, 0) => None,
            (_, 0) => Some(DiffOp::Delete { old_index, old_len, new_index }),
            (0, _) => Some(DiffOp::Insert { old_index, new_index, new_len }),
            _ => Some(DiffOp::Replace { old_index, old_len, new_index, new_len }),
        });
        operations.extend((len > 0).then_some(DiffOp::Equal { old_index: x, new_index: y, len }));
        (old_index, new_index) = (x + len, y + len);
    }
    operations
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The new text, if the operations turn the old one into it.
    fn applied(operations: &[DiffOp], old: &[u32], new: &[u32]) -> Vec<u32> {
        let mut result = Vec::new();
        let mut at = 0;
        for operation in operations {
            assert_eq!((operation.old_range().start, operation.new_range().start), (at, result.len()));
            match operation {
                DiffOp::Equal { .. } => result.extend(&old[operation.old_range()]),
                _ => result.extend(&new[operation.new_range()]),
            }
            at = operation.old_range().end;
        }
        assert_eq!(at, old.len());
        result
    }

    #[test]
    fn long_texts_are_divided_and_the_result_is_still_a_difference() {
        let mut state = 7_u32;
        let mut random = move |below: u32| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
            (state >> 16) % below
        };
        for kinds in [2, 50, 1 << 14] {
            let old: Vec<u32> = (0..6_000).map(|_| random(kinds)).collect();
            let mut new: Vec<u32> = old.iter().filter(|_| random(3) > 0).copied().collect();
            new.rotate_left(700);
            let mut matches = Vec::new();
            divide(Part { old: &old, new: &new, at: (0, 0) }, &mut matches);
            let found = joined(&matches, old.len(), new.len());
            assert_eq!(applied(&found, &old, &new), new);
            let same: usize = found.iter().filter(|op| matches!(op, DiffOp::Equal { .. })).map(|op| op.old_range().len()).sum();
            assert!(same > 1_000, "{kinds}: {same}");
        }
    }

    #[test]
    fn few_differences_are_recognized() {
        let old: Vec<u32> = (0..40_000).collect();
        let mut new = old.clone();
        (0..90).for_each(|at| new[at * 400] = 40_000);
        assert!(is_close(&old, &new));
        new.reverse();
        assert!(!is_close(&old, &new));
    }
}
