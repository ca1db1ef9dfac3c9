//! The file system as the loader sees it: a few operations, so that trees in memory or in a git repository can be used too.

use std::io;
use std::path::{Path, PathBuf};

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file, or anything else that can be read.
    File,
    /// A directory.
    Directory,
}

/// A tree of files.
pub trait Files {
    /// What a path names; `None` if it does not exist.
    fn kind(&self, path: &Path) -> Option<Kind>;

    /// The absolute path without symbolic links.
    ///
    /// # Errors
    /// It does not exist, or can't be accessed.
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf>;

    /// The whole content of a file.
    ///
    /// # Errors
    /// It does not exist, or can't be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The names in a directory, sorted.
    ///
    /// # Errors
    /// It does not exist, or can't be read.
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>>;

    /// The target of a symbolic link as written; `None` if the path is not a link, as always in a tree without links.
    fn link(&self, _path: &Path) -> Option<PathBuf> {
        None
    }

    /// Whether a directory is the root of a repository.
    fn is_repository(&self, directory: &Path) -> bool {
        self.kind(&directory.join(".git")).is_some()
    }

    /// Whether other programs find the files at the same paths.
    fn on_disk(&self) -> bool {
        true
    }

    /// A path as it is shown to users.
    fn show(&self, path: PathBuf) -> PathBuf {
        path
    }
}

/// The file system of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn kind(&self, path: &Path) -> Option<Kind> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(if metadata.is_dir() { Kind::Directory } else { Kind::File })
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let mut names = std::fs::read_dir(path)?.map(|entry| Ok(entry?.file_name().into())).collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        std::fs::read_link(path).ok()
    }
}
