//! The cache of fetched data: trees of repositories by commit, files by the hash of their content.
//!
//! ```text
//! git/REPOSITORY/COMMIT[-submodules]/   a tree as checked out
//! git/REPOSITORY/refs/REVISION          the commit that a revision pointed to
//! http/URL                              the validators that a server sent for a file, and the hash of its content
//! blobs/HASH                            the content
//! locks/, scratch/
//! ```
//! `REPOSITORY`, `REVISION`, and `URL` are hashes of those. Everything is completed elsewhere and then renamed, so that
//! several programs can share a cache. Entries that have not been used for a month are removed when new ones are added.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempDir};

use super::credentials::mask;
use super::http::Validators;
use super::repo_url::RepoUrl;
use super::waiting;

const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A directory of fetched data.
pub struct Cache {
    root: PathBuf,
    /// A directory that is removed when the program ends, if there is no permanent one.
    _temporary: Option<TempDir>,
}

impl Cache {
    /// The cache that the environment names: `RENDER_CACHE_DIR`, or else `render` in the user's cache directory.
    ///
    /// # Errors
    /// Neither that nor a temporary directory can be created.
    pub fn open() -> io::Result<Self> {
        if let Some(named) = variable("RENDER_CACHE_DIR") {
            return Cache::at(std::path::absolute(named)?);
        }
        if let Some(Ok(cache)) = users_caches().map(|caches| Cache::at(caches.join("render"))) {
            return Ok(cache);
        }
        let temporary = tempfile::Builder::new().prefix("render-cache-").tempdir()?;
        Ok(Cache { _temporary: Some(temporary), root: PathBuf::new() }).and_then(Cache::in_temporary)
    }

    /// The cache in a directory, which is created if it does not exist.
    ///
    /// # Errors
    /// The directory can't be created or written.
    pub fn at(root: PathBuf) -> io::Result<Self> {
        make_private(&root)?;
        for part in ["git", "http", "blobs", "locks", "scratch"] {
            fs::create_dir_all(root.join(part))?;
        }
        Ok(Cache { root, _temporary: None })
    }

    fn in_temporary(self) -> io::Result<Self> {
        let root = self._temporary.as_ref().map(|directory| directory.path().to_owned()).unwrap_or_default();
        Ok(Cache { _temporary: self._temporary, ..Cache::at(root)? })
    }

    /// The tree of a commit, if it is cached.
    pub fn tree(&self, url: &RepoUrl, commit: &str) -> Option<PathBuf> {
        let tree = self.tree_path(url, commit);
        touch(&tree);
        tree.is_dir().then_some(tree)
    }

    /// Moves a complete tree to its place.
    ///
    /// # Errors
    /// It can't be moved.
    pub fn store_tree(&self, url: &RepoUrl, commit: &str, complete: &Path) -> io::Result<PathBuf> {
        let tree = self.tree_path(url, commit);
        fs::create_dir_all(self.repository(url))?;
        if let Err(cause) = fs::rename(complete, &tree)
            && !tree.is_dir()
        {
            return Err(cause);
        }
        remove_older(&self.repository(url), UNUSED, |name| name != "refs");
        Ok(tree)
    }

    /// Whether any tree of the repository is cached.
    pub fn knows(&self, url: &RepoUrl) -> bool {
        self.repository(url).is_dir()
    }

    /// The commit that a revision last pointed to.
    pub fn recall(&self, url: &RepoUrl) -> Option<String> {
        let commit = fs::read_to_string(self.reference(url)).ok()?;
        let commit = commit.trim();
        (!commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| commit.to_owned())
    }

    /// Records the commit that a revision points to.
    ///
    /// # Errors
    /// It can't be written.
    pub fn remember(&self, url: &RepoUrl, commit: &str) -> io::Result<()> {
        if self.recall(url).as_deref() == Some(commit) {
            return Ok(());
        }
        self.write(&self.reference(url), commit.as_bytes())
    }

    /// The cached file of a URL and its validators.
    pub fn page(&self, url: &str) -> Option<(Vec<u8>, Validators)> {
        let about = fs::read_to_string(self.about(url)).ok()?;
        let mut lines = about.lines();
        let hash = lines.next()?;
        let blob = self.root.join("blobs").join(hash);
        let content = fs::read(&blob).ok()?;
        touch(&blob);
        let mut line = || lines.next().filter(|line| !line.is_empty()).map(str::to_owned);
        let validators = Validators { etag: line(), last_modified: line() };
        // A file that is corrupted on disk is fetched again.
        (hex(&content) == hash).then_some((content, validators))
    }

    /// Stores the file of a URL.
    ///
    /// # Errors
    /// It can't be written.
    pub fn store_page(&self, url: &str, content: &[u8], validators: &Validators) -> io::Result<()> {
        let hash = hex(content);
        let blob = self.root.join("blobs").join(&hash);
        if !fs::read(&blob).is_ok_and(|found| found == content) {
            remove_older(&self.root.join("blobs"), UNUSED, |_| true);
            self.write(&blob, content)?;
        }
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let about = format!("{hash}\n{}\n{}\n", text(&validators.etag), text(&validators.last_modified));
        self.write(&self.about(url), about.as_bytes())
    }

