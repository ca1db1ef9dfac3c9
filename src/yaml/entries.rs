//! The entries of a mapping in order, with keys that may appear more than once.
//!
//! Many entries have an index of their keys, so that looking up each of the keys takes a time that is proportional to their
//! number. The index is created when keys are looked up again and again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use ecow::{EcoString, EcoVec};
use rustc_hash::FxHashMap;

/// The number from which entries have an index.
const LONG: usize = 32;
/// Lookups that cost less than an index.
const FEW: u32 = 8;
/// Entries that can be removed before the index is created again.
const GAPS: usize = 64;

/// What an entry is found by.
pub(super) trait Keyed {
    /// The key.
    fn key(&self) -> &EcoString;

    /// The text of the key.
    fn text(&self) -> &str {
        self.key()
    }
}

/// Entries in order; lookups find the first one with a key.
#[derive(Clone, Debug)]
pub(super) struct Entries<E>(Form<E>);

#[derive(Clone, Debug)]
enum Form<E> {
    Short(EcoVec<E>),
    Long(Arc<Long<E>>),
}

#[derive(Debug)]
struct Long<E> {
    entries: Vec<E>,
    /// The lookups without an index.
    lookups: AtomicU32,
    index: OnceLock<Index>,
}

/// Where the first entry with each key is.
#[derive(Debug)]
struct Index {
    positions: FxHashMap<EcoString, usize>,
    /// How many entries were removed since: each position is too large by at most this number.
    removed: usize,
    has_duplicates: bool,
}

impl<E> Default for Entries<E> {
    fn default() -> Self {
        Entries(Form::Short(EcoVec::new()))
    }
}

impl<E: Clone> Clone for Long<E> {
    /// A copy gets its own index when it needs one.
    fn clone(&self) -> Self {
        Long::from(self.entries.clone())
    }
}

impl<E> From<Vec<E>> for Long<E> {
    fn from(entries: Vec<E>) -> Self {
        Long { entries, lookups: AtomicU32::new(0), index: OnceLock::new() }
    }
}

impl<E: Keyed> Long<E> {
    fn position(&self, key: &str) -> Option<usize> {
        if self.index.get().is_none() && self.lookups.fetch_add(1, Ordering::Relaxed) < FEW {
            return position(&self.entries, key);
        }
        let Index { positions, removed, .. } = self.index.get_or_init(|| Index::of(&self.entries));
        let at = *positions.get(key)?;
        let from = at.saturating_sub(*removed);
        position(self.entries.get(from..(at + 1).min(self.entries.len()))?, key).map(|place| from + place)
    }

    fn push(&mut self, entry: E) {
        if let Some(index) = self.index.get_mut() {
            index.add(entry.key(), self.entries.len());
        }
        self.entries.push(entry);
    }

    fn remove(&mut self, at: usize) -> E {
        let entry = self.entries.remove(at);
        match self.index.get_mut() {
            Some(index) if !index.has_duplicates && index.removed < GAPS => {
                index.positions.remove(entry.key());
                index.removed += 1;
            }
            _ => self.forget(),
        }
        entry
    }

    /// Drops the index.
    fn forget(&mut self) {
        self.index = OnceLock::new();
        self.lookups = AtomicU32::new(0);
    }

    /// The entries, to change them.
    fn entries_mut(&mut self) -> &mut Vec<E> {
        self.forget();
        &mut self.entries
    }
}

impl Index {
    fn of<E: Keyed>(entries: &[E]) -> Self {
        let mut index = Index { positions: FxHashMap::default(), removed: 0, has_duplicates: false };
        index.positions.reserve(entries.len());
        entries.iter().enumerate().for_each(|(at, entry)| index.add(entry.key(), at));
        index
    }

    fn add(&mut self, key: &EcoString, at: usize) {
        let first = *self.positions.entry(key.clone()).or_insert(at);
        self.has_duplicates |= first != at;
    }
}

fn position<E: Keyed>(entries: &[E], key: &str) -> Option<usize> {
    // Most keys differ in their length or their first byte.
    let first = key.as_bytes().first();
    entries.iter().position(|entry| {
        let own = entry.text();
        own.len() == key.len() && own.as_bytes().first() == first && own == key
    })
}

impl<E: Clone + Keyed> Entries<E> {
    /// The entries as a slice.
    pub fn as_slice(&self) -> &[E] {
        match &self.0 {
            Form::Short(entries) => entries,
            Form::Long(long) => &long.entries,
        }
    }

