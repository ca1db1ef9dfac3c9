//! Checks objects: first the API server's rules for each target version, then rules that need all objects at once.
//!
//! ```text
//! objects -> rules, for each version -> lints across objects -> silenced findings are dropped -> provenance of the values
//! ```

mod apply;
mod chain;
mod effects;
mod of_build;
mod plan;
mod report;
mod silence;
mod versions;

use std::rc::Rc;

pub use of_build::of_build;
pub use plan::Plan;
pub use report::{Checked, Report, Silenced};
pub use silence::{Silence, Silences};

pub use crate::validate::lints::Whole;

use crate::definitions::{self, Found};
use crate::records::Records;
use crate::resource::ResId;
use crate::validate::{Validator, lints};
use crate::yaml::Node;

/// Checks objects that are applied together.
pub fn check(objects: &[Node], whole: &Whole, plan: &Plan, records: &mut Records) -> Report {
    let Found { definitions, contents, errors } = definitions::of(objects.iter(), &plan.crds, records);
    let definitions = Rc::new(definitions);
    let validator = |version| (version, Validator::new(version, plan.require_schemas, Rc::clone(&definitions)));
    let validators: Vec<_> = plan.versions.iter().map(validator).collect();
    let mut report = Report { definitions: contents, ..Report::default() };
    let together = lints::check(objects, whole);
    for (node, lints) in objects.iter().zip(together) {
        let mut found = versions::check(node, &validators);
        found.extend(lints);
        let mut findings = apply::to_object(found, node, plan, &records.sources, &mut report.silenced);
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
