//! The files of the disk, some of them with changes that are not written yet.
//!
//! A command that changes several files builds the result before it writes any of them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::edit::go_error;
use crate::load::{Disk, Files, Kind};

/// Files with changes.
#[derive(Clone, Debug, Default)]
pub struct EditedTree {
    /// The new contents, by the path as the command names it.
    changed: BTreeMap<String, String>,
    /// The same, by the absolute path without symbolic links.
    resolved: BTreeMap<PathBuf, String>,
}

impl EditedTree {
    /// The content of a file; `None` if it can't be read.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        Files::read(self, Path::new(path)).ok()
    }

    /// Whether a directory has an entry of this name.
    pub fn has(&self, directory: &str, name: &str) -> bool {
        Path::new(directory).join(name).symlink_metadata().is_ok()
    }

    /// Gives a file a new content.
    pub fn replace(&mut self, path: &str, text: String) {
        if let Ok(resolved) = std::fs::canonicalize(path) {
            self.resolved.insert(resolved, text.clone());
            self.changed.insert(path.to_owned(), text);
        }
    }

    /// Writes the changes.
    ///
    /// # Errors
    /// A file can't be written.
    pub fn write(&self) -> Result<()> {
        self.changed.iter().try_for_each(|(path, text)| go_error::write(path, text.as_bytes()))
    }
}

impl Files for EditedTree {
    fn kind(&self, path: &Path) -> Option<Kind> {
        Disk.kind(path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Disk.canonicalize(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let changed = if self.resolved.is_empty() { None } else { self.resolved.get(&Disk.canonicalize(path)?) };
        changed.map_or_else(|| Disk.read(path), |text| Ok(text.clone().into_bytes()))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        Disk.list(path)
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        Disk.link(path)
    }
}
