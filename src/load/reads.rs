//! What a build reads and looks for, in order: the memory of all loaders of a build.
//!
//! The loader is the only way to files, so this list is complete, except for what programs read that a flag allows to start.
//! `render deps` prints it, `render affected` compares it with what changed.

use std::cell::RefCell;
use std::path::PathBuf;

use super::credentials::mask;
use super::repo_url::RepoUrl;
use crate::yaml::provenance::StepId;

/// Something that was read or looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The step that asked for it; `None` for the command line, and for what is only looked for.
    pub step: Option<StepId>,
    /// What it is.
    pub what: What,
    /// Where it is, perhaps through symbolic links; of a repository, its directory as steps in it name theirs.
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
    /// The file that makes a directory a kustomization.
    Kustomization,
    /// Any other file.
    File,
    /// A directory that is built.
    Directory,
    /// A directory of a fetched repository, found from another one of it.
    Inner,
    /// A helm chart: a directory, all of which counts.
    Chart,
    /// A directory or file that a container sees.
    Mount,
    /// A program that is started.
    Program,
    /// A directory of a git repository, by URL.
    Repository,
    /// A file of a web server, by URL.
    Page,
    /// Something that is not there, but would be read if it were.
    Absent,
}

impl What {
    /// Whether all counts that lies below it.
    pub fn is_whole(self) -> bool {
        matches!(self, What::Chart | What::Mount)
    }

    /// Whether it lies elsewhere.
    pub fn is_remote(self) -> bool {
        matches!(self, What::Repository | What::Page | What::Inner)
    }
}

/// The list. Loaders are shared, so they write through a shared reference.
#[derive(Debug, Default)]
pub struct Reads(RefCell<Vec<Read>>);

impl Reads {
    /// Adds an entry.
    pub fn add(&self, read: Read) {
        self.0.borrow_mut().push(read);
    }

    /// All entries so far, in order.
    pub fn list(&self) -> Vec<Read> {
        self.0.borrow().clone()
    }
}
