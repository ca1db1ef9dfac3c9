//! Entries of `.render.yaml` that apply to objects, and whether each was used: silences (`check/silence.rs`) and masks
//! (`snapshot/mask.rs`). An entry that applies to objects of the run but has no effect is reported, so that the file stays short.

use std::cell::LazyCell;
use std::ops::Deref;
use std::sync::atomic::{AtomicU8, Ordering};

use rustc_hash::FxHashMap;

use crate::resource::ResId;
use crate::resource::wildcard::ObjectPattern;

/// What an entry is about.
pub trait About {
    /// The objects.
    fn object(&self) -> &ObjectPattern;
}

/// The entries of a file.
#[derive(Debug)]
pub struct Entries<T> {
    list: Vec<Entry<T>>,
    /// The positions of entries for one object, by its text.
    literal: FxHashMap<String, Vec<usize>>,
    /// The positions of all others.
    others: Vec<usize>,
}

/// One entry, and whether it was used.
#[derive(Debug)]
pub struct Entry<T> {
    content: T,
    /// The largest [`Use`] so far.
    state: AtomicU8,
}

/// Whether an entry was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// None of its objects was checked.
    #[default]
    Unchecked,
    /// Its objects were checked, but it had no effect.
    Unused,
    /// It had an effect.
    Used,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Entries { list: Vec::new(), literal: FxHashMap::default(), others: Vec::new() }
    }
}

impl<T: About> Entries<T> {
    /// Adds an entry.
    pub fn push(&mut self, content: T) {
        let positions = match content.object().literal() {
            Some(text) => self.literal.entry(text.to_owned()).or_default(),
            None => &mut self.others,
        };
        positions.push(self.list.len());
        self.list.push(Entry { content, state: AtomicU8::default() });
    }

    /// The entries in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Entry<T>> {
        self.list.iter()
    }

    /// The entries about an object, in the order of the file.
    pub fn of(&self, object: &ResId) -> impl Iterator<Item = &Entry<T>> {
        self.select(object, |_| true)
    }

    /// The entries about an object that meet a condition, which is checked first.
    pub fn select(&self, object: &ResId, is_selected: impl Fn(&Entry<T>) -> bool) -> impl Iterator<Item = &Entry<T>> {
        let texts = LazyCell::new(|| ObjectPattern::literals_for(object));
        let is_near = |at: &usize| {
            let entry = self.list.get(*at).filter(|entry| is_selected(entry));
            entry.is_some_and(|entry| entry.object().is_empty() || entry.object().fits_one(&texts))
        };
        let mut positions: Vec<usize> = self.others.iter().copied().filter(is_near).collect();
        if !self.literal.is_empty() {
            let literal = texts.iter().filter_map(|text| self.literal.get(text)).flatten();
            positions.extend(literal.copied().filter(is_near));
            positions.sort_unstable();
        }
        positions.into_iter().filter_map(|at| self.list.get(at))
    }
}

/// Records that objects of these entries were checked.
pub fn meet<'e, T: 'e>(entries: impl Iterator<Item = &'e Entry<T>>) {
    entries.filter(|entry| entry.state() == Use::Unchecked).for_each(|entry| entry.note(Use::Unused));
}

impl<T> Entry<T> {
    /// Whether it was used so far.
    pub fn state(&self) -> Use {
        match self.state.load(Ordering::Relaxed) {
            0 => Use::Unchecked,
            1 => Use::Unused,
            _ => Use::Used,
        }
    }

    /// Records a use; a stronger one replaces a weaker one.
    pub fn note(&self, state: Use) {
        self.state.fetch_max(state as u8, Ordering::Relaxed);
    }
}

impl<T> Deref for Entry<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}

#[cfg(test)]
mod tests {
    use super::{About, Entries, Use, meet};
    use crate::resource::wildcard::ObjectPattern;
    use crate::resource::{Gvk, ResId};

    impl About for ObjectPattern {
        fn object(&self) -> &ObjectPattern {
            self
        }
    }

    #[test]
    fn the_strongest_use_of_an_entry_counts() {
        let mut entries = Entries::default();
        ["A/a", "A/b", "A/*", ""].into_iter().for_each(|text| entries.push(ObjectPattern::from(text.to_owned())));
        let states = |entries: &Entries<ObjectPattern>| entries.iter().map(|entry| entry.state()).collect::<Vec<_>>();
        let object = |name: &str| ResId { gvk: Gvk::new("v1", "A"), name: name.into(), ..ResId::default() };
        entries.of(&object("b")).take(1).for_each(|entry| entry.note(Use::Used));
        meet(entries.of(&object("b")).take(2));
        assert_eq!(states(&entries), [Use::Unchecked, Use::Used, Use::Unused, Use::Unchecked]);
        meet(entries.iter());
        assert_eq!(states(&entries), [Use::Unused, Use::Used, Use::Unused, Use::Unused]);
        let texts: Vec<String> = entries.of(&object("a")).map(|entry| entry.to_string()).collect();
        assert_eq!(texts, ["A/a", "A/*", ""]);
    }
}
