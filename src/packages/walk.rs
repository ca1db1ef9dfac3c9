//! Visits the files of a directory in order. Behavior: Go's `filepath.Walk`.

use std::fs::Metadata;

use super::go_path::failed;
use crate::kustomize_words::paths::join;

/// What to do after a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Goes on, into the directory.
    Continue,
    /// Does not visit the content of the directory.
    SkipDirectory,
}

/// Visits a path and, if it is a directory, all below it by name. Links are not followed.
///
/// # Errors
/// That of a visit, or of the system.
pub(super) fn walk(path: &str, visit: &mut impl FnMut(&str, &Metadata) -> anyhow::Result<Next>) -> anyhow::Result<()> {
    let metadata = std::fs::symlink_metadata(path).map_err(|error| failed("lstat", path, &error))?;
    walk_from(path, &metadata, visit)
}

fn walk_from(
    path: &str,
    metadata: &Metadata,
    visit: &mut impl FnMut(&str, &Metadata) -> anyhow::Result<Next>,
) -> anyhow::Result<()> {
    let next = visit(path, metadata)?;
    if !metadata.is_dir() || next == Next::SkipDirectory {
        return Ok(());
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| failed("open", path, &error))? {
        names.push(entry.map_err(|error| failed("readdirent", path, &error))?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    for name in names {
        let path = join(path, &name);
        let metadata = std::fs::symlink_metadata(&path).map_err(|error| failed("lstat", &path, &error))?;
        walk_from(&path, &metadata, visit)?;
    }
    Ok(())
}