    /// Prevents other programs from fetching the same tree until the file is dropped.
    ///
    /// # Errors
    /// The lock can't be created, or another program holds it for too long.
    pub fn lock(&self, url: &RepoUrl) -> io::Result<File> {
        let name = hex(format!("{}\n{:?}\n{}", url.clone_url, url.reference, url.submodules).as_bytes());
        let file = File::options().create(true).write(true).truncate(false).open(self.root.join("locks").join(name))?;
        match waiting::lock(&file, &format!("fetches {}", mask(&url.raw))) {
            Err(cause) if cause.kind() == io::ErrorKind::TimedOut => Err(cause),
            // Not every file system supports locks; without one, two programs may do the same work.
            _ => Ok(file),
        }
    }

    /// A directory to create a tree in, on the file system of the cache.
    ///
    /// # Errors
    /// It can't be created.
    pub fn scratch(&self) -> io::Result<TempDir> {
        let scratch = self.root.join("scratch");
        remove_older(&scratch, ABANDONED, |_| true);
        tempfile::Builder::new().prefix("fetch-").tempdir_in(scratch)
    }

    fn repository(&self, url: &RepoUrl) -> PathBuf {
        self.root.join("git").join(hex(url.clone_url.as_bytes()))
    }

    fn tree_path(&self, url: &RepoUrl, commit: &str) -> PathBuf {
        let kind = if url.submodules { "-submodules" } else { "" };
        self.repository(url).join(format!("{commit}{kind}"))
    }

    fn reference(&self, url: &RepoUrl) -> PathBuf {
        self.repository(url).join("refs").join(hex(url.reference.as_deref().unwrap_or("HEAD").as_bytes()))
    }

    fn about(&self, url: &str) -> PathBuf {
        self.root.join("http").join(hex(url.as_bytes()))
    }

    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = NamedTempFile::new_in(self.root.join("scratch"))?;
        file.write_all(content)?;
        file.persist(path)?;
        Ok(())
    }
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The user's cache directory.
fn users_caches() -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    variable("XDG_CACHE_HOME")
        .filter(absolute)
        .or_else(|| variable("LOCALAPPDATA").filter(|_| cfg!(windows)))
        .or_else(|| variable("HOME").filter(absolute).map(|home| home.join(".cache")))
}

/// Creates a directory that only its owner can read, because repositories may be private.
fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Updates the modification time of a path that is used.
fn touch(path: &Path) {
    let _ = File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
}

/// Removes entries that have not been touched for a time; failures are ignored.
fn remove_older(directory: &Path, age: Duration, which: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(&which)) {
        let Ok(metadata) = entry.metadata() else { continue };
        let old = metadata.modified().is_ok_and(|time| time.elapsed().is_ok_and(|elapsed| elapsed > age));
        if old {
            let _ = if metadata.is_dir() { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
        }
    }
}

fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (TempDir, Cache) {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::at(directory.path().join("render")).unwrap();
        (directory, cache)
    }

    fn url(text: &str) -> RepoUrl {
        RepoUrl::parse(text).unwrap()
    }

    #[test]
    fn a_tree_is_found_by_its_commit_and_by_the_fetched_revision() {
        let (_directory, cache) = cache();
        let main = url("https://h/o/r?ref=main");
        let scratch = cache.scratch().unwrap();
        fs::write(scratch.path().join("a"), "x").unwrap();
        let tree = cache.store_tree(&main, "abc", scratch.path()).unwrap();
        cache.remember(&main, "abc").unwrap();
        assert_eq!(fs::read_to_string(tree.join("a")).unwrap(), "x");
        assert_eq!(cache.recall(&main).as_deref(), Some("abc"));
        assert_eq!(cache.tree(&url("https://h/o/r//p?ref=abc"), "abc"), Some(tree));
        assert_eq!(cache.tree(&url("https://h/o/r?submodules=0"), "abc"), None);
        assert_eq!(cache.recall(&url("https://h/o/r?ref=other")), None);
        assert_eq!(cache.tree(&url("https://h/o/other"), "abc"), None);
    }

    #[test]
    fn a_second_copy_of_a_tree_is_dropped() {
        let (_directory, cache) = cache();
        let url = url("https://h/o/r");
        for content in ["first", "second"] {
            let scratch = cache.scratch().unwrap();
            fs::write(scratch.path().join("a"), content).unwrap();
            cache.store_tree(&url, "abc", scratch.path()).unwrap();
        }
        assert_eq!(fs::read_to_string(cache.tree(&url, "abc").unwrap().join("a")).unwrap(), "first");
    }

    #[test]
    fn unused_trees_are_removed() {
        let (_directory, cache) = cache();
        let url = url("https://h/o/r");
        for (commit, age) in [("old", UNUSED * 2), ("young", UNUSED / 2), ("new", Duration::ZERO)] {
            let tree = cache.store_tree(&url, commit, cache.scratch().unwrap().path()).unwrap();
            File::open(&tree).unwrap().set_modified(SystemTime::now() - age).unwrap();
        }
        cache.store_tree(&url, "newer", cache.scratch().unwrap().path()).unwrap();
        let cached = ["old", "young", "new", "newer"].map(|commit| cache.tree(&url, commit).is_some());
        assert_eq!(cached, [false, true, true, true]);
    }

    #[test]
    fn a_corrupted_file_is_not_used() {
        let (_directory, cache) = cache();
        let validators = Validators { etag: Some("\"1\"".into()), last_modified: None };
        cache.store_page("https://h/a", b"content", &validators).unwrap();
        assert_eq!(cache.page("https://h/a"), Some((b"content".to_vec(), validators)));
        fs::write(cache.root.join("blobs").join(hex(b"content")), "changed").unwrap();
        assert_eq!(cache.page("https://h/a"), None);
        assert_eq!(cache.page("https://h/b"), None);
    }
}
