//! Loads the input of a build: files below a root, files elsewhere only if that is allowed, and what a URL names.
//!
//! A [`Loader`] belongs to one directory. Files are read relative to it and, after following symbolic links, must be in or
//! below its root; directories may be anywhere except above the ones that led there. A directory may also be in a git
//! repository, which paths from there can't leave. Behavior: kustomize's file loader with `LoadRestrictionsRootOnly`.

mod errors;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::credentials::mask;
use super::files::{Files, Kind};
use super::go_paths::{absolute, no_directory};
use super::http::is_web;
use super::lineage::Lineage;
use super::reads::{Read, Reads, What};
use super::remote::{Fetched, Remote, Wanted};
use super::repo_url::RepoUrl;
use super::seal::CachedTree;
use super::shown::{from_working_directory, reason, tidy, with_slashes};
use super::web_pages;
use crate::diagnostic::Diagnostic;
use crate::limits::FILE_BYTES;
use crate::yaml::provenance::StepId;

/// Whether files outside the kustomization's directory may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restrictions {
    /// Only files in or below the directory of the kustomization that names them.
    #[default]
    RootOnly,
    /// Any file.
    None,
}

/// A directory relative to which files and other directories are found.
#[derive(Clone)]
pub struct Loader {
    files: Arc<dyn Files>,
    /// The directory, absolute and without symbolic links.
    root: PathBuf,
    /// The directory as the user would write it, before [`Files::show`].
    shown: PathBuf,
    restrictions: Restrictions,
    /// The roots that led here; in a repository, only those in it.
    ancestors: Lineage,
    remote: Arc<Remote>,
    /// The repository that contains the directory, if a URL led there.
    repository: Option<Arc<Repository>>,
    /// What has been read so far.
    reads: Arc<Reads>,
}

/// A fetched repository.
struct Repository {
    url: RepoUrl,
    /// Its root, absolute and without symbolic links.
    root: PathBuf,
    /// The repository that led to this one.
    outer: Option<Arc<Repository>>,
}

/// What a path is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A file of objects, or a directory to build.
    Resource,
    /// A directory to build.
    Directory,
    /// A file.
    File,
}

/// What a name in `resources` turned out to be.
pub enum Found {
    /// A file: the path to show and its content.
    File(PathBuf, Vec<u8>),
    /// A directory to build.
    Directory(Loader),
}

impl Loader {
    /// A loader for a directory, or a directory in a repository, named on the command line.
    ///
    /// # Errors
    /// The directory does not exist, the path is not a directory, or the repository can't be fetched.
    pub fn new(
        files: Arc<dyn Files>,
        directory: &Path,
        restrictions: Restrictions,
        remote: Arc<Remote>,
        reads: Arc<Reads>,
    ) -> Result<Self, Diagnostic> {
        if let Some(Ok(url)) = directory.to_str().map(RepoUrl::parse) {
            reads.add(Read::repository(None, &url));
            let tree = remote.tree(&url)?;
            return Loader::in_repository(url, tree, None, remote, reads);
        }
        let path = tidy(directory);
        let located = if files.on_disk() { from_working_directory(&path) } else { path.clone() };
        let shown = files.show(path.clone());
        if directory.is_relative() {
            reads.add(Read { step: None, what: What::Directory, path: located.clone(), shown: shown.clone() });
        }
        let io = |message: String| {
            let words = no_directory(&*files, directory, &absolute(directory));
            words.into_iter().fold(Diagnostic::error("not-found", message).io(), Diagnostic::words)
        };
        let missing = |cause: std::io::Error| {
            let error = io(format!("can't open `{}`: {}", shown.display(), reason(&cause)));
            error.help_if(with_slashes(&directory.to_string_lossy()))
        };
        let root = files.canonicalize(&located).map_err(missing)?;
        match files.kind(&root) {
            Some(Kind::Directory) => {
                let ancestors = Lineage::default();
                Ok(Loader { files, root, shown: path, restrictions, ancestors, remote, repository: None, reads })
            }
            _ => Err(io(format!("`{}` is not a directory", shown.display())).help("specify the directory of the kustomization")),
        }
    }

