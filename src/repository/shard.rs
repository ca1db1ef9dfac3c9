//! `--shard 3/16`: a part of the overlays for each machine, of about equal cost.
//!
//! All machines must agree without talking to each other, so a part depends only on the overlays and the sizes of their files, and
//! not on the order in which a file system lists them. The most expensive overlay goes first, each to the part that has the least
//! to do (longest processing time first): parts differ by at most one overlay.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use super::uses::Kustomizations;
use crate::load::{Files, Guard};

/// The cost of a build of almost nothing, and of each directory in it, in bytes of input.
const BUILD: u64 = 4096;
const DIRECTORY: u64 = 512;

/// One of several parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `count`.
    number: usize,
    count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<usize>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let parts = text.split_once('/').and_then(|(one, count)| Some((number(one)?, number(count)?)));
        match parts {
            Some((number, count)) if (1..=count).contains(&number) && count <= 1 << 16 => Ok(Shard { number, count }),
            Some((_, count)) if (1..=1 << 16).contains(&count) => {
                Err(format!("expected a shard from 1/{count} to {count}/{count}"))
            }
            Some(_) => Err("expected from 1 to 65536 shards".to_owned()),
            None => Err("expected the number of a shard and how many there are, such as `3/16`".to_owned()),
        }
    }
}

impl Shard {
    /// The items in this shard, of all items with their costs. An item that occurs several times counts once.
    pub fn select(self, items: impl IntoIterator<Item = (PathBuf, u64)>) -> BTreeSet<PathBuf> {
        let mut costs: BTreeMap<PathBuf, u64> = BTreeMap::new();
        for (item, cost) in items {
            let known = costs.entry(item).or_default();
            *known = cost.max(*known);
        }
        let mut items: Vec<(PathBuf, u64)> = costs.into_iter().collect();
        // The sort is stable: items of the same cost stay in the order of their paths.
        items.sort_by_key(|(_, cost)| Reverse(*cost));
        let mut loads: BinaryHeap<Reverse<(u64, usize)>> = (1..=self.count).map(|number| Reverse((0, number))).collect();
        let mut selected = BTreeSet::new();
        for (item, cost) in items {
            let Some(Reverse((load, number))) = loads.pop() else { break };
            if number == self.number {
                selected.insert(item);
            }
            loads.push(Reverse((load.saturating_add(cost.max(1)), number)));
        }
        selected
    }
}

/// An estimate of the work of building directories, in the order given: the bytes of the files that each names, including those
/// that the directories that it uses name. It reads kustomization files, but builds nothing.
pub fn costs(files: &Arc<dyn Files>, directories: &[PathBuf]) -> Vec<u64> {
    let mut all = Kustomizations::default();
    let mut guard: Option<Guard> = None;
    for directory in directories {
        let real = files.canonicalize(directory).unwrap_or_else(|_| directory.clone());
        if guard.as_ref().is_none_or(|guard| !real.starts_with(guard.root())) {
            guard = Some(Guard::around(files, directory));
        }
        if let Some(guard) = &guard {
            all.follow(guard, directory);
        }
    }
    let mut sizes: BTreeMap<PathBuf, u64> = BTreeMap::new();
    let mut size = |path: &Path| match sizes.get(path) {
        Some(size) => *size,
        None => {
            let size = files.size(path).unwrap_or(0);
            sizes.insert(path.to_owned(), size);
            size
        }
    };
    let own = all.weigh(|files| files.map(&mut size).fold(DIRECTORY, u64::saturating_add));
    directories
        .iter()
        .map(|directory| {
            let real = files.canonicalize(directory).unwrap_or_else(|_| directory.clone());
            let reached = all.reached(&real).into_iter().filter_map(|directory| own.get(directory.as_path()));
            reached.fold(BUILD, |sum, cost| sum.saturating_add(*cost))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shard(text: &str) -> Shard {
        text.parse().expect("a shard")
    }

    #[test]
    fn a_shard_is_one_of_several() {
        assert_eq!(shard("3/16"), Shard { number: 3, count: 16 });
        for text in ["0/4", "5/4", "x", "1/0", "1", "1/x", "-1/4", "+1/4", "1/4/2", "", "/", "1/70000", "99999999999999999999/4"]
        {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!("0/4".parse::<Shard>(), Err("expected a shard from 1/4 to 4/4".to_owned()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_item_is_in_exactly_one_shard(
            items in proptest::collection::btree_map("[a-e]{1,3}(/[a-e]{1,3})?", 0_u64..1000, 0..60),
            count in 1_usize..9,
            turn in 0_usize..60,
        ) {
            let items: Vec<(PathBuf, u64)> = items.into_iter().map(|(path, cost)| (path.into(), cost)).collect();
            let mut other = items.clone();
            other.reverse();
            if !other.is_empty() {
                let turn = turn % other.len();
                other.rotate_left(turn);
            }
            let mut seen = BTreeSet::new();
            let mut loads = Vec::new();
            for number in 1..=count {
                let shard = Shard { number, count };
                let selected = shard.select(items.clone());
                prop_assert_eq!(&selected, &shard.select(other.clone()));
                let cost = |path: &PathBuf| items.iter().find(|(item, _)| item == path).map_or(0, |(_, cost)| (*cost).max(1));
                loads.push(selected.iter().map(cost).sum::<u64>());
                for path in selected {
                    prop_assert!(seen.insert(path));
                }
            }
            prop_assert_eq!(seen.len(), items.len());
            let most = items.iter().map(|(_, cost)| (*cost).max(1)).max().unwrap_or(0);
            let (low, high) = (loads.iter().min().copied().unwrap_or(0), loads.iter().max().copied().unwrap_or(0));
            prop_assert!(high - low <= most, "{:?}", loads);
        }
    }
}
