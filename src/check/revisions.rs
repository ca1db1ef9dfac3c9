//! Paths of files in revisions: those of silences are paths in the working tree.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Revisions of a repository. The paths of silences are those of its working tree.
#[derive(Clone, Debug, Default)]
pub struct Revisions {
    /// How paths of files in a revision start: `main:`.
    pub prefixes: Vec<String>,
    /// The root of the working tree.
    pub root: PathBuf,
}

impl Revisions {
    /// The path of a file, or the path that the file of a revision has in the working tree.
    pub fn in_tree<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        let strip = |prefix: &String| path.to_str()?.strip_prefix(prefix.as_str());
        match self.prefixes.iter().find_map(strip) {
            Some(rest) => Cow::Owned(self.root.join(rest)),
            None => Cow::Borrowed(path),
        }
    }
}
