//! Entries of `.render.yaml` that apply to objects, and whether each was used: silences (`check/silence.rs`) and masks
//! (`snapshot/mask.rs`). An entry that applies to objects of the run but has no effect is reported, so that the file stays short.

use std::cell::Cell;
use std::ops::Deref;

/// The entries of a file.
#[derive(Clone, Debug)]
pub struct Entries<T>(Vec<Entry<T>>);

/// One entry, and whether it was used.
#[derive(Clone, Debug)]
pub struct Entry<T> {
    content: T,
    state: Cell<Use>,
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
        Entries(Vec::new())
    }
}

impl<T> Entries<T> {
    /// Adds an entry.
    pub fn push(&mut self, content: T) {
        self.0.push(Entry { content, state: Cell::default() });
    }

    /// The entries in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Entry<T>> {
        self.0.iter()
    }

    /// Records that objects were checked. `applies` returns whether an entry applies to them.
    pub fn meet(&self, applies: impl Fn(&T) -> bool) {
        let unchecked = self.iter().filter(|entry| entry.state() == Use::Unchecked && applies(entry));
        unchecked.for_each(|entry| entry.note(Use::Unused));
    }
}

impl<T> Entry<T> {
    /// Whether it was used so far.
    pub fn state(&self) -> Use {
        self.state.get()
    }

    /// Records a use; a stronger one replaces a weaker one.
    pub fn note(&self, state: Use) {
        self.state.set(self.state().max(state));
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
    use super::{Entries, Use};

    #[test]
    fn the_strongest_use_of_an_entry_counts() {
        let mut entries = Entries::default();
        (0..4).for_each(|number| entries.push(number));
        let states = |entries: &Entries<i32>| entries.iter().map(|entry| entry.state()).collect::<Vec<_>>();
        entries.iter().filter(|entry| ***entry == 1).for_each(|entry| entry.note(Use::Used));
        entries.meet(|number| *number > 0 && *number < 3);
        assert_eq!(states(&entries), [Use::Unchecked, Use::Used, Use::Unused, Use::Unchecked]);
        entries.iter().for_each(|entry| entry.note(Use::Unused));
        assert_eq!(states(&entries), [Use::Unused, Use::Used, Use::Unused, Use::Unused]);
    }
}
