//! Where texts come from: files below a root, nothing else unless it is allowed.
//!
//! A [`Loader`] stands in one directory. Files are read relative to it and, after symbolic links, must lie in or below its
//! root; directories may lie anywhere but above the ones that led there. Behaviour: kustomize's file loader with
//! `LoadRestrictionsRootOnly`.

mod files;
pub mod helm;

use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

pub use files::{Disk, Files, Kind};

use crate::diagnostic::{Diagnostic, did_you_mean};

/// A file longer than this (bytes) is refused.
const MAX_FILE: usize = 512 << 20;

/// Whether files outside the kustomization's directory may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restrictions {
    /// Only files in or below the directory of the kustomization that names them.
    #[default]
    RootOnly,
    /// Any file.
    None,
}

/// A directory that files and further directories are found from.
#[derive(Clone)]
pub struct Loader {
    files: Rc<dyn Files>,
    /// The directory, absolute and without symbolic links.
    root: PathBuf,
    /// The directory as the user would write it.
    shown: PathBuf,
    restrictions: Restrictions,
    /// The roots that led here, outermost first.
    ancestors: Vec<PathBuf>,
}

/// What a name in `resources` turned out to be.
pub enum Found {
    /// A file: the path to show and its content.
    File(PathBuf, Vec<u8>),
    /// A directory to build.
    Directory(Loader),
}

impl Loader {
    /// A loader for a directory named on the command line.
    ///
    /// # Errors
    /// The directory does not exist or is none.
    pub fn new(files: Rc<dyn Files>, directory: &Path, restrictions: Restrictions) -> Result<Self, Diagnostic> {
        let shown = tidy(directory);
        let io = |message: String| Diagnostic::error("not-found", message).io();
        let root =
            files.canonicalize(directory).map_err(|cause| io(format!("can't open `{}`: {}", shown.display(), reason(&cause))))?;
        match files.kind(&root) {
            Some(Kind::Directory) => Ok(Loader { files, root, shown, restrictions, ancestors: Vec::new() }),
            _ => {
                Err(io(format!("`{}` is no directory", shown.display())).help("name the directory that holds the kustomization"))
            }
        }
    }

    /// The directory as the user would write it.
    pub fn shown(&self) -> &Path {
        &self.shown
    }

    /// The directory, absolute and without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether something of that name exists, and what.
    pub fn kind(&self, path: &str) -> Option<Kind> {
        self.files.kind(&self.root.join(path))
    }

    /// The files, for what is no part of a kustomization.
    pub fn files(&self) -> &Rc<dyn Files> {
        &self.files
    }

    /// Reads a file. Returns the path to show and the content.
    ///
    /// # Errors
    /// It does not exist, is no file, is too large, or lies outside the root. The diagnostic has no place yet.
    pub fn read(&self, path: &str) -> Result<(PathBuf, Vec<u8>), Diagnostic> {
        let shown = tidy(&self.shown.join(path));
        let full = self.root.join(path);
        let missing = |cause: &std::io::Error| {
            let near = if cause.kind() == std::io::ErrorKind::NotFound { self.near_name(path) } else { None };
            Diagnostic::error("not-found", format!("can't read `{}`: {}", shown.display(), reason(cause)))
                .help_if(near.map(|near| format!("did you mean `{near}`?")))
        };
        let real = self.files.canonicalize(&full).map_err(|cause| missing(&cause))?;
        if self.restrictions == Restrictions::RootOnly && !real.starts_with(&self.root) {
            let message = format!("`{}` is not in or below `{}`", shown.display(), self.shown.display());
            return Err(Diagnostic::error("outside-root", message)
                .help("move the file, or allow it with `--load-restrictor LoadRestrictionsNone`"));
        }
        let content = self.files.read(&real).map_err(|cause| missing(&cause))?;
        if content.len() > MAX_FILE {
            let message = format!("`{}` has {} bytes, more than the {MAX_FILE} that are read", shown.display(), content.len());
            return Err(Diagnostic::error("file-too-large", message));
        }
        Ok((shown, content))
    }

    /// The name in the directory that is nearest to one that is not there.
    fn near_name(&self, path: &str) -> Option<String> {
        let (parent, name) = path.trim_end_matches('/').rsplit_once('/').map_or(("", path), |(parent, name)| (parent, name));
        let names = self.files.list(&self.root.join(parent)).ok()?;
        let names: Vec<String> = names.into_iter().map(|name| name.display().to_string()).collect();
        let near = did_you_mean(name, names.iter().map(String::as_str))?;
        Some(if parent.is_empty() { near.to_owned() } else { format!("{parent}/{near}") })
    }

    /// A loader for another directory, found from this one.
    ///
    /// # Errors
    /// It does not exist, is no directory, is absolute, or is one of those that led here or above them.
    pub fn directory(&self, path: &str) -> Result<Loader, Diagnostic> {
        let shown = tidy(&self.shown.join(path));
        if path.is_empty() {
            return Err(Diagnostic::error("empty-path", "the path of a directory is empty"));
        }
        if Path::new(path).is_absolute() {
            return Err(Diagnostic::error("absolute-path", format!("the directory `{path}` is absolute"))
                .help("write it relative to this kustomization"));
        }
        let root = self
            .files
            .canonicalize(&self.root.join(path))
            .map_err(|cause| Diagnostic::error("not-found", format!("can't open `{}`: {}", shown.display(), reason(&cause))))?;
        if self.files.kind(&root) != Some(Kind::Directory) {
            return Err(Diagnostic::error("not-a-directory", format!("`{}` is no directory", shown.display())));
        }
        if let Some(ancestor) = self.ancestors.iter().chain([&self.root]).find(|ancestor| ancestor.starts_with(&root)) {
            let message = if *ancestor == root { "is being built already" } else { "holds a directory that is being built" };
            return Err(Diagnostic::error("cycle", format!("`{}` {message}: this is a cycle", shown.display()))
                .help("a kustomization can't use itself or a directory above itself"));
        }
        let mut ancestors = self.ancestors.clone();
        ancestors.push(self.root.clone());
        Ok(Loader { files: Rc::clone(&self.files), root, shown, restrictions: self.restrictions, ancestors })
    }

    /// Finds out what a name in `resources` is.
    ///
    /// # Errors
    /// As [`Loader::read`] for a file and [`Loader::directory`] for a directory.
    pub fn find(&self, path: &str) -> Result<Found, Diagnostic> {
        if self.kind(path) == Some(Kind::Directory) {
            return self.directory(path).map(Found::Directory);
        }
        self.read(path).map(|(shown, content)| Found::File(shown, content))
    }
}

/// A path without `.` and, where that is known without looking, without `..`.
pub fn tidy(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(result.components().next_back(), Some(Component::Normal(_))) => {
                result.pop();
            }
            component => result.push(component),
        }
    }
    if result.as_os_str().is_empty() { PathBuf::from(".") } else { result }
}

/// The cause of a failed file operation in a few words.
pub fn reason(cause: &std::io::Error) -> String {
    match cause.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a directory".into(),
        _ => cause.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_tidy() {
        assert_eq!(tidy(Path::new("overlays/dev/../../bases/x")), Path::new("bases/x"));
        assert_eq!(tidy(Path::new("../../x/./y")), Path::new("../../x/y"));
        assert_eq!(tidy(Path::new("a/..")), Path::new("."));
    }
}