    /// A loader for the directory of a URL, in the tree of its repository.
    fn in_repository(
        url: RepoUrl,
        tree: CachedTree,
        outer: Option<Arc<Repository>>,
        remote: Arc<Remote>,
        reads: Arc<Reads>,
    ) -> Result<Self, Diagnostic> {
        let directory = url.directory();
        let shown = PathBuf::from(url.shown(&directory));
        let top = Loader {
            root: tree.root().to_owned(),
            shown: url.shown(Path::new("")).into(),
            restrictions: Restrictions::RootOnly,
            ancestors: Lineage::default(),
            remote,
            repository: Some(Arc::new(Repository { url, root: tree.root().to_owned(), outer })),
            files: Arc::new(tree),
            reads,
        };
        let found = top.files.canonicalize(&top.root.join(&directory));
        let root = found.map_err(|cause| top.missing("open", &directory.to_string_lossy(), &cause))?;
        if top.files.kind(&root) != Some(Kind::Directory) {
            let message = format!("`{}` is not a directory", shown.display());
            return Err(Diagnostic::error("not-a-directory", message).help("specify a directory of the repository"));
        }
        if !root.starts_with(&top.root) {
            return Err(Diagnostic::error("outside-root", format!("`{}` is outside its repository", shown.display())));
        }
        Ok(Loader { root, shown, ..top })
    }

    /// The directory as the user would write it.
    pub fn shown(&self) -> PathBuf {
        self.files.show(self.shown.clone())
    }

    /// A path, relative to the directory, as the user would write it.
    pub fn show(&self, path: &str) -> PathBuf {
        if is_web(path) {
            return mask(path).into();
        }
        match &self.repository {
            Some(repository) if !Path::new(path).is_absolute() => {
                let directory = self.root.strip_prefix(&repository.root).unwrap_or(Path::new(""));
                repository.url.shown(&tidy(&directory.join(path))).into()
            }
            _ => self.files.show(tidy(&self.shown.join(path))),
        }
    }

    /// The directory, absolute and without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directories that led here; in a repository, only those in it.
    pub fn ancestors(&self) -> &Lineage {
        &self.ancestors
    }

    /// The root of the repository that contains the directory, if a URL led there.
    pub fn repository_root(&self) -> Option<&Path> {
        self.repository.as_deref().map(|repository| repository.root.as_path())
    }

    /// Where a path leads from the directory. `..`, `.`, and a slash at the end are resolved in the text, before any symbolic
    /// link is followed: what precedes `..` need not exist. Behavior: Go's `filepath.Join`, which kustomize does not apply to
    /// absolute paths if every file may be read.
    fn located(&self, path: &str) -> PathBuf {
        let whole = self.root.join(path);
        match self.restrictions {
            Restrictions::None if Path::new(path).is_absolute() => whole,
            _ => tidy(&whole),
        }
    }

    /// What a path names, if it exists.
    pub fn kind(&self, path: &str) -> Option<Kind> {
        let kind = self.files.kind(&self.located(path));
        if kind.is_none() {
            self.note(None, What::Absent, path);
        }
        kind
    }

    /// Records that a step reads a local path. Paths in a fetched repository are part of it and not recorded separately.
    pub fn note(&self, step: Option<StepId>, what: What, path: &str) {
        if self.repository.is_none() {
            self.reads.add(Read { step, what, path: self.located(path), shown: self.show(path) });
        }
    }

    /// The files, for reading what is not part of a kustomization.
    pub fn files(&self) -> &Arc<dyn Files> {
        &self.files
    }

    /// Reads a file, or the file of a URL, for a step. Returns the path to show and the content.
    ///
    /// # Errors
    /// It does not exist, is not a file, is too large, is outside the root, or can't be fetched. The diagnostic has no
    /// location yet.
    pub fn read(&self, path: &str, step: StepId) -> Result<(PathBuf, Vec<u8>), Diagnostic> {
        if is_web(path) {
            self.note_page(path, step);
            let content = self.remote.file(path).map_err(|error| web_pages::explain(error, path))?;
            web_pages::refuse_page(path, &content)?;
            self.reads.usage.read(content.len())?;
            return Ok((self.show(path), content.to_vec()));
        }
        self.note(Some(step), What::File, path);
        self.content(path)
    }

