//! A directory and what may be read from it: files in or below it, other directories of the scope, and what URLs name.
//!
//! Behavior: kustomize's `FileLoader` with `RestrictionRootOnly`, inside the `Loader` of its localizer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::destination::Destination;
use super::go_path::{self, Ground, join};
use super::words::{Failure, Result, Within, path_error, quoted_path};
use crate::diagnostic::Diagnostic;
use crate::kustomize_words::quote;
use crate::load::{Disk, Files, Remote, RepoUrl, is_web};

/// A directory, and how it was reached.
pub struct Site {
    /// The directory, absolute and without symbolic links.
    pub root: PathBuf,
    /// The repository that a URL led to, if one led to this directory itself.
    pub repository: Option<Repository>,
    files: Arc<dyn Files>,
    remote: Arc<Remote>,
    referrer: Option<Arc<Site>>,
}

/// A fetched repository.
pub struct Repository {
    /// Its URL.
    pub url: RepoUrl,
    /// Its root, absolute and without symbolic links.
    pub root: PathBuf,
}

/// What localizing is limited to.
pub struct Bounds {
    /// The directory that local paths must not leave.
    pub scope: PathBuf,
    /// The directory that is being created.
    pub destination: Destination,
}

/// A directory that is localized.
pub struct Place {
    /// The directory.
    pub site: Arc<Site>,
    /// What localizing is limited to.
    pub bounds: Arc<Bounds>,
    /// Whether only paths led here, and no URL.
    pub is_local: bool,
}

impl Site {
    /// The directory that a user names.
    ///
    /// # Errors
    /// It is not a directory, or can't be fetched.
    pub fn of_target(target: &str, remote: Arc<Remote>, ground: &dyn Ground) -> Result<Self> {
        if let Ok(url) = RepoUrl::parse(target) {
            return Site::fetched(url, remote, None, ground);
        }
        let root = go_path::directory(Path::new(target), ground).within(|| "must build at directory")?;
        Ok(Site { root, repository: None, files: Arc::new(Disk), remote, referrer: None })
    }

    /// The directory of a URL.
    fn fetched(url: RepoUrl, remote: Arc<Remote>, referrer: Option<Arc<Site>>, ground: &dyn Ground) -> Result<Self> {
        let tree = remote.tree(&url).map_err(|error| Failure::new(error.message.clone()))?;
        let top = tree.root().to_owned();
        let path = join(&top, &url.path);
        let (root, file) = go_path::cleaned(&path, ground)?;
        if let Some(file) = file {
            let file = file.display();
            return Err(Failure(format!("'{}' refers to file '{file}'; expecting directory", path.display())));
        }
        if !root.starts_with(&top) {
            let (path, top) = (quoted_path(&path), quoted_path(&top));
            return Err(Failure(format!("{path} refers to directory outside of repo {top}")));
        }
        Ok(Site { root, repository: Some(Repository { url, root: top }), files: Arc::new(tree), remote, referrer })
    }

    /// The sites that led here, beginning with this one.
    fn chain(&self) -> impl Iterator<Item = &Site> {
        std::iter::successors(Some(self), |site| site.referrer.as_deref())
    }

    /// Whether a directory contains this one, or one that led here.
    pub fn is_in_or_led_through(&self, directory: &Path) -> bool {
        self.chain().any(|site| site.root.starts_with(directory))
    }

    /// A directory that a kustomization names.
    fn directory(self: &Arc<Self>, path: &str, ground: &dyn Ground) -> Result<Self> {
        if path.is_empty() {
            return Err(Failure::new("new root cannot be empty"));
        }
        let repository = self.chain().find_map(|site| site.repository.as_ref());
        if let Ok(url) = RepoUrl::parse(path) {
            self.refuse_cycle(&url)?;
            // A repository of this machine is none of the business of a remote kustomization.
            if repository.is_some() && url.is_local() {
                return Err(Failure(format!("security; a remote kustomization can't use {}", quote(path))));
            }
            return Site::fetched(url, Arc::clone(&self.remote), Some(Arc::clone(self)), ground);
        }
        if Path::new(path).is_absolute() {
            return Err(Failure(format!("new root '{path}' cannot be absolute")));
        }
        let root = go_path::directory(&join(&self.root, path), ground).within(|| "must build at directory")?;
        if let Some(repository) = repository.filter(|repository| !root.starts_with(&repository.root)) {
            return Err(Failure(format!(
                "security; bases in kustomizations found in cloned git repos must be within the repo, but base '{}' is outside '{}'",
                root.display(),
                repository.root.display()
            )));
        }
        if let Some(visited) = self.chain().find(|site| site.root.starts_with(&root)) {
            let (root, visited) = (root.display(), visited.root.display());
            return Err(Failure(format!("cycle detected: candidate root '{root}' contains visited root '{visited}'")));
        }
        let (files, remote) = (Arc::clone(&self.files), Arc::clone(&self.remote));
        Ok(Site { root, repository: None, files, remote, referrer: Some(Arc::clone(self)) })
    }

