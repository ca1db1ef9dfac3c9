//! The result of a test run: a suite for each overlay, with a case for each snapshot and each assertion.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Severity};
use crate::diff::ObjectDiff;
use crate::finding::Finding;

/// The tests of one overlay.
#[derive(Debug, Default)]
pub struct Suite {
    /// The directory of the overlay, as shown to the user.
    pub directory: PathBuf,
    /// The tests, snapshots first.
    pub cases: Vec<Case>,
    /// The changes to the snapshots; `None` if they were only compared.
    pub update: Option<Update>,
}

/// One test.
#[derive(Debug)]
pub struct Case {
    /// What is tested.
    pub subject: Subject,
    /// The object, or the name of the assertion.
    pub name: String,
    /// The file of the snapshot or of the assertion.
    pub file: PathBuf,
    /// The overlay, if the assertion applies to several overlays.
    pub overlay: Option<PathBuf>,
    /// Failures and other findings.
    pub findings: Vec<Finding>,
    /// For a snapshot: the differences, with the snapshot as the old side. Values of Secrets are digests, unless they are to
    /// be shown.
    pub differences: Vec<ObjectDiff>,
}

/// The subject of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An object is rendered as in its snapshot.
    Snapshot,
    /// A condition on the objects is satisfied.
    Assertion,
    /// The overlay builds, and has tests; only reported if that is not the case.
    Build,
}

/// The numbers of files that were written, removed and left unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// Files that are new or have different content.
    pub written: usize,
    /// Files whose objects no longer exist.
    pub removed: usize,
    /// Files that were up to date.
    pub unchanged: usize,
}

/// The result of a run.
#[derive(Debug, Default)]
pub struct Suites {
    /// One suite per overlay, in the order in which they were requested.
    pub list: Vec<Suite>,
    /// Findings outside of any test, such as masks without effect and tests that do not belong to an overlay.
    pub apart: Vec<Diagnostic>,
    /// The number of tests that did not run because their names do not match the filter; `None` without a filter.
    pub filtered: Option<usize>,
}

impl Case {
    /// A test that has not failed yet.
    pub fn new(subject: Subject, name: impl Into<String>, file: impl Into<PathBuf>) -> Self {
        let (name, file) = (name.into(), file.into());
        Case { subject, name, file, overlay: None, findings: Vec::new(), differences: Vec::new() }
    }

    /// Whether it fails.
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|finding| finding.diagnostic.severity == Severity::Error)
    }
}

impl Subject {
    /// The name used in machine-readable output.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Snapshot => "snapshot",
            Subject::Assertion => "assertion",
            Subject::Build => "build",
        }
    }
}

impl Suite {
    /// The number of tests with this subject.
    pub fn count(&self, subject: Subject) -> usize {
        self.cases.iter().filter(|case| case.subject == subject).count()
    }

    /// The number of failed tests.
    pub fn failures(&self) -> usize {
        self.cases.iter().filter(|case| case.fails()).count()
    }

    /// Whether its snapshots should be reviewed and updated.
    pub fn has_stale_snapshots(&self) -> bool {
        let is_stale = |finding: &Finding| finding.diagnostic.code.ends_with("-snapshot");
        self.cases.iter().flat_map(|case| &case.findings).any(is_stale)
    }
}

impl Suites {
    /// The number of failed tests, including those that could not even be assigned to an overlay.
    pub fn failures(&self) -> usize {
        let apart = self.apart.iter().filter(|found| found.severity == Severity::Error).count();
        self.list.iter().map(Suite::failures).sum::<usize>() + apart
    }

    /// Whether a test failed for a reason outside the input, such as a file that can't be read.
    pub fn has_io_errors(&self) -> bool {
        let findings = self.list.iter().flat_map(|suite| &suite.cases).flat_map(|case| &case.findings);
        findings.map(|finding| &finding.diagnostic).chain(&self.apart).any(|found| found.io)
    }
}
