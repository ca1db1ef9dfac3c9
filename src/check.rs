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
mod silence;
mod substitution;
mod versions;

use std::sync::Arc;

use placeholders::prepare;
use prepared::Prepared;

pub use left_out::{LeftOut, Reason, Searched};
pub use of_build::of_build;
pub use placeholders::Placeholders;
pub use plan::Plan;
pub use report::{Checked, Report, Silenced};
pub use silence::{Silence, Silences};
pub use substitution::{Flux, Values, Variables, data, readable};

pub use crate::validate::lints::Whole;

use crate::definitions;
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResId;
use crate::validate::{Validator, lints};
use crate::yaml::Node;

/// Checks the objects of a build.
pub fn check(objects: &[Node], whole: &Whole, plan: &Plan, records: &mut Records) -> Report {
    let prepared = prepare(objects, &plan.placeholders);
    let lints = lints::check(&prepared.objects, whole);
    each(objects, &prepared, lints, plan, records)
}

/// Checks plain manifests. Those of a group are applied together; a definition in any group is known in all of them.
pub fn check_groups(groups: &[Vec<Node>], plan: &Plan, records: &mut Records) -> Report {
    let objects = groups.concat();
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
        true => replaced.iter().flat_map(|group| lints::check(group, &Whole::Part)).collect(),
        false => lints::check(&prepared.objects, &Whole::Part),
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

/// Checks each object; `together` has the findings that need all of them.
fn each(objects: &[Node], prepared: &Prepared, mut together: Vec<Vec<Finding>>, plan: &Plan, records: &mut Records) -> Report {
    let (definitions, errors) = definitions::of(objects.iter(), &plan.crds, records);
    let definitions = Arc::new(definitions);
    let unknown = Arc::new(prepared.unknown.clone());
    let validator = |version| {
        let validator = Validator::new(version, plan.require_schemas, Arc::clone(&definitions));
        (version, validator.with_unknown(Arc::clone(&unknown)))
    };
    prepared.drop_doubtful(&mut together);
    let validators: Vec<_> = plan.versions.iter().map(validator).collect();
    let mut report = Report::default();
    for (at, ((node, replaced), lints)) in objects.iter().zip(&prepared.objects).zip(together).enumerate() {
        let mut found = versions::check(replaced, &validators);
        found.extend(lints);
        prepared.explain(&mut found, node, &plan.placeholders);
        found.extend(prepared.findings.get(at).into_iter().flatten().cloned());
        let mut findings = apply::to_object(found, node, plan, &records.sources, &mut report.silenced);
        chain::add(&mut findings, node, &records.provenance);
        report.objects.push(Checked { id: ResId::of(node), span: node.span(), findings });
    }
    report.unknown.extend(prepared.in_order());
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
