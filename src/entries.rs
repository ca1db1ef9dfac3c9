//! Entries of `.render.yaml` that are about objects, and whether each was of use: the silences of `check/silence.rs`, the masks of
//! `snapshot/mask.rs`. An entry whose objects are there and that has nothing to do is reported, so that the file stays short.

use std::cell::Cell;
use std::ops::Deref;

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The entries of a file.
#[derive(Clone, Debug)]
pub struct Entries<T>(Vec<Entry<T>>);

/// One entry, and what came of it.
#[derive(Clone, Debug)]
pub struct Entry<T> {
    content: T,
    came: Cell<Use>,
}

/// What came of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// None of its objects was there.
    #[default]
    Unasked,
    /// Its objects were there, and it had nothing to do.
    Idle,
    /// It did something.
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
        self.0.push(Entry { content, came: Cell::default() });
    }

    /// The entries in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Entry<T>> {
        self.0.iter()
    }

    /// Notes that objects are there. `about` says of an entry whether they are its objects.
    pub fn meet(&self, about: impl Fn(&T) -> bool) {
        let unasked = self.iter().filter(|entry| entry.came() == Use::Unasked && about(entry));
        unasked.for_each(|entry| entry.note(Use::Idle));
    }
}

impl<T> Entry<T> {
    /// What came of it so far.
    pub fn came(&self) -> Use {
        self.came.get()
    }

    /// Notes what came of it; the most counts.
    pub fn note(&self, came: Use) {
        self.came.set(self.came().max(came));
    }
}

impl<T> Deref for Entry<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}

/// The note on an entry that is of no use.
pub fn unused(code: &'static str, message: String, span: Option<Span>) -> Diagnostic {
    span.into_iter().fold(Diagnostic::note(code, message), Diagnostic::at)
}

#[cfg(test)]
mod tests {
    use super::{Entries, Use};

    #[test]
    fn the_most_that_came_of_an_entry_counts() {
        let mut entries = Entries::default();
        (0..4).for_each(|number| entries.push(number));
        let came = |entries: &Entries<i32>| entries.iter().map(|entry| entry.came()).collect::<Vec<_>>();
        entries.iter().filter(|entry| ***entry == 1).for_each(|entry| entry.note(Use::Used));
        entries.meet(|number| *number > 0 && *number < 3);
        assert_eq!(came(&entries), [Use::Unasked, Use::Used, Use::Idle, Use::Unasked]);
        entries.iter().for_each(|entry| entry.note(Use::Idle));
        assert_eq!(came(&entries), [Use::Idle, Use::Used, Use::Idle, Use::Idle]);
    }
}
