//! The result of a check, object by object.

use super::left_out::Searched;
use crate::definitions::Contents;
use crate::diagnostic::{Diagnostic, Severity};
use crate::finding::Finding;
use crate::resource::ResId;
use crate::source::Span;

/// The result of a check.
#[derive(Debug, Default)]
pub struct Report {
    /// The checked objects, in order.
    pub objects: Vec<Checked>,
    /// Findings that belong to no object, such as input that can't be read.
    pub apart: Vec<Finding>,
    /// The number of silenced findings.
    pub silenced: Silenced,
    /// The locations of values that were not checked, because they contain placeholders.
    pub unknown: Vec<Span>,
    /// What directories were searched for; empty if none was searched.
    pub searched: Searched,
    /// What the paths with definitions contain.
    pub definitions: Vec<Contents>,
}

/// How many findings are silenced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silenced {
    /// All of them.
    pub all: usize,
    /// The errors among them.
    pub errors: usize,
}

/// A checked object.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its id.
    pub id: ResId,
    /// Its location.
    pub span: Span,
    /// Its findings.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Appends another report.
    pub fn extend(&mut self, other: Report) {
        self.objects.extend(other.objects);
        self.apart.extend(other.apart);
        self.silenced.all += other.silenced.all;
        self.silenced.errors += other.silenced.errors;
        self.unknown.extend(other.unknown);
        self.searched.builds += other.searched.builds;
        self.searched.manifests += other.searched.manifests;
        self.searched.left_out.extend(&other.searched.left_out);
        for contents in other.definitions {
            if !self.definitions.contains(&contents) {
                self.definitions.push(contents);
            }
        }
    }

    /// Adds a finding that belongs to no object.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        self.apart.push(Finding::from(diagnostic));
    }

    /// All findings, object by object.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.objects.iter().flat_map(|object| &object.findings).chain(&self.apart)
    }

    /// The number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings().filter(|finding| finding.diagnostic.severity == severity).count()
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings().any(|finding| finding.diagnostic.severity == Severity::Error)
    }
}
