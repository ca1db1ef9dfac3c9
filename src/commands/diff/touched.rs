//! The files of an overlay's builds that differ between two revisions, for annotations next to the lines that a change touches.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::side::Loaded;
use crate::affected::Side;
use crate::commands::affected::Comparison;
use crate::diff::TouchedFile;
use crate::kustomization::FILE_NAMES;

/// The files that the builds of both sides read and that differ.
pub fn touched(comparison: &Comparison<'_>, sides: &[Loaded]) -> Vec<TouchedFile> {
    let mut paths: BTreeSet<PathBuf> = BTreeSet::new();
    for (side, loaded) in [&comparison.old, &comparison.new].into_iter().zip(sides) {
        let read = loaded.reads().into_iter().filter(|read| !read.what.is_remote());
        paths.extend(read.filter_map(|read| side.real(&read.path)).filter(|path| comparison.changes.contains(path)));
    }
    paths.iter().filter_map(|path| file(comparison, path)).collect()
}

/// A file by its path relative to the root of the repository; `None` if it is not text.
fn file(comparison: &Comparison<'_>, path: &Path) -> Option<TouchedFile> {
    let text = |side: &Side| match side.files.read(&side.path(path)) {
        Ok(content) => String::from_utf8(content).ok(),
        Err(_) => Some(String::new()),
    };
    let name = |side: &Side| match side.files.on_disk() {
        true => side.path(path).display().to_string(),
        false => path.display().to_string(),
    };
    let (old, new) = (&comparison.old, &comparison.new);
    let is_kustomization = path.file_name().is_some_and(|name| FILE_NAMES.iter().any(|known| name == *known));
    Some(TouchedFile::new([name(old), name(new)], is_kustomization, &text(old)?, &text(new)?))
}