    /// The entries, to change them and their keys.
    pub fn make_mut(&mut self) -> &mut [E] {
        match &mut self.0 {
            Form::Short(entries) => entries.make_mut(),
            Form::Long(long) => Arc::make_mut(long).entries_mut(),
        }
    }

    /// The index of the first entry with this key.
    pub fn position(&self, key: &str) -> Option<usize> {
        match &self.0 {
            Form::Short(entries) => position(entries, key),
            Form::Long(long) => long.position(key),
        }
    }

    /// The entry at an index, to change anything but its key.
    pub fn at_mut(&mut self, at: usize) -> &mut E {
        match &mut self.0 {
            Form::Short(entries) => &mut entries.make_mut()[at],
            Form::Long(long) => &mut Arc::make_mut(long).entries[at],
        }
    }

    /// Whether a key appears twice.
    pub fn has_duplicate_keys(&self) -> bool {
        if let Form::Long(long) = &self.0
            && let Some(index) = long.index.get()
        {
            return index.has_duplicates;
        }
        let mut keys: Vec<&str> = self.as_slice().iter().map(Keyed::text).collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: E) {
        match &mut self.0 {
            Form::Short(entries) if entries.len() + 1 < LONG => entries.push(entry),
            Form::Short(entries) => *self = std::mem::take(entries).into_iter().chain([entry]).collect(),
            Form::Long(long) => Arc::make_mut(long).push(entry),
        }
    }

    /// Removes the entry at an index.
    pub fn remove(&mut self, at: usize) -> E {
        match &mut self.0 {
            Form::Short(entries) => entries.remove(at),
            Form::Long(long) => Arc::make_mut(long).remove(at),
        }
    }

    /// Keeps the entries for which `keep` returns true.
    pub fn retain(&mut self, mut keep: impl FnMut(&E) -> bool) {
        match &mut self.0 {
            Form::Short(entries) => entries.retain(|entry| keep(entry)),
            Form::Long(long) => Arc::make_mut(long).entries_mut().retain(keep),
        }
    }
}

impl<E: Clone> FromIterator<E> for Entries<E> {
    fn from_iter<I: IntoIterator<Item = E>>(entries: I) -> Self {
        let mut entries = entries.into_iter();
        if entries.size_hint().1.is_some_and(|most| most < LONG) {
            return Entries(Form::Short(entries.collect()));
        }
        let short: EcoVec<E> = entries.by_ref().take(LONG).collect();
        match short.len() < LONG {
            true => Entries(Form::Short(short)),
            false => Entries(Form::Long(Arc::new(Long::from(short.into_iter().chain(entries).collect::<Vec<E>>())))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Keyed for (EcoString, u32) {
        fn key(&self) -> &EcoString {
            &self.0
        }
    }

    /// The same changes to entries and to a plain list, whose lookups are scans.
    #[test]
    fn an_index_changes_nothing() {
        let mut state = 1_u32;
        let mut random = move |below: u32| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
            (state >> 16) % below
        };
        let mut entries: Entries<(EcoString, u32)> = Entries::default();
        let mut list: Vec<(EcoString, u32)> = Vec::new();
        for number in 0..20_000 {
            let entry: (EcoString, u32) = (format!("key-{}", random(300)).into(), number);
            let first = list.iter().position(|(own, _)| *own == entry.0);
            assert_eq!(entries.position(&entry.0), first);
            match (random(8), first) {
                (0..4, Some(at)) => (entries.at_mut(at).1, list[at].1) = (number, number),
                (4..7, Some(at)) => assert_eq!(entries.remove(at), list.remove(at)),
                (7, Some(at)) if number % 200 == 0 => {
                    entries = entries.clone();
                    entries.make_mut()[at].0 = "renamed".into();
                    list[at].0 = "renamed".into();
                }
                (7, Some(_)) if number % 300 == 0 => {
                    entries.retain(|(_, number)| number % 7 > 0);
                    list.retain(|(_, number)| number % 7 > 0);
                }
                // In the last part, keys appear more than once.
                (_, first) if first.is_none() || number > 15_000 => {
                    entries.push(entry.clone());
                    list.push(entry);
                }
                _ => {}
            }
            let distinct: std::collections::HashSet<_> = list.iter().map(|(key, _)| key).collect();
            assert_eq!(entries.has_duplicate_keys(), distinct.len() < list.len());
        }
        assert!(entries.as_slice() == list && list.len() > 100, "{}", list.len());
        assert_eq!(size_of::<Entries<u64>>(), 2 * size_of::<usize>());
    }
}
