//! Paths from the working directory, and errors of the system in Go's words.

use crate::kustomize_words::cause;
use crate::kustomize_words::paths::{clean, join};

/// The working directory.
pub(super) fn working_directory() -> anyhow::Result<String> {
    Ok(std::env::current_dir()?.to_string_lossy().into_owned())
}

/// An absolute path.
pub(super) fn absolute(path: &str) -> anyhow::Result<String> {
    if path.starts_with('/') { Ok(clean(path)) } else { Ok(join(&working_directory()?, path)) }
}

/// An error of the system in Go's words.
pub(super) fn failed(operation: &str, path: &str, error: &std::io::Error) -> anyhow::Error {
    anyhow::anyhow!("{operation} {path}: {}", cause(error))
}

/// An error of writing a file in Go's words, if it is one of the system.
pub fn written(path: &str, error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<std::io::Error>() {
        Some(error) => failed("open", path, error),
        None => error,
    }
}
