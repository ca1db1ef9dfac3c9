//! Files of objects or tests that are not part of a build: named on the command line, or by another file.
//!
//! What the command line names is the user's own: it may be anywhere, and may be a FIFO or a device. What is found in a
//! directory, and what a file names, must be a regular file of the same tree ([`Guard`]).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{Disk, Files, Kind, read_limited};
use super::guard::Guard;
use super::shown::unreadable;
use crate::diagnostic::{Diagnostic, Result};

/// A file, or a directory of files.
#[derive(Clone, Debug)]
pub struct Input {
    /// The path, as the user or the file that names it would write it.
    pub path: PathBuf,
    /// The tree that it must be in; `None` if the command line names it.
    guard: Option<Guard>,
}

impl Input {
    /// A path of the command line.
    pub fn of_user(path: impl Into<PathBuf>) -> Self {
        Input { path: path.into(), guard: None }
    }

    /// A path that was found in a tree, or that a file of the tree names.
    pub fn within(guard: &Guard, path: impl Into<PathBuf>) -> Self {
        Input { path: path.into(), guard: Some(guard.clone()) }
    }

    /// The path as shown to users.
    pub fn shown(&self) -> PathBuf {
        match &self.guard {
            Some(guard) => guard.files().show(self.path.clone()),
            None => self.path.clone(),
        }
    }

    /// The content of a file.
    ///
    /// # Errors
    /// It can't be read, or is not in its tree.
    pub fn read(&self) -> Result<Vec<u8>, Diagnostic> {
        match &self.guard {
            Some(guard) => guard.read(&self.path),
            None => File::open(&self.path).and_then(read_limited).map_err(|cause| unreadable(&self.path, &cause)),
        }
    }

    /// The file itself, or the YAML and JSON files of a directory and those below it, by name. Hidden files are skipped, links to
    /// directories are not followed.
    ///
    /// # Errors
    /// A directory can't be read, or the path is not in its tree.
    pub fn files(&self) -> Result<Vec<Input>> {
        self.named(Input::has_manifest_name)
    }

    /// The file itself, or all files of a directory and those below it, by name. Of hidden files and directories, only the YAML and
    /// JSON files in hidden directories are included; links to directories are not followed.
    ///
    /// # Errors
    /// A directory can't be read, or the path is not in its tree.
    pub fn files_of_any_name(&self) -> Result<Vec<Input>> {
        self.named(|file| {
            let inside = file.path.strip_prefix(&self.path).unwrap_or(&file.path);
            file.has_manifest_name() || !inside.iter().any(|name| name.as_encoded_bytes().starts_with(b"."))
        })
    }

    /// Whether the name is that of a YAML or JSON file that is not hidden.
    pub fn has_manifest_name(&self) -> bool {
        is_manifest(&self.path)
    }

    /// The size in bytes of a file; `None` if it can't be read.
    pub fn size(&self) -> Option<u64> {
        match &self.guard {
            Some(guard) => guard.files().size(&self.path),
            None => Disk.size(&self.path),
        }
    }

    fn named(&self, is_included: impl Fn(&Input) -> bool) -> Result<Vec<Input>> {
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let files = self.guard.as_ref().map_or(&disk, Guard::files);
        if let Some(guard) = &self.guard {
            guard.resolve(&self.path)?;
        }
        if files.kind(&self.path) != Some(Kind::Directory) {
            return Ok(vec![self.clone()]);
        }
        let guard = self.guard.clone().unwrap_or_else(|| Guard::around(&disk, &self.path));
        let found = below(files.as_ref(), &self.path)?.into_iter().map(|path| Input::within(&guard, path));
        Ok(found.filter(is_included).collect())
    }
}

/// The files of a directory and those below it, by name.
fn below(files: &dyn Files, path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut directories = vec![path.to_owned()];
    while let Some(directory) = directories.pop() {
        let names = files.list(&directory).map_err(|cause| unreadable(&files.show(directory.clone()), &cause))?;
        for path in names.into_iter().map(|name| directory.join(name)) {
            match files.kind(&path) {
                Some(Kind::Directory) if files.link(&path).is_none() => directories.push(path),
                // What is not a regular file is refused when it is read.
                Some(Kind::File) => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_manifest(path: &Path) -> bool {
    let known = path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known));
    known && !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
