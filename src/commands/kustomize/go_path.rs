//! Paths without symbolic links, with the words of Go's errors.
//!
//! Behavior: Go's `filepath.EvalSymlinks`, and kustomize's `ConfirmDir`.

use std::path::{Path, PathBuf};

use crate::edit::go_error;

/// Symbolic links that Go follows before it gives up.
const LINKS: usize = 255;

/// A clean absolute path without symbolic links.
///
/// # Errors
/// A part of it does not exist, or is not a directory, in Go's words.
pub fn resolve(path: &str) -> Result<String, String> {
    let mut todo: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut resolved = PathBuf::from("/");
    let mut links = 0;
    while let Some(part) = todo.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => {
                resolved.pop();
                continue;
            }
            part => resolved.push(part),
        }
        let shown = resolved.to_string_lossy().into_owned();
        let metadata = resolved.symlink_metadata().map_err(|cause| go_error::path("lstat", &shown, &cause))?;
        if !metadata.is_symlink() {
            if !metadata.is_dir() && !todo.is_empty() {
                return Err("not a directory".to_owned());
            }
            continue;
        }
        links += 1;
        if links > LINKS {
            return Err("EvalSymlinks: too many links".to_owned());
        }
        let target = resolved.read_link().map_err(|cause| go_error::path("readlink", &shown, &cause))?;
        let target = target.to_string_lossy();
        if target.starts_with('/') {
            resolved = PathBuf::from("/");
        } else {
            resolved.pop();
        }
        todo.extend(target.split('/').rev().map(str::to_owned));
    }
    Ok(resolved.to_string_lossy().into_owned())
}

/// The directory at an absolute path, without symbolic links.
///
/// # Errors
/// It does not exist or is not a directory, in kustomize's words.
pub fn directory(path: &str) -> Result<String, String> {
    let resolved = resolve(path).map_err(|cause| format!("not a valid directory: evalsymlink failure on '{path}' : {cause}"))?;
    if Path::new(&resolved).is_dir() { Ok(resolved) } else { Err(format!("'{path}': file is not directory")) }
}
