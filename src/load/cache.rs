//! The cache of fetched data: trees of repositories by commit, files by the hash of their content.
//!
//! ```text
//! git/REPOSITORY/COMMIT[-submodules]/   `files/`, a tree as checked out, and `seal`, the hashes of its files
//! git/REPOSITORY/refs/REVISION          the commit that a revision pointed to, and a hash of both
//! http/URL                              the validators that a server sent for a file, and the hash of its content
//! blobs/HASH                            the content
//! locks/, scratch/
//! ```
//! `REPOSITORY`, `REVISION`, and `URL` are hashes of those. Everything is completed elsewhere and then renamed, so that
//! several programs can share a cache, and is on the disk before that. What is read is compared with its hashes, and nothing in
//! the cache may be writable by other users. Entries that have not been used for a month are removed when new ones are added.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::{NamedTempFile, TempDir};

use super::credentials::mask;
use super::http::Validators;
use super::repo_url::RepoUrl;
use super::seal::{CachedTree, Seal, hex, is_protected, sync, sync_tree};
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
        match users_caches().map(|caches| Cache::at(caches.join("render"))) {
            Some(Ok(cache)) => return Ok(cache),
            Some(Err(cause)) if is_unsafe(&cause) => return Err(cause),
            _ => {}
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
        require_protected(&root)?;
        for part in ["git", "http", "blobs", "locks", "scratch"] {
            make_private(&root.join(part))?;
            require_protected(&root.join(part))?;
        }
        Ok(Cache { root, _temporary: None })
    }

    fn in_temporary(self) -> io::Result<Self> {
        let root = self._temporary.as_ref().map(|directory| directory.path().to_owned()).unwrap_or_default();
        Ok(Cache { _temporary: self._temporary, ..Cache::at(root)? })
    }

    /// The tree of a commit, if it is cached.
    ///
    /// # Errors
    /// It is damaged.
    pub fn tree(&self, url: &RepoUrl, commit: &str) -> Result<Option<CachedTree>, Damage> {
        let entry = self.tree_path(url, commit);
        if entry.symlink_metadata().is_err() {
            return Ok(None);
        }
        let (root, file) = (entry.join("files"), entry.join("seal"));
        let damage = |what: String| Damage { what, entry: entry.clone() };
        let seal = Seal::read(&file).ok_or_else(|| damage("its list of files is missing or has changed".into()))?;
        seal.check(&root).map_err(damage)?;
        let tree = CachedTree::new(&root, file, seal).map_err(|cause| damage(cause.to_string()))?;
        touch(&entry);
        Ok(Some(tree))
    }

    /// Seals a complete tree, the directory `files` in `complete`, and moves it to its place.
    ///
    /// # Errors
    /// It can't be moved.
    pub fn store_tree(&self, url: &RepoUrl, commit: &str, complete: &Path) -> io::Result<CachedTree> {
        let entry = self.tree_path(url, commit);
        Seal::of(&complete.join("files"))?.write(&complete.join("seal"))?;
        sync_tree(complete)?;
        make_private(&self.repository(url))?;
        let mut moved = fs::rename(complete, &entry);
        if moved.is_err() && matches!(self.tree(url, commit), Err(_) | Ok(None)) {
            // A damaged entry is in the way. Another program may still read it, so it is moved first.
            let away = self.scratch()?;
            let _ = fs::rename(&entry, away.path().join("damaged"));
            moved = fs::rename(complete, &entry);
        }
        let found = self.tree(url, commit).map_err(|damage| io::Error::other(damage.what))?;
        let tree = found.ok_or_else(|| moved.err().unwrap_or(io::ErrorKind::NotFound.into()))?;
        let _ = sync(&self.repository(url));
        remove_older(&self.repository(url), UNUSED, |name| name != "refs");
        Ok(tree)
    }

    /// Whether any tree of the repository is cached.
    pub fn knows(&self, url: &RepoUrl) -> bool {
        self.repository(url).is_dir()
    }

    /// The commit that a revision last pointed to.
    pub fn recall(&self, url: &RepoUrl) -> Option<String> {
        let text = fs::read_to_string(self.reference(url)).ok()?;
        let commit = text.lines().next()?;
        (text == sealed_reference(url, commit)).then(|| commit.to_owned())
    }

    /// Records the commit that a revision points to.
    ///
    /// # Errors
    /// It can't be written.
    pub fn remember(&self, url: &RepoUrl, commit: &str) -> io::Result<()> {
        if self.recall(url).as_deref() == Some(commit) {
            return Ok(());
        }
        self.write(&self.reference(url), sealed_reference(url, commit).as_bytes())
    }

    /// The cached file of a URL and its validators.
    ///
    /// # Errors
    /// It is damaged.
    pub fn page(&self, url: &str) -> Result<Option<(Vec<u8>, Validators)>, Damage> {
        let Ok(about) = fs::read_to_string(self.about(url)) else { return Ok(None) };
        let mut lines = about.lines();
        let hash = lines.next().unwrap_or_default();
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let damage = |what: &str, entry: PathBuf| Err(Damage { what: what.into(), entry });
        if !is_hash {
            return damage("its description has changed", self.about(url));
        }
        let blob = self.root.join("blobs").join(hash);
        let Ok(content) = fs::read(&blob) else { return Ok(None) };
        touch(&blob);
        let mut line = || lines.next().filter(|line| !line.is_empty()).map(str::to_owned);
        let validators = Validators { etag: line(), last_modified: line() };
        if hex(&content) == hash { Ok(Some((content, validators))) } else { damage("its content has changed", blob) }
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
        file.as_file().sync_all()?;
        file.persist(path)?;
        path.parent().map_or(Ok(()), sync)
    }
}

