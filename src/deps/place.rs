//! Paths as the user would write them in the working directory, even if symbolic links were followed.

use std::path::{Component, Path, PathBuf};

use crate::load::{Files, Links};

/// The path of a file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The symbolic links that lead to it.
    pub links: Vec<PathBuf>,
    /// The path itself.
    pub path: PathBuf,
}

/// The working directory, from which places are seen.
pub struct Here<'f> {
    files: &'f dyn Files,
    directory: Option<PathBuf>,
    links: Links,
}

impl<'f> Here<'f> {
    /// The working directory of a tree of files.
    pub fn of(files: &'f dyn Files) -> Self {
        Here { files, directory: files.canonicalize(Path::new(".")).ok(), links: Links::default() }
    }

    /// Resolves a path that was shown to the user as `shown`. The shown form is kept if it leads to the same path without
    /// links.
    pub fn place(&self, path: &Path, shown: &Path) -> Place {
        let as_shown = || Place { links: Vec::new(), path: shown.to_owned() };
        let Some(here) = &self.directory else { return as_shown() };
        let trail_of = |path: &Path| self.links.trail(path, self.files).ok();
        let Some(trail) = trail_of(&here.join(path)) else { return as_shown() };
        // A path that was given as an absolute one stays absolute, even if there are links above it.
        let links_in_shown = || trail_of(&here.join(shown)).is_none_or(|trail| !trail.links.is_empty());
        let same = self.files.canonicalize(shown).is_ok_and(|real| real == trail.real);
        if trail.links.is_empty() && same && (shown.is_absolute() || !links_in_shown()) {
            return as_shown();
        }
        let links = trail.links.iter().map(|link| relative(here, link)).collect();
        Place { links, path: relative(here, &trail.real) }
    }
}

/// A path relative to a directory; both are absolute and without links.
pub fn relative(directory: &Path, path: &Path) -> PathBuf {
    let same = directory.components().zip(path.components()).take_while(|(one, other)| one == other).count();
    let up = directory.components().skip(same).map(|_| Component::ParentDir);
    let down = path.components().skip(same);
    let result: PathBuf = up.chain(down).collect();
    if result.as_os_str().is_empty() { PathBuf::from(".") } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_working_directory() {
        let from = |directory: &str, path: &str| relative(Path::new(directory), Path::new(path)).display().to_string();
        assert_eq!(from("/a/b", "/a/b/c/d"), "c/d");
        assert_eq!(from("/a/b", "/a/c"), "../c");
        assert_eq!(from("/a/b", "/a"), "..");
        assert_eq!(from("/a/b", "/a/b"), ".");
        assert_eq!(from("/", "/a"), "a");
    }
}