    /// Reads the kustomization file of the directory, which has that name; see [`Loader::read`].
    ///
    /// # Errors
    /// As [`Loader::read`].
    pub fn read_kustomization(&self, name: &str, step: StepId) -> Result<(PathBuf, Vec<u8>), Diagnostic> {
        self.note(Some(step), What::Kustomization, name);
        self.content(name)
    }

    fn note_page(&self, url: &str, step: StepId) {
        self.reads.add(Read { step: Some(step), what: What::Page, path: PathBuf::new(), shown: self.show(url) });
    }

    /// The content of a local file.
    fn content(&self, path: &str) -> Result<(PathBuf, Vec<u8>), Diagnostic> {
        let shown = self.show(path);
        let missing = |cause: std::io::Error| self.missing("read", path, &cause);
        let real = self.files.canonicalize(&self.located(path)).map_err(missing)?;
        if self.restrictions == Restrictions::RootOnly && !real.starts_with(&self.root) {
            let message = format!("`{}` is not in or below `{}`", shown.display(), self.shown().display());
            let help = match self.repository {
                Some(_) => "in a remote repository, a kustomization can only read files in or below its directory",
                None => "move the file, or allow it with `--load-restrictor LoadRestrictionsNone`",
            };
            let words = self.file_words(path).unwrap_or_default();
            return Err(Diagnostic::error("outside-root", message).words(words).help(help));
        }
        let content = self.files.read(&real).map_err(missing)?;
        if content.len() > FILE_BYTES {
            let message = format!("`{}` has {} bytes, but at most {FILE_BYTES} are allowed", shown.display(), content.len());
            return Err(Diagnostic::error("file-too-large", message));
        }
        self.reads.usage.read(content.len())?;
        Ok((shown, content))
    }

    /// A loader for another directory that a step names, relative to this one, or for one in a repository.
    ///
    /// # Errors
    /// It does not exist, is not a directory, is absolute, is one of those that led here or above them, leaves the
    /// repository, or can't be fetched.
    pub fn directory(&self, path: &str, step: StepId) -> Result<Loader, Diagnostic> {
        self.directory_of(path, step).map_err(|error| web_pages::explain(error, path))
    }

    fn directory_of(&self, path: &str, step: StepId) -> Result<Loader, Diagnostic> {
        match RepoUrl::parse(path) {
            Ok(url) => {
                self.refuse_cycle(&url)?;
                self.refuse_local(&url)?;
                self.reads.add(Read::repository(Some(step), &url));
                let tree = self.remote.tree(&url)?;
                let (remote, reads) = (Arc::clone(&self.remote), Arc::clone(&self.reads));
                Loader::in_repository(url, tree, self.repository.clone(), remote, reads)
            }
            Err(reason) if path.contains("://") && self.kind(path).is_none() => {
                Err(Diagnostic::error("bad-url", format!("`{}` is not a valid URL of a git repository: {reason}", mask(path))))
            }
            Err(_) => self.local_directory(path, step),
        }
    }

