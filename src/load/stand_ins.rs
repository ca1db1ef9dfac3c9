//! A tree of files in which other files take the place of files that git does not have.
//!
//! A secret file that git ignores is in no revision, so a build of a revision can't read it. The settings can name a file that is read
//! instead, such as the example next to it. The file then behaves like a symbolic link to its stand-in, which is always in the same
//! directory. In a working tree, too, a file that git ignores is replaced, so that both sides of a comparison have the same content.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{Files, Kind};

/// Which file is read in the place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// The directory that it applies to, with those below it, relative to the root of the tree.
    below: PathBuf,
    /// The directory of the missing files relative to it, in which `*` is any one directory; empty for any place.
    directory: PathBuf,
    /// The name before and after `*`; without `*`, the whole name and `None`.
    name: (String, Option<String>),
    /// The name of the other file, in which `*` is what `*` matched.
    other: String,
}

impl StandIn {
    /// `"*.env": "*.env.example"`: a path or name of missing files, and the name of the file in the same directory to read instead.
    ///
    /// # Errors
    /// One of them has another form. The text says what was expected.
    pub fn parse(missing: &str, other: &str) -> Result<Self, String> {
        let (directory, name) = missing.rsplit_once('/').unwrap_or(("", missing));
        if name.is_empty() || name.matches('*').count() > 1 || missing.starts_with('/') {
            return Err(format!(
                "`{missing}` is not the name of a file with at most one `*`, or a relative path that ends with one"
            ));
        }
        if other.is_empty() || other.contains(['/', '\\']) || matches!(other, "." | "..") {
            return Err(format!("`{other}` is not the name of a file in the same directory"));
        }
        if other.matches('*').count() > usize::from(name.contains('*')) {
            return Err(format!("`{other}` has more `*` than `{name}`"));
        }
        let name = match name.split_once('*') {
            Some((start, end)) => (start.to_owned(), Some(end.to_owned())),
            None => (name.to_owned(), None),
        };
        Ok(StandIn { below: PathBuf::new(), directory: directory.into(), name, other: other.to_owned() })
    }

    /// The same for the files of a directory and those below it, relative to the root of the tree.
    pub fn below(self, directory: &Path) -> Self {
        StandIn { below: directory.to_owned(), ..self }
    }

    /// The name of the file that is read in the place of one with this name.
    fn other(&self, name: &str) -> Option<String> {
        let (start, end) = &self.name;
        match end {
            None => (name == start).then(|| self.other.clone()),
            Some(end) => Some(self.other.replacen('*', name.strip_prefix(start.as_str())?.strip_suffix(end.as_str())?, 1)),
        }
    }

    /// Whether it applies to files of a directory, which is relative to the root.
    fn is_for(&self, directory: &Path) -> bool {
        let Ok(inside) = directory.strip_prefix(&self.below) else { return false };
        let is_alike = |(pattern, name)| pattern == OsStr::new("*") || pattern == name;
        let is_same_depth = inside.iter().count() == self.directory.iter().count();
        self.directory == Path::new("") || is_same_depth && self.directory.iter().zip(inside).all(is_alike)
    }
}

/// The tree.
pub struct StandIns {
    files: Arc<dyn Files>,
    /// Its root, absolute and without symbolic links.
    root: PathBuf,
    rules: Vec<StandIn>,
    /// For a working tree, the files that git does not ignore, relative to the root.
    known: Option<BTreeSet<PathBuf>>,
}

impl StandIns {
    /// A tree with the files of another one. For a working tree, `known` are the files that git does not ignore.
    pub fn new(files: Arc<dyn Files>, root: PathBuf, rules: Vec<StandIn>, known: Option<BTreeSet<PathBuf>>) -> Self {
        StandIns { files, root, rules, known }
    }

    /// The file that is read in the place of a file.
    pub fn of(&self, path: &Path) -> Option<PathBuf> {
        let name = path.file_name()?.to_str()?;
        let others: Vec<(&StandIn, String)> = self.rules.iter().filter_map(|rule| Some((rule, rule.other(name)?))).collect();
        if others.is_empty() {
            return None;
        }
        let parent = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
        let directory = self.files.canonicalize(parent).ok()?;
        let directory = directory.strip_prefix(&self.root).ok()?;
        let is_known = self.known.as_ref().is_none_or(|known| known.contains(&directory.join(name)));
        if is_known && (self.files.kind(path).is_some() || self.files.link(path).is_some()) {
            return None;
        }
        let there = others.into_iter().filter(|(rule, _)| rule.is_for(directory)).map(|(_, other)| path.with_file_name(other));
        { there }.find(|other| self.files.kind(other) == Some(Kind::File))
    }

    fn real<'p>(&self, path: &'p Path) -> std::borrow::Cow<'p, Path> {
        self.of(path).map_or(path.into(), Into::into)
    }
}

impl Files for StandIns {
    fn kind(&self, path: &Path) -> Option<Kind> {
        self.files.kind(&self.real(path))
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.files.canonicalize(&self.real(path))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.read(&self.real(path))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        self.files.list(path)
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        match self.of(path) {
            Some(other) => other.file_name().map(PathBuf::from),
            None => self.files.link(path),
        }
    }

    fn size(&self, path: &Path) -> Option<u64> {
        self.files.size(&self.real(path))
    }

    fn is_repository(&self, directory: &Path) -> bool {
        self.files.is_repository(directory)
    }

    fn on_disk(&self) -> bool {
        self.files.on_disk()
    }

    fn show(&self, path: PathBuf) -> PathBuf {
        self.files.show(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_derived_from_the_missing_file() {
        let other = |missing, other, name: &str| StandIn::parse(missing, other).expect("a rule").other(name);
        assert_eq!(other("*.env", "*.env.example", "db.env").as_deref(), Some("db.env.example"));
        assert_eq!(other("*.env", "*.env.example", ".env").as_deref(), Some(".env.example"));
        assert_eq!(other("*.env", "example", "db.env").as_deref(), Some("example"));
        assert_eq!(other("a/.env", ".env.dist", ".env").as_deref(), Some(".env.dist"));
        assert_eq!(other("*.env", "*.env.example", "db.env.example"), None);
    }

    #[test]
    fn other_directories_can_not_be_named() {
        for (missing, other) in
            [("*.env", "../x"), ("*.env", "/etc/passwd"), ("*.env", ".."), ("*.env", ""), ("", "x"), ("a/", "x"), ("/a", "x")]
        {
            assert!(StandIn::parse(missing, other).is_err(), "{missing} {other}");
        }
        assert!(StandIn::parse("a.env", "*.example").is_err() && StandIn::parse("*.*", "x").is_err());
    }

    #[test]
    fn a_rule_applies_to_a_directory_and_below() {
        let rule = |missing: &str, below: &str| StandIn::parse(missing, "x").expect("a rule").below(Path::new(below));
        assert!(rule("*.env", "").is_for(Path::new("a/b")) && rule("*.env", "a").is_for(Path::new("a/b")));
        assert!(!rule("*.env", "b").is_for(Path::new("a/b")));
        assert!(rule("a/*/.env", "").is_for(Path::new("a/b")) && !rule("a/*/.env", "").is_for(Path::new("b/b")));
    }
}
