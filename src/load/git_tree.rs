//! The files of one revision of a git repository, read from git's objects: a working tree is neither needed nor read.
//!
//! The root of the file system is the root of the repository: `/overlays/dev` is `REVISION:overlays/dev`, and that is how
//! paths are shown. One listing names all files; their content comes from `git cat-file` processes, one per thread, that live as
//! long as the tree. Symbolic links are followed only inside the tree; submodules are not part of it, and files in Git LFS are read
//! as the pointers that git stores.
//!
//! ```ignore
//! let repository = GitRepository::discover(Path::new("."))?;
//! let tree: Arc<dyn Files> = Arc::new(GitTree::open(&repository, "main")?);
//! let objects = pipeline::build(Path::new("overlays/dev"), tree, &options, &mut records)?;
//! ```

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::files::{Files, Kind, too_large};
use super::git_repository::{GitRepository, failure, not_started, path, run};
use super::trail::trail;
use crate::diagnostic::Diagnostic;
use crate::limits::FILE_BYTES;

/// The files of a revision.
pub struct GitTree {
    /// The revision as shown.
    revision: String,
    /// By absolute path.
    entries: FxHashMap<PathBuf, Entry>,
    objects: Pool,
}

enum Entry {
    Directory(Vec<OsString>),
    /// The hash of the content.
    File(String),
    /// The hash of the link's target path.
    Link(String),
    Submodule,
}

impl GitTree {
    /// The files of a revision, which is shown as written.
    ///
    /// # Errors
    /// It is not a commit, or git fails.
    pub fn open(repository: &GitRepository, revision: &str) -> Result<Self, Diagnostic> {
        let commit = repository.commit(revision)?;
        let listing = run(repository.git().args(["ls-tree", "-r", "-z", "--full-tree", &commit]))?;
        let entries = entries(&listing).ok_or_else(|| failure(format!("git lists `{revision}` in an unknown format")))?;
        let objects = Pool { idle: Mutex::new(vec![Objects::open(repository)?]), repository: repository.clone() };
        Ok(GitTree { revision: revision.to_owned(), entries, objects })
    }

