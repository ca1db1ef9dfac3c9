//! What came of a check, object by object.

use crate::diagnostic::{Diagnostic, Severity};
use crate::finding::Finding;
use crate::resource::ResId;
use crate::source::Span;

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// The objects that were looked at, in order.
    pub objects: Vec<Checked>,
    /// What is wrong with the input before there are objects, and what belongs to none.
    pub apart: Vec<Finding>,
    /// How many findings were accepted by somebody.
    pub silenced: usize,
}

/// An object that was looked at.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What it is called.
    pub id: ResId,
    /// Where it stands.
    pub span: Span,
    /// What was found in it.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Adds another report.
    pub fn extend(&mut self, other: Report) {
        self.objects.extend(other.objects);
        self.apart.extend(other.apart);
        self.silenced += other.silenced;
    }

    /// Adds a finding that belongs to no object.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        self.apart.push(Finding::from(diagnostic));
    }

    /// All findings, object by object.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.objects.iter().flat_map(|object| &object.findings).chain(&self.apart)
    }

    /// How many findings are so bad.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings().filter(|finding| finding.diagnostic.severity == severity).count()
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.findings().any(|finding| finding.diagnostic.severity == Severity::Error)
    }
}
