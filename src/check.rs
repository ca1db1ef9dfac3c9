//! Checks objects: first the API server's rules for each target version, then rules that need all objects at once.
//!
//! ```text
//! objects -> rules, for each version -> lints across objects -> silenced findings are dropped -> provenance of the values
//! ```

mod apply;
mod chain;
mod duplicates;
mod effects;
mod left_out;
mod of_build;
mod placeholders;
mod plan;
mod prepared;
mod report;
mod revisions;
mod silence;
mod substitution;
mod versions;

use std::sync::Arc;

use placeholders::prepare;
use prepared::Prepared;

pub use effects::find as find_effects;
pub use left_out::{LeftOut, Reason, Searched};
use of_build::once_per_kind;
pub use of_build::{of_build, of_files};
pub use placeholders::Placeholders;
pub use plan::Plan;
pub use report::{Checked, Report, Silenced};
pub use revisions::Revisions;
pub use silence::{Silence, Silences};
pub use substitution::{Flux, Values, Variables, data, readable};

pub use crate::validate::lints::Whole;

use crate::definitions::{self, Found};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResId;
use crate::schema::Version;
use crate::validate::{Validator, lints};
use crate::yaml::Node;

/// Checks the objects of a build.
pub fn check(objects: &[Node], whole: &Whole, plan: &Plan, records: &mut Records) -> Report {
    let prepared = prepare(objects, &plan.placeholders);
    let lints = lints::check(&prepared.objects, whole, &versions(plan));
    each(objects, &prepared, lints, plan, records)
}

/// Checks plain manifests. Those of a group are applied together; a definition in any group is known in all of them.
pub fn check_groups(groups: &[Vec<Node>], plan: &Plan, records: &mut Records) -> Report {
    let (objects, versions) = (groups.concat(), versions(plan));
    let prepared = prepare(&objects, &plan.placeholders);
    let mut rest = prepared.objects.as_slice();
    let take = |group: &Vec<Node>| {
        let (own, others) = rest.split_at_checked(group.len()).unwrap_or((rest, &[]));
        rest = others;
        own
    };
    let replaced: Vec<&[Node]> = groups.iter().map(take).collect();
    // Groups with the same objects are alternatives, such as the directories of several clusters.
    let mut findings = match duplicates::across(groups) {
        true => replaced.iter().flat_map(|group| lints::check(group, &Whole::Part, &versions)).collect(),
        false => lints::check(&prepared.objects, &Whole::Part, &versions),
    };
    let mut start = 0;
    for group in groups {
        for (at, duplicate) in duplicates::find(group, &records.sources) {
            findings.get_mut(start + at).into_iter().for_each(|found| found.push(duplicate.clone()));
        }
        start += group.len();
    }
    each(&objects, &prepared, findings, plan, records)
}

fn versions(plan: &Plan) -> Vec<Version> {
    plan.versions.iter().collect()
}

/// Checks each object; `together` has the findings that need all of them.
fn each(objects: &[Node], prepared: &Prepared, mut together: Vec<Vec<Finding>>, plan: &Plan, records: &mut Records) -> Report {
    let Found { definitions, contents, errors } = definitions::of(objects.iter(), &plan.crds, records);
    let definitions = Arc::new(definitions);
    let unknown = Arc::new(prepared.unknown.clone());
    let validator = |version| {
        let validator = Validator::new(version, plan.require_schemas, Arc::clone(&definitions));
        (version, validator.with_unknown(Arc::clone(&unknown)))
    };
    prepared.drop_doubtful(&mut together);
    let validators: Vec<_> = plan.versions.iter().map(validator).collect();
    let mut report = Report { definitions: contents, ..Report::default() };
    for (at, ((node, replaced), lints)) in objects.iter().zip(&prepared.objects).zip(together).enumerate() {
        let mut found = versions::check(replaced, &validators);
        found.extend(lints);
        prepared.explain(&mut found, node, &plan.placeholders);
        found.extend(prepared.findings.get(at).into_iter().flatten().cloned());
        let id = ResId::of(node);
        let mut findings = apply::to_object(found, &id, node, plan, &records.sources, &mut report.silenced);
        chain::add(&mut findings, node, &records.provenance);
        report.objects.push(Checked { id, span: node.span(), findings });
    }
    report.unknown.extend(prepared.in_order(&records.sources));
    once_per_kind(&mut report.objects);
    errors.into_iter().chain(definitions.faults()).for_each(|error| report.add(error));
    report
}