    /// The files, relative to the root; not those of submodules.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let files = self.entries.iter().filter(|(_, entry)| matches!(entry, Entry::File(_) | Entry::Link(_)));
        files.filter_map(|(path, _)| path.strip_prefix("/").ok())
    }

    /// The entry at a path, following symbolic links.
    fn find(&self, path: &Path) -> io::Result<(PathBuf, &Entry)> {
        let trail = trail(&Path::new("/").join(path), |path| match self.entries.get(path) {
            Some(Entry::Link(hash)) => self.target(hash).map(Some),
            Some(Entry::Submodule) => {
                let shown = path.strip_prefix("/").unwrap_or(path).display().to_string();
                Err(io::Error::other(format!(
                    "the submodule `{shown}` is a separate repository, and its files are not part of this one"
                )))
            }
            _ => Ok(None),
        })?;
        match self.entries.get(&trail.real) {
            _ if trail.leaves => Err(io::Error::other("it is outside the repository and therefore not part of its revisions")),
            Some(entry) => Ok((trail.real, entry)),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn target(&self, hash: &str) -> io::Result<PathBuf> {
        self.objects.read(hash).map(|text| self::path(&text))
    }
}

impl Files for GitTree {
    fn kind(&self, path: &Path) -> Option<Kind> {
        match self.find(path).ok()?.1 {
            Entry::Directory(_) => Some(Kind::Directory),
            Entry::File(_) | Entry::Link(_) | Entry::Submodule => Some(Kind::File),
        }
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.find(path).map(|(real, _)| real)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.find(path)?.1 {
            Entry::File(hash) | Entry::Link(hash) => self.objects.read(hash),
            Entry::Directory(_) | Entry::Submodule => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        match self.find(path)?.1 {
            Entry::Directory(names) => Ok(names.iter().map(PathBuf::from).collect()),
            _ => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        match self.entries.get(path)? {
            Entry::Link(hash) => self.target(hash).ok(),
            _ => None,
        }
    }

    fn is_repository(&self, directory: &Path) -> bool {
        directory == Path::new("/")
    }

    fn on_disk(&self) -> bool {
        false
    }

    fn show(&self, path: PathBuf) -> PathBuf {
        let path = if path == Path::new(".") { Path::new("") } else { path.strip_prefix("/").unwrap_or(&path) };
        format!("{}:{}", self.revision, path.display()).into()
    }
}

/// The entries of a listing, and the directories that they are in.
fn entries(listing: &[u8]) -> Option<FxHashMap<PathBuf, Entry>> {
    let mut entries = FxHashMap::default();
    entries.insert(PathBuf::from("/"), Entry::Directory(Vec::new()));
    for line in listing.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
        let tab = line.iter().position(|byte| *byte == b'\t')?;
        let about = std::str::from_utf8(&line[..tab]).ok()?;
        let mut words = about.split(' ');
        let (mode, _, hash) = (words.next()?, words.next()?, words.next()?.to_owned());
        let entry = match mode {
            "120000" => Entry::Link(hash),
            "160000" => Entry::Submodule,
            _ => Entry::File(hash),
        };
        insert(&mut entries, Path::new("/").join(path(&line[tab + 1..])), entry);
    }
    for entry in entries.values_mut() {
        if let Entry::Directory(names) = entry {
            names.sort();
        }
    }
    Some(entries)
}

/// Adds an entry to its directory, which is created if it does not exist.
fn insert(entries: &mut FxHashMap<PathBuf, Entry>, path: PathBuf, entry: Entry) {
    let (mut path, mut entry) = (path, entry);
    while let (Some(parent), Some(name)) = (path.parent().map(Path::to_owned), path.file_name().map(OsString::from)) {
        let is_new = entries.insert(path, entry).is_none();
        match entries.get_mut(&parent) {
            Some(Entry::Directory(names)) => {
                if is_new {
                    names.push(name);
                }
                return;
            }
            _ => (path, entry) = (parent, Entry::Directory(vec![name])),
        }
    }
}

/// The processes that read objects, one per thread that reads at the same time.
struct Pool {
    idle: Mutex<Vec<Objects>>,
    /// The view of the repository exists as long as git reads from it.
    repository: GitRepository,
}

impl Pool {
    fn read(&self, hash: &str) -> io::Result<Vec<u8>> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let mut objects = match known {
            Some(objects) => objects,
            None => Objects::open(&self.repository).map_err(|error| io::Error::other(error.message.clone()))?,
        };
        let content = objects.read(hash);
        idle().push(objects);
        content
    }
}

/// A `git cat-file` process that prints the content of an object for each hash.
struct Objects {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    fn open(repository: &GitRepository) -> Result<Self, Diagnostic> {
        let mut command = repository.git();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::null());
        let mut child = command.spawn().map_err(|cause| not_started(&cause))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Objects { child, questions, answers: BufReader::new(answers) }),
            _ => Err(failure("git has no standard input or output".into())),
        }
    }

    fn read(&mut self, hash: &str) -> io::Result<Vec<u8>> {
        writeln!(self.questions, "{hash}")?;
        self.questions.flush()?;
        let mut header = String::new();
        self.answers.read_line(&mut header)?;
        // `HASH blob SIZE`, or `HASH missing`.
        let Some(size) = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok()) else {
            return Err(io::Error::other(format!("git has no object {hash}")));
        };
        if size > FILE_BYTES as u64 {
            // What follows is skipped, so that the next answer is found.
            io::copy(&mut self.answers.by_ref().take(size + 1), &mut io::sink())?;
            return Err(too_large());
        }
        let mut content = Vec::new();
        self.answers.by_ref().take(size).read_to_end(&mut content)?;
        let mut end = [0];
        self.answers.read_exact(&mut end)?;
        if content.len() as u64 == size { Ok(content) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_becomes_a_tree() {
        let listing =
            b"100644 blob 11\ta/b/c.yaml\x00120000 blob 22\ta/link\x00160000 commit 33\tmod\x00100755 blob 44\ta/b/a\x00";
        let entries = entries(listing).expect("a listing");
        let names = |path: &str| match &entries[Path::new(path)] {
            Entry::Directory(names) => names.iter().map(|name| name.to_string_lossy().into_owned()).collect::<Vec<_>>(),
            _ => panic!("{path} is not a directory"),
        };
        assert_eq!(
            (names("/"), names("/a"), names("/a/b")),
            (vec!["a".into(), "mod".into()], vec!["b".into(), "link".into()], vec!["a".into(), "c.yaml".into()],)
        );
        assert!(matches!(&entries[Path::new("/a/link")], Entry::Link(hash) if hash == "22"));
        assert!(matches!(&entries[Path::new("/mod")], Entry::Submodule));
        assert_eq!(entries.len(), 7);
    }

    #[test]
    fn a_listing_in_an_unknown_format_is_rejected() {
        assert!(super::entries(b"what").is_none() && super::entries(b"100644\tx").is_none());
        assert_eq!(super::entries(b"").map(|entries| entries.len()), Some(1));
    }
}
