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
mod plan;
mod report;
mod silence;
mod versions;

use std::sync::Arc;

pub use left_out::{LeftOut, Reason, Searched};
pub use of_build::of_build;
pub use plan::Plan;
pub use report::{Checked, Report, Silenced};
pub use silence::{Silence, Silences};

pub use crate::validate::lints::Whole;

use crate::definitions;
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResId;
use crate::validate::{Validator, lints};
use crate::yaml::Node;

/// Checks the objects of a build.
pub fn check(objects: &[Node], whole: &Whole, plan: &Plan, records: &mut Records) -> Report {
    each(objects, together(objects, whole, plan), plan, records)
}

/// Checks plain manifests. Those of a group are applied together; a definition in any group is known in all of them.
pub fn check_groups(groups: &[Vec<Node>], plan: &Plan, records: &mut Records) -> Report {
    let objects = groups.concat();
    // Groups with the same objects are alternatives, such as the directories of several clusters.
    let mut findings = match duplicates::across(groups) {
        true => groups.iter().flat_map(|group| together(group, &Whole::Part, plan)).collect(),
        false => together(&objects, &Whole::Part, plan),
    };
    let mut start = 0;
    for group in groups {
        for (at, duplicate) in duplicates::find(group, &records.sources) {
            findings.get_mut(start + at).into_iter().for_each(|found| found.push(duplicate.clone()));
        }
        start += group.len();
    }
    each(&objects, findings, plan, records)
}

/// The findings of lints, by object.
fn together(objects: &[Node], whole: &Whole, plan: &Plan) -> Vec<Vec<Finding>> {
    lints::check(objects, whole, &plan.versions.iter().collect::<Vec<_>>())
}

/// Checks each object; `together` has the findings that need all of them.
fn each(objects: &[Node], together: Vec<Vec<Finding>>, plan: &Plan, records: &mut Records) -> Report {
    let (definitions, errors) = definitions::of(objects.iter(), &plan.crds, records);
    let definitions = Arc::new(definitions);
    let validator = |version| (version, Validator::new(version, plan.require_schemas, Arc::clone(&definitions)));
    let validators: Vec<_> = plan.versions.iter().map(validator).collect();
    let mut report = Report::default();
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
