//! The directory that is created: it is complete, or it does not exist.
//!
//! Behavior: kustomize's `createNewDir`, which creates the directory first and removes it after a failure.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::go_path::{self, Ground};
use super::words::{Failure, Result, path_error, quoted_path};
use crate::write::NewTree;

/// The directory, while it is being filled.
pub struct Destination(NewTree);

impl Ground for Destination {
    fn actual(&self, path: &Path) -> PathBuf {
        self.0.actual(path)
    }
}

/// The ground before there is a destination.
pub struct Plain;

impl Ground for Plain {
    fn actual(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }
}

impl Destination {
    /// Begins a directory at a path where nothing is, in a directory that exists.
    ///
    /// # Errors
    /// It can't be created there.
    pub fn begin(path: &Path) -> Result<Self> {
        if path.exists() {
            return Err(Failure(format!("localize destination {} already exists", quoted_path(path))));
        }
        let failed = |cause| path_error("mkdir", path, &cause).within("unable to create localize destination directory");
        match fs::symlink_metadata(path) {
            Ok(_) => return Err(failed(ErrorKind::AlreadyExists.into())),
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(failed(cause)),
            Err(_) => {}
        }
        let outer = path.parent().filter(|outer| !outer.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let outer = fs::canonicalize(outer).map_err(failed)?;
        let name = path.file_name().ok_or_else(|| failed(ErrorKind::NotFound.into()))?;
        NewTree::begin(&outer.join(name)).map(Destination).map_err(failed)
    }

    /// Where the directory will be: absolute, and without symbolic links.
    pub fn path(&self) -> &Path {
        self.0.destination()
    }

    /// Creates a directory in it, and those around it.
    ///
    /// # Errors
    /// It can't be created.
    pub fn create_directory(&self, path: &Path) -> Result<()> {
        self.inside(path)?;
        let failed = |cause| path_error("mkdir", &self.faulty(path), &cause);
        self.0.create_directory(path).map_err(failed)
    }

    /// Writes a file in it.
    ///
    /// # Errors
    /// It can't be written.
    pub fn write(&self, path: &Path, content: &[u8]) -> Result<()> {
        self.inside(path)?;
        self.0.write(path, content).map_err(|cause| path_error("open", path, &cause))
    }

    /// Whether something is at a path.
    pub fn exists(&self, path: &Path) -> bool {
        self.0.actual(path).exists()
    }

    /// Moves the complete directory to its place.
    ///
    /// # Errors
    /// Something else is there by now, or it can't be moved.
    pub fn finish(self) -> Result<()> {
        let path = self.path().to_owned();
        self.0.finish().map_err(|cause| path_error("rename", &path, &cause))
    }

    /// Nothing is written outside, whatever computed the path.
    fn inside(&self, path: &Path) -> Result<()> {
        if go_path::clean(path) == path && path.starts_with(self.path()) {
            return Ok(());
        }
        Err(Failure(format!("{} is outside localize destination {}", quoted_path(path), quoted_path(self.path()))))
    }

    /// The outermost directory of a path that can't be created.
    fn faulty(&self, path: &Path) -> PathBuf {
        let mut above: Vec<&Path> = path.ancestors().take_while(|above| above.starts_with(self.path())).collect();
        above.reverse();
        above.into_iter().find(|above| !self.0.actual(above).is_dir()).unwrap_or(path).to_owned()
    }
}
