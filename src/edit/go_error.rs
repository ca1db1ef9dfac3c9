//! Errors of the file system in Go's words.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use anyhow::anyhow;

use crate::kustomize_words::cause;
use crate::write;

/// An error of an operation on a path: `open x: no such file or directory`.
///
/// Behavior: `fs.PathError`.
pub fn path(operation: &str, path: impl AsRef<Path>, error: &io::Error) -> String {
    format!("{operation} {}: {}", path.as_ref().display(), cause(error))
}

/// The content of a file.
///
/// # Errors
/// As `os.ReadFile`.
pub fn read(file: impl AsRef<Path>) -> anyhow::Result<Vec<u8>> {
    let file = file.as_ref();
    if file.is_dir() {
        return Err(anyhow!("read {}: is a directory", file.display()));
    }
    std::fs::read(file).map_err(|error| anyhow!(path("open", file, &error)))
}

/// Writes a file: completely or not at all, through links, and with the mode that it has.
///
/// # Errors
/// As `os.WriteFile`.
pub fn write(file: impl AsRef<Path>, content: &[u8]) -> anyhow::Result<()> {
    let file = file.as_ref();
    // A file that can't be written in place is not replaced either.
    match OpenOptions::new().write(true).open(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(anyhow!(path("open", file, &error))),
        _ => {}
    }
    let text = std::str::from_utf8(content)?;
    write::file(file, text, false).map(|_| ()).map_err(|error| match error.downcast_ref::<io::Error>() {
        Some(error) => anyhow!(path("open", file, error)),
        None => error,
    })
}
