//! A tree of files in memory, and its form as one text: `-- path --` begins each file, as in Go's txtar.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use render::load::{Files, Kind, tidy};

/// The directory of all trees.
pub const ROOT: &str = "/tree";

/// Files by absolute path.
#[derive(Clone, Debug, Default)]
pub struct Memory(BTreeMap<PathBuf, Vec<u8>>);

impl Memory {
    /// Adds a file; a path that leaves the tree is kept, since a kustomization may try to read it.
    pub fn add(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.0.insert(tidy(&Path::new(ROOT).join(path)), content.into());
    }

    /// The files of a text.
    pub fn of(text: &[u8]) -> Self {
        let mut tree = Memory::default();
        parts(text).into_iter().for_each(|(path, content)| tree.add(path, content));
        tree
    }
}

/// The parts of a text: the names and contents of its files. The text before the first one is not part of any.
pub fn parts(text: &[u8]) -> Vec<(&str, Vec<u8>)> {
    let mut parts: Vec<(&str, Vec<u8>)> = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let name = std::str::from_utf8(line).ok().and_then(|line| line.trim_end().strip_prefix("-- ")?.strip_suffix(" --"));
        match (name, parts.last_mut()) {
            (Some(name), _) => parts.push((name, Vec::new())),
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    parts
}

impl Files for Memory {
    fn kind(&self, path: &Path) -> Option<Kind> {
        let path = tidy(path);
        if self.0.contains_key(&path) {
            return Some(Kind::File);
        }
        self.0.keys().any(|file| file.starts_with(&path)).then_some(Kind::Directory)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.kind(path).map(|_| tidy(path)).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(&tidy(path)).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let below = self.0.keys().filter_map(|file| file.strip_prefix(path).ok()?.iter().next().map(PathBuf::from));
        let names: BTreeSet<PathBuf> = below.collect();
        Ok(names.into_iter().collect())
    }

    fn on_disk(&self) -> bool {
        false
    }
}
