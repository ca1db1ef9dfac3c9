//! Texts that several builds of a run read, and the documents in them: each is parsed once.
//!
//! Nodes have locations in their text, and the text as their origin, so they are the same in all builds that read the text. A
//! build still reads the file: the text of another build takes its place if it is equal.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::source::{Source, SourceId, Sources};
use crate::yaml::{Dialect, Node};

/// The bytes of texts from which on those that no build uses are dropped; their nodes take about ten times as many.
const UNUSED_BYTES: usize = 4 << 20;

/// The texts of a run by their paths. Each build has them [`beside`](Documents::beside) its own.
#[derive(Default)]
pub struct Documents {
    run: Arc<Mutex<Texts>>,
    /// Those that this build uses.
    used: FxHashMap<SourceId, Arc<Text>>,
}

/// The texts of a run.
#[derive(Default)]
struct Texts {
    by_path: FxHashMap<PathBuf, Arc<Text>>,
    /// The bytes of all texts that were added since unused ones were dropped, or were kept then.
    bytes: usize,
    /// The bytes that were kept.
    kept: usize,
}

/// A text and its documents.
struct Text {
    id: SourceId,
    source: Arc<Source>,
    /// Documents without errors, by the way in which they are read.
    documents: Mutex<Vec<(Reading, Vec<Node>)>>,
}

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The rules for scalars.
    pub dialect: Dialect,
    /// Whether only the first document is read.
    pub is_first: bool,
}

impl Reading {
    /// All documents of a text.
    pub fn all(dialect: Dialect) -> Self {
        Reading { dialect, is_first: false }
    }

    /// The first document of a text.
    pub fn first(dialect: Dialect) -> Self {
        Reading { dialect, is_first: true }
    }
}

impl Documents {
    /// The same texts for another build of the run.
    pub fn beside(&self) -> Self {
        Documents { run: Arc::clone(&self.run), used: FxHashMap::default() }
    }

    /// Adds a text to the sources of a build. If another build of the run has read the same text, both share it; if this one
    /// has, the text gets a number of its own.
    pub fn add(&mut self, path: PathBuf, text: Arc<str>, sources: &mut Sources) -> SourceId {
        let known = lock(&self.run).by_path.get(&path).cloned();
        if let Some(known) = known.filter(|known| *known.source.text() == text) {
            return match sources.put(known.id, Arc::clone(&known.source)) {
                true => {
                    let id = known.id;
                    self.used.insert(id, known);
                    id
                }
                false => sources.add(path, Arc::clone(known.source.text())),
            };
        }
        let bytes = text.len();
        let id = sources.add(path.as_path(), text);
        if let Some(source) = sources.share(id) {
            let text = Arc::new(Text { id, source, documents: Mutex::default() });
            self.used.insert(id, Arc::clone(&text));
            lock(&self.run).insert(path, text, bytes);
        }
        id
    }

    /// The documents of a text, which are parsed with `read` unless they are known. What has errors is not kept.
    pub fn read(
        &self,
        id: SourceId,
        reading: Reading,
        read: impl FnOnce() -> (Vec<Node>, Vec<Diagnostic>),
    ) -> (Vec<Node>, Vec<Diagnostic>) {
        let Some(text) = self.used.get(&id) else { return read() };
        // Another thread that needs the same documents waits for them.
        let mut known = lock(&text.documents);
        if let Some((_, documents)) = known.iter().find(|(other, _)| *other == reading) {
            return (documents.clone(), Vec::new());
        }
        let (documents, errors) = read();
        if errors.is_empty() {
            known.push((reading, documents.clone()));
        }
        (documents, errors)
    }
}

impl Texts {
    fn insert(&mut self, path: PathBuf, text: Arc<Text>, bytes: usize) {
        self.bytes += bytes;
        self.by_path.insert(path, text);
        if self.bytes > UNUSED_BYTES.max(2 * self.kept) {
            self.by_path.retain(|_, text| Arc::strong_count(text) > 1);
            self.kept = self.by_path.values().map(|text| text.source.text().len()).sum();
            self.bytes = self.kept;
        }
    }
}

/// A lock that no panic makes unusable: what it protects is valid between any two statements.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> (Vec<Node>, Vec<Diagnostic>) {
        Default::default()
    }

    #[test]
    fn equal_texts_are_read_once_in_a_run() {
        let (run, mut first, reading) = (Documents::default(), Sources::default(), Reading::all(Dialect::Manifest));
        let (mut one, mut two, mut second) = (run.beside(), run.beside(), first.beside());
        let id = one.add("a.yaml".into(), "a: 1".into(), &mut first);
        one.read(id, reading, none);
        assert_eq!(two.add("a.yaml".into(), "a: 1".into(), &mut second), id);
        two.read(id, reading, || unreachable!("it is known"));
        // The same file again: it gets a number of its own, as its values get origins of their own.
        let again = two.add("a.yaml".into(), "a: 1".into(), &mut second);
        assert!(again != id && !two.used.contains_key(&again));
        assert_ne!(two.add("a.yaml".into(), "a: 2".into(), &mut second), id);
        assert_ne!(two.add("b.yaml".into(), "a: 1".into(), &mut second), id);
    }

    #[test]
    fn texts_that_no_build_uses_are_dropped() {
        let (run, sources) = (Documents::default(), Sources::default());
        let text: Arc<str> = " ".repeat(UNUSED_BYTES / 64).into();
        let mut kept = run.beside();
        kept.add("kept".into(), Arc::clone(&text), &mut sources.beside());
        for number in 0..1000 {
            run.beside().add(number.to_string().into(), Arc::clone(&text), &mut sources.beside());
            assert!(lock(&run.run).by_path.len() <= 65);
        }
        assert!(lock(&run.run).by_path.contains_key(std::path::Path::new("kept")));
    }
}
