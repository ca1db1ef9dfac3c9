//! What a run of tests comes to: a suite for each overlay, with a case for each snapshot and each assertion.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Severity};
use crate::diff::ObjectDiff;
use crate::finding::Finding;

/// The tests of one overlay.
#[derive(Debug, Default)]
pub struct Suite {
    /// The directory of the overlay, as it is shown.
    pub directory: PathBuf,
    /// The tests, snapshots first.
    pub cases: Vec<Case>,
    /// What was done to the snapshots; `None` when they were only compared.
    pub update: Option<Update>,
}

/// One test.
#[derive(Debug)]
pub struct Case {
    /// What is tested.
    pub subject: Subject,
    /// The object, or the name of the assertion.
    pub name: String,
    /// The file of the snapshot, or the one that the assertion stands in.
    pub file: PathBuf,
    /// What is wrong, and what is only told.
    pub findings: Vec<Finding>,
    /// For a snapshot: what differs, the snapshot on the old side. A Secret's values are digests, unless they are to be seen.
    pub differences: Vec<ObjectDiff>,
}

/// What a test is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An object is rendered as it was.
    Snapshot,
    /// Something is true of the objects.
    Assertion,
    /// The overlay builds, and has tests; only told where that is not so.
    Build,
}

/// How many files were written and removed, and how many are as they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// Files that are new or have another content.
    pub written: usize,
    /// Files whose objects are gone.
    pub removed: usize,
    /// Files that were right.
    pub unchanged: usize,
}

/// What a run comes to.
#[derive(Debug, Default)]
pub struct Suites {
    /// One an overlay, in the order in which they were asked for.
    pub list: Vec<Suite>,
    /// What belongs to no test, such as masks that mask nothing.
    pub apart: Vec<Diagnostic>,
}

impl Case {
    /// A test that passes so far.
    pub fn new(subject: Subject, name: impl Into<String>, file: impl Into<PathBuf>) -> Self {
        Case { subject, name: name.into(), file: file.into(), findings: Vec::new(), differences: Vec::new() }
    }

    /// Whether it fails.
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|finding| finding.diagnostic.severity == Severity::Error)
    }
}

impl Subject {
    /// The name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Snapshot => "snapshot",
            Subject::Assertion => "assertion",
            Subject::Build => "build",
        }
    }
}

impl Suite {
    /// How many tests there are of a subject.
    pub fn count(&self, subject: Subject) -> usize {
        self.cases.iter().filter(|case| case.subject == subject).count()
    }

    /// How many tests fail.
    pub fn failures(&self) -> usize {
        self.cases.iter().filter(|case| case.fails()).count()
    }

    /// Whether its snapshots should be looked at and written anew.
    pub fn has_stale_snapshots(&self) -> bool {
        let is_stale = |finding: &Finding| finding.diagnostic.code.ends_with("-snapshot");
        self.cases.iter().flat_map(|case| &case.findings).any(is_stale)
    }
}

impl Suites {
    /// How many tests fail.
    pub fn failures(&self) -> usize {
        self.list.iter().map(Suite::failures).sum()
    }
}