    fn local_directory(&self, path: &str, step: StepId) -> Result<Loader, Diagnostic> {
        let shown = self.show(path);
        let word = |error: Diagnostic| self.directory_words(path).into_iter().fold(error, Diagnostic::words);
        let what = if self.repository.is_some() { What::Inner } else { What::Directory };
        self.reads.add(Read { step: Some(step), what, path: self.located(path), shown: shown.clone() });
        if path.is_empty() {
            return Err(word(Diagnostic::error("empty-path", "the path of a directory is empty")));
        }
        if Path::new(path).is_absolute() {
            let error = Diagnostic::error("absolute-path", format!("the directory `{path}` is absolute"));
            return Err(word(error).help("use a path relative to this kustomization"));
        }
        let root = self.files.canonicalize(&self.located(path)).map_err(|cause| self.missing("open", path, &cause))?;
        if self.files.kind(&root) != Some(Kind::Directory) {
            return Err(word(Diagnostic::error("not-a-directory", format!("`{}` is not a directory", shown.display()))));
        }
        if self.repository.as_ref().is_some_and(|repository| !root.starts_with(&repository.root)) {
            return Err(word(Diagnostic::error("outside-root", format!("`{}` is outside its repository", shown.display()))));
        }
        let ancestors = self.ancestors.with(&self.root);
        if let Some(ancestor) = ancestors.within(&root).last() {
            let what = if ancestor == root { "is already being built" } else { "contains a directory that is being built" };
            let error = Diagnostic::error("cycle", format!("cyclic reference: `{}` {what}", shown.display()));
            return Err(word(error).help("a kustomization can't use itself or a directory above itself"));
        }
        // In a repository, the path to show is derived from the URL, whatever the local paths are.
        let shown = if self.repository.is_some() { shown } else { tidy(&self.shown.join(path)) };
        Ok(Loader { root, shown, ancestors, ..self.clone() })
    }

    /// A repository of this machine is none of the business of a remote kustomization.
    fn refuse_local(&self, url: &RepoUrl) -> Result<(), Diagnostic> {
        if self.repository.is_none() || !url.is_local() {
            return Ok(());
        }
        let message = format!("a remote kustomization can't use `{}`, a repository of this machine", mask(&url.raw));
        Err(Diagnostic::error("outside-root", message).help("use the URL of a server, or a path in the same repository"))
    }

    /// Compares URLs as strings, as kustomize does: a URL must not be a prefix of one that led here.
    fn refuse_cycle(&self, url: &RepoUrl) -> Result<(), Diagnostic> {
        let chain = std::iter::successors(self.repository.as_ref(), |repository| repository.outer.as_ref());
        for repository in chain {
            if repository.url.raw.starts_with(&url.raw) {
                let message = format!("cyclic reference: `{}` is already being built", mask(&url.raw));
                return Err(Diagnostic::error("cycle", message).help("a remote kustomization can't use itself"));
            }
        }
        Ok(())
    }

    /// Determines what a name in `resources` refers to, for a step: a local file, what a URL names, or a directory.
    ///
    /// # Errors
    /// As [`Loader::read`] for a file and [`Loader::directory`] for a directory.
    pub fn find(&self, path: &str, step: StepId) -> Result<Found, Diagnostic> {
        if is_web(path) {
            return match self.remote.resource(path).map_err(|error| web_pages::explain(error, path))? {
                Fetched::File(content) => {
                    web_pages::refuse_page(path, &content)?;
                    self.note_page(path, step);
                    self.reads.usage.read(content.len())?;
                    Ok(Found::File(self.show(path), content.to_vec()))
                }
                Fetched::Directory(..) => self.directory(path, step).map(Found::Directory),
            };
        }
        match self.kind(path) {
            Some(Kind::Directory) => self.directory(path, step).map(Found::Directory),
            None if path.contains("://") || RepoUrl::parse(path).is_ok() => self.directory(path, step).map(Found::Directory),
            _ => self.read(path, step).map(|(shown, content)| Found::File(shown, content)),
        }
    }

    /// Fetches remote paths, several at a time; see [`Remote::prefetch`].
    pub fn prefetch(&self, paths: &[(&str, Use)]) {
        let wanted = paths.iter().filter_map(|&(path, how)| match how {
            Use::Resource if is_web(path) => Some(Wanted::Resource(path.to_owned())),
            Use::Resource | Use::Directory => {
                let url = RepoUrl::parse(path).ok();
                let url = url.filter(|url| self.refuse_local(url).is_ok());
                url.filter(|_| how == Use::Directory || self.kind(path) != Some(Kind::File)).map(Wanted::Directory)
            }
            Use::File => is_web(path).then(|| Wanted::File(path.to_owned())),
        });
        self.remote.prefetch(&wanted.collect::<Vec<_>>());
    }
}
