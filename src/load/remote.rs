//! Remote files and repositories, each fetched once per run: repositories with `git`, files with `http`.
//!
//! The loader gets from here what a kustomization names with a URL. A URL can be either a file or a directory of a
//! repository; as in kustomize's `accumulateResources`, the file is tried first, unless the form of the URL decides.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::access::Access;
use super::attempt::{Failure, attempts};
use super::cache::{Cache, Damage};
use super::credentials::mask;
use super::git;
use super::http::{Answer, Web};
use super::progress::Progress;
use super::repo_url::RepoUrl;
use super::seal::CachedTree;
use crate::diagnostic::Diagnostic;
use crate::limits::FILE_BYTES;

/// What to do if a server does not respond.
const OFFLINE: &str = "use `--offline` to build with the cached copy";

const WEB_PAGE: &str = "it is a web page, not a manifest";

/// How many things are fetched at a time.
const PARALLEL: usize = 8;

/// Fetches, and remembers the results and the failures for the run.
#[derive(Default)]
pub struct Remote {
    access: Access,
    cache: OnceLock<Result<Cache, Failure>>,
    web: Web,
    progress: Progress,
    trees: Memo<(String, Option<String>, bool), CachedTree>,
    files: Memo<String, Arc<[u8]>>,
    notes: Mutex<Vec<Diagnostic>>,
}

/// Something to fetch.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// The URL of a file, or else of a directory of a repository.
    Resource(String),
    /// A directory of a repository.
    Directory(RepoUrl),
    /// The URL of a file.
    File(String),
}

/// What a URL turned out to be.
pub enum Fetched {
    /// A file.
    File(Arc<[u8]>),
    /// A directory of a repository, and the repository's root.
    Directory(Box<RepoUrl>, CachedTree),
}

impl Remote {
    /// Fetches what may be contacted.
    pub fn new(access: Access) -> Self {
        Remote { access, ..Remote::default() }
    }

    /// What was noticed since the last call.
    pub fn take_notes(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The tree of a repository at a revision.
    ///
    /// # Errors
    /// It can't be fetched.
    pub fn tree(&self, url: &RepoUrl) -> Result<CachedTree, Diagnostic> {
        self.trees.get((url.clone_url.clone(), url.reference.clone(), url.submodules), || {
            self.find_tree(url).map_err(|failure| failure.diagnostic(&format!("the repository {}", revision(url))))
        })
    }

    /// The file of a URL.
    ///
    /// # Errors
    /// It can't be fetched.
    pub fn file(&self, url: &str) -> Result<Arc<[u8]>, Diagnostic> {
        self.files.get(url.to_owned(), || {
            let file = self.find_file(url).map(Arc::from);
            file.map_err(|failure| failure.diagnostic(&format!("`{url}`")))
        })
    }

    /// What an item of `resources` that begins with `http` names.
    ///
    /// # Errors
    /// Neither a file nor a repository can be fetched.
    pub fn resource(&self, url: &str) -> Result<Fetched, Diagnostic> {
        let Ok(repository) = RepoUrl::parse(url) else {
            let content = self.file(url)?;
            let page = || Failure::new("web-page", WEB_PAGE).diagnostic(&format!("`{url}`"));
            return if is_html(&content) { Err(page()) } else { Ok(Fetched::File(content)) };
        };
        if repository.names_directory() {
            return match self.tree(&repository) {
                Ok(tree) => Ok(Fetched::Directory(Box::new(repository), tree)),
                Err(error) if error.code == "timeout" => Err(error),
                Err(error) => self.file(url).map(Fetched::File).map_err(|_| error),
            };
        }
        let file = self.file(url);
        if let Ok(content) = &file
            && may_be_manifest(content)
        {
            return file.map(Fetched::File);
        }
        match (self.tree(&repository), file) {
            (Ok(tree), _) => Ok(Fetched::Directory(Box::new(repository), tree)),
            (Err(_), Ok(content)) if !is_html(&content) => Ok(Fetched::File(content)),
            (Err(error), _) if error.help.is_some() => Err(error),
            (Err(error), Ok(_)) => Err(error.help(format!("as a file, {WEB_PAGE}"))),
            (Err(error), Err(as_file)) => {
                let reason = as_file.message.rsplit("`: ").next().unwrap_or_default().to_owned();
                Err(error.help(format!("it can't be fetched as a file either: {reason}")))
            }
        }
    }

    /// Fetches several things at a time. A failure is reported later, when its result is requested.
    pub fn prefetch(&self, wanted: &[Wanted]) {
        if wanted.len() < 2 {
            return;
        }
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..wanted.len().min(PARALLEL) {
                scope.spawn(|| {
                    while let Some(wanted) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                        match wanted {
                            Wanted::Resource(url) => drop(self.resource(url)),
                            Wanted::Directory(url) => drop(self.tree(url)),
                            Wanted::File(url) => drop(self.file(url)),
                        }
                    }
                });
            }
        });
    }

    fn find_tree(&self, url: &RepoUrl) -> Result<CachedTree, Failure> {
        if self.access.offline {
            let cache = self.cache()?;
            let commit = cache.recall(url).or_else(|| url.commit()).ok_or_else(not_in_cache)?;
            return cache.tree(url, &commit).map_err(|damage| damaged(&damage))?.ok_or_else(not_in_cache);
        }
        self.access.check(&url.clone_url)?;
        let cache = self.cache()?;
        let _task = self.progress.start(&revision(url));
        // A commit never changes; a branch or a tag is resolved again.
        let known = match url.commit() {
            Some(commit) => Some(cache.recall(url).unwrap_or(commit)),
            None if cache.knows(url) => {
                let resolved = attempts(|| git::resolve(url, cache.scratch()?.path(), &self.access));
                resolved.map_err(|failure| {
                    let cached = cache.recall(url).and_then(|commit| cache.tree(url, &commit).ok().flatten());
                    failure.help_else(cached.map(|_| OFFLINE))
                })?
            }
            None => None,
        };
        let cached = || cache.tree(url, known.as_ref()?).unwrap_or_else(|damage| self.note(&damage, &revision(url)));
        let lock = match cached() {
            Some(tree) => return self.remembered(cache, url, known.as_deref(), tree),
            None => cache.lock(url)?,
        };
        if let Some(tree) = cached() {
            return self.remembered(cache, url, known.as_deref(), tree);
        }
        let (tree, commit) = attempts(|| {
            let scratch = cache.scratch()?;
            let complete = scratch.path().join("entry");
            std::fs::create_dir(&complete)?;
            std::fs::create_dir(complete.join("files"))?;
            let commit = git::fetch(url, &complete.join("files"), &self.access)?;
            Ok((cache.store_tree(url, &commit, &complete)?, commit))
        })?;
        let tree = self.remembered(cache, url, Some(&commit), tree);
        drop(lock);
        tree
    }

    fn remembered(&self, cache: &Cache, url: &RepoUrl, commit: Option<&str>, tree: CachedTree) -> Result<CachedTree, Failure> {
        commit.map_or(Ok(()), |commit| cache.remember(url, commit))?;
        Ok(tree)
    }

    fn find_file(&self, url: &str) -> Result<Vec<u8>, Failure> {
        if self.access.offline {
            let known = self.cache()?.page(url).map_err(|damage| damaged(&damage))?;
            return known.map(|(content, _)| content).ok_or_else(not_in_cache);
        }
        self.access.check(url)?;
        let cache = self.cache()?;
        let known = cache.page(url).unwrap_or_else(|damage| self.note(&damage, &format!("`{}`", mask(url))));
        let _task = self.progress.start(url);
        let validators = known.as_ref().map(|(_, validators)| validators);
        let answer = attempts(|| self.web.get(url, validators, FILE_BYTES as u64, &self.access));
        match (answer.map_err(|failure| failure.help_else(validators.map(|_| OFFLINE)))?, known) {
            (Answer::Content(content, validators), _) => {
                cache.store_page(url, &content, &validators)?;
                Ok(content)
            }
            (Answer::Unchanged, Some((content, _))) => Ok(content),
            (Answer::Unchanged, None) => {
                Err(Failure::new("http", "the server returned `not modified` for an unconditional request"))
            }
        }
    }

    /// Notes that an entry of the cache can't be used and is fetched again.
    fn note<T>(&self, damage: &Damage, what: &str) -> Option<T> {
        let message = format!("the copy of {what} in the cache was damaged and is fetched again: {}", damage.what);
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.iter().all(|note| note.message != message) {
            notes.push(Diagnostic::note("cache", message));
        }
        None
    }

    fn cache(&self) -> Result<&Cache, Failure> {
        self.cache.get_or_init(|| Cache::open().map_err(Failure::from)).as_ref().map_err(Failure::clone)
    }
}

