//! The tree that a file belongs to: what the file names must be in that tree, too.
//!
//! The tree is the repository (the nearest directory above with `.git`) or, without one, the directory itself. A [`Loader`] guards
//! what kustomizations name, by kustomize's rules; a guard does so for everything else that a committed file can name: settings,
//! definitions, tests, and snapshots. What a user names on the command line needs no guard.
//!
//! [`Loader`]: super::Loader

use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::files::Files;
use super::shown::unreadable;
use crate::diagnostic::Diagnostic;

/// A tree of files.
#[derive(Clone)]
pub struct Guard {
    files: Arc<dyn Files>,
    /// Its root, absolute and without symbolic links.
    root: PathBuf,
    /// The root in messages.
    name: String,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Guard {
    /// The tree that contains a directory.
    pub fn around(files: &Arc<dyn Files>, directory: &Path) -> Self {
        let directory = if directory == Path::new("") { Path::new(".") } else { directory };
        let shown = files.show(directory.to_owned());
        // Nothing is inside a directory that can't be opened.
        let real = files.canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
        let (root, name) = match real.ancestors().find(|above| files.is_repository(above)) {
            Some(root) => (root.to_owned(), "the repository".to_owned()),
            None => (real, format!("`{}`", shown.display())),
        };
        Guard { files: Arc::clone(files), root, name }
    }

    /// The tree that contains a directory, which is its own tree if it does not exist yet.
    pub fn around_new(files: &Arc<dyn Files>, directory: &Path) -> Self {
        let exists = directory.ancestors().map(|above| if above == Path::new("") { Path::new(".") } else { above });
        let above = { exists }.find(|above| files.kind(above).is_some()).unwrap_or(directory);
        Guard::around(files, above)
    }

    /// The tree of a directory alone, whatever it is part of.
    pub fn at(files: &Arc<dyn Files>, directory: &Path) -> Self {
        let root = files.canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
        Guard { files: Arc::clone(files), root, name: format!("`{}`", files.show(directory.to_owned()).display()) }
    }

    /// The root of the tree, absolute and without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files of the tree.
    pub fn files(&self) -> &Arc<dyn Files> {
        &self.files
    }

    /// The content of a regular file of the tree.
    ///
    /// # Errors
    /// It is outside the tree, is not a regular file, is too large, or can't be read.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, Diagnostic> {
        let real = self.resolve(path)?;
        self.files.read(&real).map_err(|cause| unreadable(&self.files.show(path.to_owned()), &cause))
    }

    /// The path without symbolic links of something in the tree.
    ///
    /// # Errors
    /// It is outside the tree, or does not exist.
    pub fn resolve(&self, path: &Path) -> Result<PathBuf, Diagnostic> {
        match self.files.canonicalize(path) {
            Ok(real) if real.starts_with(&self.root) => Ok(real),
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(unreadable(&self.files.show(path.to_owned()), &cause)),
            // Whether something outside exists is not shown either.
            Err(cause) if self.admits(path).is_ok() => Err(unreadable(&self.files.show(path.to_owned()), &cause)),
            _ => Err(self.outside(path)),
        }
    }

    /// Checks a path that may not exist yet: everything above it that exists is in the tree.
    ///
    /// # Errors
    /// It is outside the tree, or a link leads to nothing.
    pub fn admits(&self, path: &Path) -> Result<(), Diagnostic> {
        for above in path.ancestors() {
            let here = if above == Path::new("") { Path::new(".") } else { above };
            if let Ok(real) = self.files.canonicalize(here) {
                let rest = path.strip_prefix(above).unwrap_or(Path::new(""));
                let down = rest.components().all(|component| matches!(component, Component::Normal(_) | Component::CurDir));
                return if down && real.starts_with(&self.root) { Ok(()) } else { Err(self.outside(path)) };
            }
            if self.files.link(here).is_some() {
                return Err(self.outside(path));
            }
        }
        Err(self.outside(path))
    }

    fn outside(&self, path: &Path) -> Diagnostic {
        let shown = self.files.show(path.to_owned());
        let message = format!("`{}` is outside {}", shown.display(), self.name);
        let message = if self.files.link(path).is_some() { message + ": it is a symbolic link" } else { message };
        Diagnostic::error("outside-root", message)
            .help("paths and symbolic links in a repository must not lead out of it; name other files on the command line")
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::load::Disk;

    #[test]
    fn what_leaves_the_tree_is_refused() {
        let outer = tempfile::tempdir().expect("a directory");
        let root = outer.path().join("tree");
        std::fs::create_dir_all(root.join("a/b")).expect("directories");
        std::fs::write(root.join("in.yaml"), "in").expect("a file");
        std::fs::write(outer.path().join("out.yaml"), "out").expect("a file");
        symlink(outer.path(), root.join("up")).expect("a link");
        symlink("../in.yaml", root.join("a/link")).expect("a link");
        symlink("../../nothing", root.join("a/broken")).expect("a link");
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let guard = Guard::around(&disk, &root);
        let code = |path: &str| guard.read(&root.join(path)).map_err(|error| error.code);
        assert_eq!(code("a/link"), Ok(b"in".to_vec()));
        assert_eq!(code("none.yaml"), Err("not-found"));
        for path in ["../out.yaml", "up/out.yaml", "../none.yaml", "up/none", "a/broken", "/proc/self/environ"] {
            assert_eq!(code(path), Err("outside-root"), "{path}");
        }
        let admits = |path: &str| guard.admits(&root.join(path)).is_ok();
        assert!(["new", "a/b/new/er", "a/b", "a/../new"].into_iter().all(admits));
        assert!(!["../new", "up/new", "a/broken", "a/broken/new", "new/../../x", "/tmp/new"].into_iter().any(admits));
        std::fs::create_dir(outer.path().join(".git")).expect("a directory");
        assert!(Guard::around(&disk, &root).read(&root.join("../out.yaml")).is_ok());
    }
}