    /// Compares URLs as strings, as kustomize does.
    fn refuse_cycle(&self, url: &RepoUrl) -> Result<()> {
        let known = self.chain().filter_map(|site| site.repository.as_ref());
        for Repository { url: previous, .. } in known {
            if previous.raw.starts_with(&url.raw) {
                let (new, previous) = (&url.raw, &previous.raw);
                return Err(Failure(format!("cycle detected: URI '{new}' referenced by previous URI '{previous}'")));
            }
        }
        Ok(())
    }

    /// The content of a file in or below the directory, or of the file of a URL.
    fn read(&self, path: &str, ground: &dyn Ground) -> Result<Vec<u8>> {
        if is_web(path) {
            return self.remote.file(path).map(|content| content.to_vec()).map_err(|error| of_server(&error, path));
        }
        let whole = self.whole(path);
        let (directory, name) = go_path::cleaned(&whole, ground)?;
        let Some(name) = name else {
            return Err(Failure(format!("'{}' must resolve to a file", whole.display())));
        };
        if !directory.starts_with(&self.root) {
            let (whole, root) = (whole.display(), self.root.display());
            return Err(Failure(format!("security; file '{whole}' is not in or below '{root}'")));
        }
        let file = directory.join(name);
        self.files.read(&ground.actual(&file)).map_err(|cause| path_error("open", &file, &cause))
    }

    fn whole(&self, path: &str) -> PathBuf {
        if Path::new(path).is_absolute() { PathBuf::from(path) } else { join(&self.root, path) }
    }
}

impl Place {
    /// The absolute path of the directory.
    pub fn root(&self) -> &Path {
        &self.site.root
    }

    fn ground(&self) -> &dyn Ground {
        &self.bounds.destination
    }

    /// Whether something is at a path below the directory.
    pub fn exists(&self, path: &Path) -> bool {
        self.ground().actual(&self.root().join(path)).exists()
    }

    /// The files, for copying a directory.
    pub fn files(&self) -> &dyn Files {
        &*self.site.files
    }

    /// The content of a file that the kustomization names.
    ///
    /// # Errors
    /// It can't be read, or not by this kustomization.
    pub fn load(&self, path: &str) -> Result<Vec<u8>> {
        let content = self.site.read(path, self.ground()).within(|| "invalid file reference")?;
        if is_web(path) || !self.is_local {
            return Ok(content);
        }
        let file = join(self.root(), &self.clean(path)?.to_string_lossy());
        let destination = self.bounds.destination.path();
        if file.parent().is_some_and(|directory| directory.starts_with(destination)) {
            let (file, destination) = (quoted_path(&file), quoted_path(destination));
            return Err(Failure(format!("file {} at {file} enters localize destination {destination}", quote(path))));
        }
        Ok(content)
    }

    /// The path of a file without symbolic links, relative to the directory.
    ///
    /// # Errors
    /// It does not exist.
    pub fn clean(&self, path: &str) -> Result<PathBuf> {
        let whole = self.site.whole(path);
        let (directory, name) = go_path::cleaned(&whole, self.ground())
            .within(|| format!("cannot clean validated file path {}", quoted_path(&whole)))?;
        Ok(go_path::relative(self.root(), &name.map_or(directory.clone(), |name| directory.join(name))))
    }

    /// A directory that the kustomization names.
    ///
    /// # Errors
    /// It is not a directory, can't be fetched, or is outside the scope.
    pub fn directory(&self, path: &str) -> Result<Place> {
        let site = self.site.directory(path, self.ground()).within(|| "invalid root reference")?;
        let root = quoted_path(&site.root);
        match &site.repository {
            Some(repository) if repository.url.reference.is_none() => return Err(without_reference(path)),
            None if self.is_local => {
                let Bounds { scope, destination } = &*self.bounds;
                if !site.root.starts_with(scope) {
                    return Err(Failure(format!("root {root} outside localize scope {}", quoted_path(scope))));
                }
                if site.root.starts_with(destination.path()) {
                    let destination = quoted_path(destination.path());
                    return Err(Failure(format!("root {root} references into localize destination {destination}")));
                }
            }
            _ => {}
        }
        let is_local = self.is_local && site.repository.is_none();
        Ok(Place { site: Arc::new(site), bounds: Arc::clone(&self.bounds), is_local })
    }
}

/// The failure to fetch a file.
fn of_server(error: &Diagnostic, url: &str) -> Failure {
    let status = error.message.rsplit_once("the server returned ").and_then(|(_, status)| status.split_once(' '));
    Failure(match status {
        Some(_) if RepoUrl::parse(url).is_ok() => "URL is a git repository".to_owned(),
        Some((code, name)) => format!("HTTP Error: status code {code} ({name})"),
        None => error.message.clone(),
    })
}

/// The failure for a URL whose content may change.
pub fn without_reference(url: &str) -> Failure {
    Failure(format!("localize remote root {} missing ref query string parameter", quote(url)))
}