/// The error for an entry that can't be fetched again.
fn damaged(damage: &Damage) -> Failure {
    let reason = format!("its copy in the cache is damaged: {} (`{}`)", damage.what, damage.entry.display());
    Failure::new("cache", reason).help("build once without `--offline`")
}

fn not_in_cache() -> Failure {
    Failure::new("offline", "it is not in the cache").help("build once without `--offline`")
}

/// A repository and a revision, as shown to users.
fn revision(url: &RepoUrl) -> String {
    let reference = url.reference.as_ref().map(|reference| format!(" at `{reference}`")).unwrap_or_default();
    format!("`{}`{reference}", mask(&url.clone_url))
}

/// Whether content may contain objects: only then a URL that may also name a repository is treated as a file.
fn may_be_manifest(content: &[u8]) -> bool {
    let blank = content.iter().all(u8::is_ascii_whitespace);
    !is_html(content) && (blank || content.windows(4).any(|word| word == b"kind"))
}

fn is_html(content: &[u8]) -> bool {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start();
    [&b"<!"[..], b"<html", b"<?xml"].iter().any(|start| content.get(..start.len()).is_some_and(|c| c.eq_ignore_ascii_case(start)))
}

/// Results by key. A thread that requests a key that another thread is working on waits for it.
struct Memo<K, V>(Mutex<HashMap<K, Slot<V>>>);

/// The place of one result.
type Slot<V> = Arc<OnceLock<Result<V, Diagnostic>>>;

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Memo(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone> Memo<K, V> {
    fn get(&self, key: K, make: impl FnOnce() -> Result<V, Diagnostic>) -> Result<V, Diagnostic> {
        let slot = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        slot.get_or_init(make).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_pages_are_not_manifests() {
        assert!(may_be_manifest(b"kind: Pod") && may_be_manifest(b"{\"kind\": \"Pod\"}") && may_be_manifest(b" \n"));
        assert!(
            !may_be_manifest(b"<!DOCTYPE html><p>kind") && !may_be_manifest(b"\n<HTML>kind") && !may_be_manifest(b"not found")
        );
    }
}