/// A commit, and a hash that shows whether this is what was written for the revision.
fn sealed_reference(url: &RepoUrl, commit: &str) -> String {
    let what = format!("{}\n{}\n{commit}", url.clone_url, url.reference.as_deref().unwrap_or("HEAD"));
    format!("{commit}\n{}\n", hex(what.as_bytes()))
}

/// What is wrong with an entry.
#[derive(Debug)]
pub struct Damage {
    /// What was noticed.
    pub what: String,
    /// The path of the entry.
    pub entry: PathBuf,
}

/// The error about a directory that other users could change.
#[derive(Debug)]
struct Unsafe(PathBuf);

impl std::error::Error for Unsafe {}

impl std::fmt::Display for Unsafe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` belongs to another user, or other users can write to it", self.0.display())
    }
}

fn is_unsafe(cause: &io::Error) -> bool {
    cause.get_ref().is_some_and(|cause| cause.is::<Unsafe>())
}

fn require_protected(directory: &Path) -> io::Result<()> {
    if is_protected(&fs::metadata(directory)?) { Ok(()) } else { Err(io::Error::other(Unsafe(directory.to_owned()))) }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (TempDir, Cache) {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::at(directory.path().join("render")).unwrap();
        (directory, cache)
    }

    fn store(cache: &Cache, url: &RepoUrl, commit: &str, content: &str) -> CachedTree {
        let scratch = cache.scratch().unwrap();
        let complete = scratch.path().join("entry");
        fs::create_dir_all(complete.join("files")).unwrap();
        fs::write(complete.join("files/a"), content).unwrap();
        cache.store_tree(url, commit, &complete).unwrap()
    }

    fn url(text: &str) -> RepoUrl {
        RepoUrl::parse(text).unwrap()
    }

    #[test]
    fn a_tree_is_found_by_its_commit_and_by_the_fetched_revision() {
        let (_directory, cache) = cache();
        let main = url("https://h/o/r?ref=main");
        let tree = store(&cache, &main, "abc", "x").root().to_owned();
        cache.remember(&main, "abc").unwrap();
        assert_eq!(fs::read_to_string(tree.join("a")).unwrap(), "x");
        assert_eq!(cache.recall(&main).as_deref(), Some("abc"));
        let found = |text: &str| cache.tree(&url(text), "abc").unwrap().map(|tree| tree.root().to_owned());
        assert_eq!(found("https://h/o/r//p?ref=abc"), Some(tree));
        assert_eq!(found("https://h/o/r?submodules=0"), None);
        assert_eq!(cache.recall(&url("https://h/o/r?ref=other")), None);
        assert_eq!(found("https://h/o/other"), None);
    }

    #[test]
    fn a_second_copy_of_a_tree_is_dropped() {
        let (_directory, cache) = cache();
        let url = url("https://h/o/r");
        for content in ["first", "second"] {
            store(&cache, &url, "abc", content);
        }
        assert_eq!(fs::read_to_string(cache.tree(&url, "abc").unwrap().unwrap().root().join("a")).unwrap(), "first");
    }

    #[test]
    fn every_change_of_a_tree_is_noticed() {
        use super::super::files::Files;
        let (_directory, cache) = cache();
        let url = url("https://h/o/r");
        let changes: [fn(&Path); 8] = [
            |entry| fs::write(entry.join("files/a"), "y").unwrap(),
            |entry| fs::write(entry.join("files/a"), "longer").unwrap(),
            |entry| fs::remove_file(entry.join("files/a")).unwrap(),
            |entry| fs::write(entry.join("files/b"), "x").unwrap(),
            |entry| fs::remove_file(entry.join("seal")).unwrap(),
            |entry| fs::write(entry.join("seal"), "x").unwrap(),
            |entry| fs::remove_dir_all(entry.join("files")).unwrap(),
            |entry| {
                fs::remove_file(entry.join("files/a")).unwrap();
                fs::create_dir(entry.join("files/a")).unwrap();
            },
        ];
        for (at, change) in changes.iter().enumerate() {
            store(&cache, &url, "abc", "x");
            assert!(cache.tree(&url, "abc").unwrap().is_some());
            change(&cache.tree_path(&url, "abc"));
            assert!(cache.tree(&url, "abc").is_err(), "change {at}");
        }
        let tree = store(&cache, &url, "abc", "x");
        let file = tree.root().join("a");
        let time = fs::metadata(&file).unwrap().modified().unwrap();
        fs::write(&file, "y").unwrap();
        File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
        let tree = cache.tree(&url, "abc").unwrap().unwrap();
        assert!(tree.read(&file).is_err());
        assert!(cache.tree(&url, "abc").is_err(), "found when it was read, and removed");
    }

    #[test]
    fn unused_trees_are_removed() {
        let (_directory, cache) = cache();
        let url = url("https://h/o/r");
        for (commit, age) in [("old", UNUSED * 2), ("young", UNUSED / 2), ("new", Duration::ZERO)] {
            store(&cache, &url, commit, "x");
            File::open(cache.tree_path(&url, commit)).unwrap().set_modified(SystemTime::now() - age).unwrap();
        }
        store(&cache, &url, "newer", "x");
        let cached = ["old", "young", "new", "newer"].map(|commit| cache.tree(&url, commit).unwrap().is_some());
        assert_eq!(cached, [false, true, true, true]);
    }

    #[test]
    fn a_corrupted_file_is_not_used() {
        let (_directory, cache) = cache();
        let validators = Validators { etag: Some("\"1\"".into()), last_modified: None };
        cache.store_page("https://h/a", b"content", &validators).unwrap();
        assert_eq!(cache.page("https://h/a").unwrap(), Some((b"content".to_vec(), validators)));
        fs::write(cache.root.join("blobs").join(hex(b"content")), "changed").unwrap();
        assert!(cache.page("https://h/a").is_err());
        assert_eq!(cache.page("https://h/b").unwrap(), None);
        fs::write(cache.about("https://h/a"), "../../x").unwrap();
        assert!(cache.page("https://h/a").is_err());
    }
}
