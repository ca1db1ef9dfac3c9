//! The directories that led to a directory. A list shares its rest with those of all directories that led to the same one, so
//! a deep chain of directories costs one entry for each.

use std::iter::successors;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The directories that led to a directory.
#[derive(Clone, Default)]
pub struct Lineage(Option<Arc<Entry>>);

struct Entry {
    directory: PathBuf,
    rest: Lineage,
}

impl Lineage {
    /// The same directories, and then another one.
    pub fn with(&self, directory: &Path) -> Self {
        Lineage(Some(Arc::new(Entry { directory: directory.to_owned(), rest: self.clone() })))
    }

    /// The directories, nearest first.
    pub fn iter(&self) -> impl Iterator<Item = &Path> {
        successors(self.0.as_deref(), |entry| entry.rest.0.as_deref()).map(|entry| entry.directory.as_path())
    }

    /// The directories that are in another one, or the same, nearest first. Most are not, which their bytes tell.
    pub fn within<'l>(&'l self, directory: &'l Path) -> impl Iterator<Item = &'l Path> {
        let bytes = directory.as_os_str().as_encoded_bytes();
        let may_be = move |path: &&Path| path.as_os_str().as_encoded_bytes().starts_with(bytes);
        self.iter().filter(may_be).filter(move |path| path.starts_with(directory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directories_within_another_one_are_found_from_the_nearest_on() {
        let lineage = ["/a", "/a/b", "/ab", "/a/b/c"].iter().fold(Lineage::default(), |all, path| all.with(Path::new(path)));
        let within = |path: &str| lineage.within(Path::new(path)).map(|path| path.display().to_string()).collect::<Vec<_>>();
        assert_eq!(within("/a"), ["/a/b/c", "/a/b", "/a"]);
        assert_eq!(within("/a/b"), ["/a/b/c", "/a/b"]);
        assert!(within("/a/c").is_empty() && Lineage::default().iter().next().is_none());
    }
}
