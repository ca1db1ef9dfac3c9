//! Checks objects: first the API server's rules for each target version, then rules that need all objects at once.
//!
//! ```text
//! objects -> rules, for each version -> lints across objects -> silenced findings are dropped -> provenance of the values
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
use crate::resource::ResId;
use crate::schema::VersionRange;
use crate::source::Span;
use crate::stage::Records;
use crate::validate::{Validator, lints};
use crate::yaml::Node;

/// How objects are checked.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The Kubernetes versions that must accept the objects.
    pub versions: VersionRange,
    /// Files and directories that contain CustomResourceDefinitions.
    pub crds: Vec<PathBuf>,
    /// Whether a kind without a schema is an error.
    pub require_schemas: bool,
    /// Whether warnings are errors.
    pub strict: bool,
    /// Whether builds merge lists in custom resources by the keys that their definitions declare.
    pub merge_custom_lists: bool,
    /// The findings to silence, one set per settings file.
    pub silences: Vec<Rc<Silences>>,
}

impl Plan {
    /// Whether both plans take their silences from the same files.
    pub fn is_like(&self, other: &Plan) -> bool {
        let pairs = || self.silences.iter().zip(&other.silences);
        self.silences.len() == other.silences.len() && pairs().all(|(one, other)| Rc::ptr_eq(one, other))
    }
}

/// The result of a check.
#[derive(Debug, Default)]
pub struct Report {
    /// The checked objects, in order.
    pub objects: Vec<Checked>,
    /// Findings that belong to no object, such as input that can't be read.
    pub apart: Vec<Finding>,
    /// The number of silenced findings.
    pub silenced: usize,
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

    /// The number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings().filter(|finding| finding.diagnostic.severity == severity).count()
    }

    /// Whether any finding is an error.
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
    once_per_kind(&mut report.objects);
    errors.into_iter().chain(definitions.faults()).for_each(|error| report.add(error));
    report
}

/// Keeps findings about a kind only for its first object.
fn once_per_kind(objects: &mut [Checked]) {
    let mut reported = rustc_hash::FxHashSet::default();
    for object in objects {
        let gvk = &object.id.gvk;
        object.findings.retain(|finding| finding.diagnostic.code != "no-schema" || reported.insert(gvk.clone()));
    }
}
