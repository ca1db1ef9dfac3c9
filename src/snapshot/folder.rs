//! A directory of snapshots on disk: its content, and the changes that are needed to update it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::take::{HEAD, Snapshot};
use crate::diagnostic::{Diagnostic, Result};
use crate::load::{Guard, Kind, unreadable};
use crate::write::{Changes, NewFile, apply};

/// The YAML files of a directory of snapshots.
#[derive(Debug)]
pub struct Folder {
    /// The directory, as shown to the user.
    pub path: PathBuf,
    /// The files by name, with their content.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// The changes to a folder.
#[derive(Debug)]
pub struct Plan {
    path: PathBuf,
    /// Files to write.
    pub write: Vec<(String, String)>,
    /// Files to remove.
    pub remove: Vec<String>,
    /// The number of files that are up to date.
    pub unchanged: usize,
}

impl Folder {
    /// Reads a directory of a tree; if it does not exist, there are no files.
    ///
    /// # Errors
    /// It is outside the tree, or it or a file in it can't be read.
    pub fn read(path: &Path, guard: &Guard) -> Result<Folder> {
        let mut files = BTreeMap::new();
        guard.admits(path)?;
        let names = match guard.files().list(path) {
            Ok(names) => names,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Folder { path: path.to_owned(), files }),
            Err(cause) => return Err(unreadable(path, &cause).into()),
        };
        for name in names {
            let Some(name) = name.to_str().filter(|name| is_yaml(name)) else { continue };
            let file = path.join(name);
            if guard.files().kind(&file) == Some(Kind::File) {
                files.insert(name.to_owned(), guard.read(&file)?);
            }
        }
        Ok(Folder { path: path.to_owned(), files })
    }

    /// Whether it contains no snapshots.
    pub fn is_empty(&self) -> bool {
        self.files.values().all(|content| !is_snapshot(content))
    }

    /// The changes that are needed so that it contains these snapshots, which are in the order of their files.
    ///
    /// # Errors
    /// There is a file at the path of a snapshot that is not a snapshot.
    pub fn plan(&self, snapshots: &[Snapshot]) -> Result<Plan> {
        let mut plan = Plan { path: self.path.clone(), write: Vec::new(), remove: Vec::new(), unchanged: 0 };
        for snapshot in snapshots {
            match self.files.get(&snapshot.file) {
                Some(content) if content == snapshot.text.as_bytes() => plan.unchanged += 1,
                Some(content) if !is_snapshot(content) => return Err(foreign(&self.path.join(&snapshot.file), true).into()),
                _ => plan.write.push((snapshot.file.clone(), snapshot.text.clone())),
            }
        }
        let wanted = |name: &str| snapshots.binary_search_by(|snapshot| snapshot.file.as_str().cmp(name)).is_ok();
        let obsolete = self.files.iter().filter(|(name, content)| is_snapshot(content) && !wanted(name));
        plan.remove = obsolete.map(|(name, _)| name.clone()).collect();
        Ok(plan)
    }
}

impl Plan {
    /// Makes the changes, completely or not at all.
    ///
    /// # Errors
    /// The directory can't be written to.
    pub fn apply(&self) -> anyhow::Result<()> {
        let file = |(name, text): &(String, String)| NewFile { name: name.clone(), text: text.clone(), private: false };
        let write = self.write.iter().map(file).collect();
        apply(&self.path, &Changes { write, remove: self.remove.clone(), last: Vec::new() })?;
        // An overlay without objects has no snapshots and needs no directory for them.
        if !self.remove.is_empty() && self.write.is_empty() && self.unchanged == 0 {
            let _ = std::fs::remove_dir(&self.path);
        }
        Ok(())
    }
}

/// Whether a file was written as a snapshot.
pub fn is_snapshot(content: &[u8]) -> bool {
    content.starts_with(HEAD.as_bytes())
}

/// The error for a file that is not a snapshot.
pub(super) fn foreign(path: &Path, blocks_a_snapshot: bool) -> Diagnostic {
    let error = Diagnostic::error(
        "foreign-file",
        format!("`{}` is not a snapshot: its first line is not that of a snapshot", path.display()),
    );
    error.help(if blocks_a_snapshot {
        "move it elsewhere: a snapshot has to be written there"
    } else {
        "move it elsewhere, or remove it"
    })
}

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") && !name.starts_with('.')
}
