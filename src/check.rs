//! Checks objects: the API server's rules for every target version, then what only the objects together can tell.
//!
//! ```text
//! objects -> rules, for each version -> lints between the objects -> what is silenced goes -> who wrote the values
//! ```

mod chain;
mod effects;
mod of_build;
mod silence;
mod versions;

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

pub use of_build::of_build;
pub use silence::{Silence, Silences};

pub use crate::validate::lints::Whole;

use crate::definitions;
use crate::diagnostic::{Diagnostic, Severity};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResId;
use crate::schema::VersionRange;
use crate::source::Span;
use crate::validate::{Validator, lints};
use crate::yaml::Node;

/// How objects are checked.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The Kubernetes versions that must accept them.
    pub versions: VersionRange,
    /// Files and directories with CustomResourceDefinitions.
    pub crds: Vec<PathBuf>,
    /// Whether a kind without schema is an error.
    pub require_schemas: bool,
    /// Whether warnings are errors.
    pub strict: bool,
    /// Whether builds merge lists of custom resources by the keys of their definitions.
    pub merge_custom_lists: bool,
    /// Findings that are accepted, file by file.
    pub silences: Vec<Rc<Silences>>,
}

impl Plan {
    /// Whether both come from the same files.
    pub fn is_like(&self, other: &Plan) -> bool {
        let pairs = || self.silences.iter().zip(&other.silences);
        self.silences.len() == other.silences.len() && pairs().all(|(one, other)| Rc::ptr_eq(one, other))
    }
}

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

/// Checks objects that are applied together.
pub fn check(objects: &[Node], whole: &Whole, plan: &Plan, records: &mut Records) -> Report {
    let (definitions, errors) = definitions::of(objects.iter(), &plan.crds, records);
    let definitions = Arc::new(definitions);
    let validator = |version| (version, Validator::new(version, plan.require_schemas, Arc::clone(&definitions)));
    let validators: Vec<_> = plan.versions.iter().map(validator).collect();
    let mut report = Report::default();
    let together = lints::check(objects, whole);
    for (node, lints) in objects.iter().zip(together) {
        let mut found = versions::check(node, &validators);
        found.extend(lints);
        let mut findings = silence::apply(found, node, plan, &records.sources, &mut report.silenced);
        chain::add(&mut findings, node, &records.provenance);
        report.objects.push(Checked { id: ResId::of(node), span: node.span(), findings });
    }
    once_a_kind(&mut report.objects);
    errors.into_iter().chain(definitions.faults()).for_each(|error| report.add(error));
    report
}

/// What is said of a kind is said once, not for each of its objects.
fn once_a_kind(objects: &mut [Checked]) {
    let mut told = rustc_hash::FxHashSet::default();
    for object in objects {
        let gvk = &object.id.gvk;
        object.findings.retain(|finding| finding.diagnostic.code != "no-schema" || told.insert(gvk.clone()));
    }
}
