//! Plain manifests: the files of a path that a user specifies for validation, regardless of any root.

use std::path::{Path, PathBuf};

use super::reason;
use crate::diagnostic::{Diagnostic, Result};

/// The file itself, or the YAML and JSON files of a directory and those below it, by name. Hidden files are skipped, links to
/// directories are not followed.
///
/// # Errors
/// A directory can't be read.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut directories = vec![path.to_owned()];
    while let Some(directory) = directories.pop() {
        let entries = std::fs::read_dir(&directory).map_err(|cause| unreadable(&directory, &cause))?;
        for entry in entries.flatten() {
            let path = entry.path();
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            if path.is_dir() && !is_link {
                directories.push(path);
            } else if is_manifest(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The content of a file.
///
/// # Errors
/// It can't be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    std::fs::read(path).map_err(|cause| unreadable(path, &cause))
}

fn unreadable(path: &Path, cause: &std::io::Error) -> Diagnostic {
    Diagnostic::error("not-found", format!("can't read `{}`: {}", path.display(), reason(cause))).io()
}

fn is_manifest(path: &Path) -> bool {
    let known = path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known));
    let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    known && !is_hidden && path.is_file()
}
