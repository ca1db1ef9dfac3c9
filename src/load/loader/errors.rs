//! Why a loader can't open something: its own errors, and kustomize's words for the same failures.
//!
//! The words are computed only for a build that fails. Behavior: kustomize's `FileLoader` and `fsOnDisk`.

use std::path::{Path, PathBuf};

use super::{Loader, Restrictions};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::kustomize_words::cause;
use crate::load::files::Kind;
use crate::load::go_paths::{below_root, no_directory, unresolved};
use crate::load::http::is_web;
use crate::load::repo_url::RepoUrl;
use crate::load::shown::{reason, with_slashes};

/// How to build a revision that does not have a file.
const IGNORED: &str = "if git ignores the file, name one to read in its place in `.render.yaml`, such as `revisions: {missing: {\"*.env\": \"*.env.example\"}}`";

impl Loader {
    /// The error for a path that can't be opened.
    pub(super) fn missing(&self, verb: &str, path: &str, cause: &std::io::Error) -> Diagnostic {
        let near = if cause.kind() == std::io::ErrorKind::NotFound { self.near_name(path) } else { None };
        let code = if cause.kind() == std::io::ErrorKind::FileTooLarge { "file-too-large" } else { "not-found" };
        let slashes = with_slashes(path);
        // A revision of git.
        let may_be_ignored = verb == "read" && code == "not-found" && !self.files.on_disk();
        let words = if verb == "open" { self.directory_words(path) } else { self.file_words(path) };
        let error = Diagnostic::error(code, format!("can't {verb} `{}`: {}", self.show(path).display(), reason(cause)));
        words
            .into_iter()
            .fold(error, Diagnostic::words)
            .help_if(near.map(|near| format!("did you mean `{near}`?")))
            .help_if(slashes)
            .also_help_if(may_be_ignored.then_some(IGNORED))
    }

    /// The name in the directory that is nearest to one that does not exist.
    fn near_name(&self, path: &str) -> Option<String> {
        let (parent, name) = path.trim_end_matches('/').rsplit_once('/').map_or(("", path), |(parent, name)| (parent, name));
        let names = self.files.list(&self.located(parent)).ok()?;
        let names: Vec<String> = names.into_iter().map(|name| name.display().to_string()).collect();
        let near = did_you_mean(name, names.iter().map(String::as_str))?;
        Some(if parent.is_empty() { near.to_owned() } else { format!("{parent}/{near}") })
    }

    /// Why kustomize can't load a local file; `None` if it can. Behavior: `FileLoader.Load`.
    pub fn file_words(&self, path: &str) -> Option<String> {
        if is_web(path) {
            return None;
        }
        let whole = if Path::new(path).is_absolute() { PathBuf::from(path) } else { below_root(self.located(path)) };
        let shown = whole.display();
        if self.restrictions == Restrictions::None {
            let read = self.files.read(&whole).err()?;
            return Some(match self.files.kind(&whole) {
                Some(Kind::Directory) => format!("read {shown}: is a directory"),
                _ => format!("open {shown}: {}", cause(&read)),
            });
        }
        if let Some(failure) = unresolved(&*self.files, &whole) {
            return Some(format!("evalsymlink failure on '{shown}' : {failure}"));
        }
        let real = self.files.canonicalize(&whole).ok()?;
        if self.files.kind(&real) == Some(Kind::Directory) {
            return Some(format!("'{shown}' must resolve to a file"));
        }
        if !real.starts_with(&self.root) {
            return Some(format!("security; file '{shown}' is not in or below '{}'", self.root.display()));
        }
        let read = self.files.read(&real).err()?;
        Some(format!("open {}: {}", real.display(), cause(&read)))
    }

    /// Why kustomize can't use a path as a directory; `None` if it can, or if the path is a URL. Behavior: `FileLoader.New`.
    pub fn directory_words(&self, path: &str) -> Option<String> {
        if path.is_empty() {
            return Some("new root cannot be empty".to_owned());
        }
        if RepoUrl::parse(path).is_ok() {
            return None;
        }
        if Path::new(path).is_absolute() {
            return Some(format!("new root '{path}' cannot be absolute"));
        }
        let whole = below_root(self.located(path));
        if let Some(words) = no_directory(&*self.files, &whole, &whole) {
            return Some(words);
        }
        let root = self.files.canonicalize(&whole).ok()?;
        if let Some(repository) = self.repository.as_ref().filter(|repository| !root.starts_with(&repository.root)) {
            return Some(format!(
                "security; bases in kustomizations found in cloned git repos must be within the repo, but base '{}' is outside '{}'",
                root.display(),
                repository.root.display()
            ));
        }
        let visited = self.ancestors.with(&self.root);
        let cycle = visited.within(&root).next()?;
        Some(format!("cycle detected: candidate root '{}' contains visited root '{}'", root.display(), cycle.display()))
    }
}
