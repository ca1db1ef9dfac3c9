//! A new directory with everything in it, which is complete or does not exist.
//!
//! It is filled under a temporary name next to its destination and then moved there in one step.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::scratch::{Scratch, hold, sweep};

/// A directory that is being filled.
pub struct NewTree {
    scratch: Scratch,
    destination: PathBuf,
}

impl NewTree {
    /// Begins a directory for a destination, an absolute path that does not exist in a directory that does.
    ///
    /// # Errors
    /// The directory around it can't be written to.
    pub fn begin(destination: &Path) -> io::Result<Self> {
        let outer = destination.parent().unwrap_or(destination);
        sweep(outer);
        Ok(NewTree { scratch: Scratch::tree(outer)?, destination: destination.to_owned() })
    }

    /// Where the directory will be.
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Where a path in the directory is until then; other paths are where they are.
    pub fn actual(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.destination) {
            Ok(inner) if inner == Path::new("") => self.scratch.path.clone(),
            Ok(inner) => self.scratch.path.join(inner),
            Err(_) => path.to_owned(),
        }
    }

    /// Creates a directory in it, and those around it.
    ///
    /// # Errors
    /// It can't be created.
    pub fn create_directory(&self, path: &Path) -> io::Result<()> {
        let _held = hold();
        fs::create_dir_all(self.actual(path))
    }

    /// Writes a file in it, in a directory that exists.
    ///
    /// # Errors
    /// It can't be written.
    pub fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        // Between the files, a signal finds a directory that nobody adds files to.
        let _held = hold();
        fs::write(self.actual(path), content)
    }

    /// Moves the directory to its destination.
    ///
    /// # Errors
    /// Something is there by now, or the directory around it can't be written to.
    pub fn finish(self) -> io::Result<()> {
        // An empty directory would be replaced.
        if fs::symlink_metadata(&self.destination).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.scratch.persist(&self.destination)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("a directory").flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().display().to_string()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_directory_is_complete_or_does_not_exist() {
        let outer = tempfile::tempdir().expect("a directory");
        let destination = outer.path().join("new");
        let fill = || {
            let tree = NewTree::begin(&destination).expect("a directory");
            tree.create_directory(&destination.join("a/b")).expect("a directory");
            tree.write(&destination.join("a/b/c"), b"x").expect("a file");
            assert!(tree.actual(&destination.join("a/b/c")).exists() && !destination.exists());
            tree
        };
        drop(fill());
        assert_eq!(names(outer.path()), [""; 0]);
        fill().finish().expect("moved");
        assert_eq!(fs::read(destination.join("a/b/c")).expect("a file"), b"x");
        assert_eq!(names(outer.path()), ["new"]);
        fs::rename(&destination, outer.path().join("other")).expect("moved");
        let late = fill();
        fs::create_dir(&destination).expect("a directory");
        assert!(late.finish().is_err());
        assert_eq!((names(outer.path()), names(&destination).len()), (vec!["new".to_owned(), "other".to_owned()], 0));
    }
}
