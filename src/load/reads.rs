//! What a build reads and looks for, in order, as recorded by all loaders of the build.
//!
//! All files are read through the loader, so this list is complete, except for what programs read that a flag enables.
//! `render deps` prints it, `render affected` compares it with what changed.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::credentials::mask;
use super::repo_url::RepoUrl;
use crate::usage::Usage;
use crate::yaml::provenance::StepId;

/// Something that was read or looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The step that requested it; `None` for the command line, and for what is only looked for.
    pub step: Option<StepId>,
    /// What it is.
    pub what: What,
    /// Its path, which may contain symbolic links; for a repository, its directory as the steps in it name it.
    pub path: PathBuf,
    /// The same as the user would write it.
    pub shown: PathBuf,
}

impl Read {
    /// A directory of a repository that a URL names.
    pub fn repository(step: Option<StepId>, url: &RepoUrl) -> Self {
        Read { step, what: What::Repository, path: url.shown(&url.directory()).into(), shown: mask(&url.raw).into() }
    }
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A kustomization file.
    Kustomization,
    /// Any other file.
    File,
    /// A directory that is built.
    Directory,
    /// A directory of a fetched repository, named by another directory of the same repository.
    Inner,
    /// A helm chart: a directory with all its files.
    Chart,
    /// A directory or file that is mounted into a container.
    Mount,
    /// A program that is started.
    Program,
    /// A directory of a git repository, by URL.
    Repository,
    /// A file of a web server, by URL.
    Page,
    /// A path that does not exist, but would be read if it did.
    Absent,
}

impl What {
    /// Whether everything below it counts.
    pub fn is_whole(self) -> bool {
        matches!(self, What::Chart | What::Mount)
    }

    /// Whether it is remote.
    pub fn is_remote(self) -> bool {
        matches!(self, What::Repository | What::Page | What::Inner)
    }
}

/// The list. Loaders are shared, so they write through a shared reference.
#[derive(Debug, Default)]
pub struct Reads {
    list: Mutex<Vec<Read>>,
    /// How much of the limits of a build is used.
    pub usage: Usage,
}

impl Reads {
    /// Adds a read.
    pub fn add(&self, read: Read) {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).push(read);
    }

    /// Adds the reads of another build. Their steps are not those of this one.
    pub fn extend(&self, others: &Reads) {
        let others = others.list().into_iter().map(|read| Read { step: None, ..read });
        self.list.lock().unwrap_or_else(PoisonError::into_inner).extend(others);
    }

    /// All reads so far, in order.
    pub fn list(&self) -> Vec<Read> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
