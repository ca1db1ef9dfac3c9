//! What Go and kustomize say about a path that leads nowhere. It is only asked for after a build has failed.
//!
//! Behavior: Go's `filepath.EvalSymlinks` and `filepath.Abs`, and kustomize's `ConfirmDir`.

use std::path::{Component, Path, PathBuf};

use super::files::{Files, Kind};
use super::shown::tidy;
use crate::kustomize_words::cause;

/// The number of symbolic links that are followed.
const LINKS: usize = 40;

/// Why kustomize can't build at a path, which is `whole` as an absolute path. Behavior: `ConfirmDir`.
pub fn no_directory(files: &dyn Files, path: &Path, whole: &Path) -> Option<String> {
    let shown = path.display();
    if path.as_os_str().is_empty() {
        return Some("must build at directory: directory path cannot be empty".to_owned());
    }
    if let Some(failure) = unresolved(files, whole) {
        return Some(format!("must build at directory: not a valid directory: evalsymlink failure on '{shown}' : {failure}"));
    }
    let is_directory = files.kind(whole) == Some(Kind::Directory);
    (!is_directory).then(|| format!("must build at directory: '{shown}': file is not directory"))
}

/// A path from the working directory. Behavior: Go's `filepath.Abs`.
pub fn absolute(path: &Path) -> PathBuf {
    let named = std::env::var_os("PWD").map(PathBuf::from).filter(|named| named.is_absolute());
    let is_here = |named: &PathBuf| matches!((named.canonicalize(), Path::new(".").canonicalize()), (Ok(a), Ok(b)) if a == b);
    let here = named.filter(is_here).or_else(|| std::env::current_dir().ok()).unwrap_or_default();
    tidy(&here.join(path))
}

/// A tidy absolute path without the `..` that would lead above the root. Behavior: Go's `filepath.Clean`.
pub fn below_root(path: PathBuf) -> PathBuf {
    if !path.has_root() {
        return path;
    }
    path.components().filter(|component| *component != Component::ParentDir).collect()
}

/// Why an absolute path leads nowhere; `None` if it leads to something.
pub fn unresolved(files: &dyn Files, path: &Path) -> Option<String> {
    follow(files, path, LINKS)
}

/// Why an absolute path leads nowhere: the first part that does not exist. Behavior: Go's `filepath.EvalSymlinks`.
fn follow(files: &dyn Files, path: &Path, links: usize) -> Option<String> {
    files.canonicalize(path).err()?;
    let mut known = PathBuf::new();
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        let next = known.join(part);
        match files.canonicalize(&next) {
            Ok(real) if parts.peek().is_some() && files.kind(&real) != Some(Kind::Directory) => {
                return Some("not a directory".into());
            }
            Ok(real) => known = real,
            Err(failure) => {
                return match files.link(&next).filter(|_| links > 0) {
                    Some(target) => follow(files, &tidy(&known.join(target)), links - 1),
                    None => Some(format!("lstat {}: {}", next.display(), cause(&failure))),
                };
            }
        }
    }
    None
}
