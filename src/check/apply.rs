//! Findings that are silenced, with a reason: by an annotation on the object, or in `.render.yaml`.
//!
//! The annotation `ignore-check.render.dev/CODE: reason` silences warnings and notes; the API server ignores it. An entry in
//! `.render.yaml` silences any finding, including an error from a rule that turns out to be wrong. The entry can name the object,
//! its field, or the file that the finding points to, as a path relative to the directory of `.render.yaml`. For an error, it must
//! name the object.

use super::plan::Plan;
use super::report::Silenced;
use crate::diagnostic::Severity;
use crate::finding::Finding;
use crate::resource::ResId;
use crate::source::Sources;
use crate::yaml::Node;

/// The prefix of annotations that silence findings.
pub const ANNOTATION: &str = "ignore-check.render.dev/";

/// Returns the findings in an object that are not silenced, and counts those that are.
pub fn to_object(
    findings: Vec<Finding>,
    id: &ResId,
    object: &Node,
    plan: &Plan,
    sources: &Sources,
    silenced: &mut Silenced,
) -> Vec<Finding> {
    plan.silences.iter().for_each(|silences| silences.meet_object(id));
    keep(findings, plan, silenced, |finding| {
        let severe = finding.diagnostic.severity == Severity::Error;
        plan.silences.iter().any(|silences| silences.silence(finding, sources, &plan.revisions))
            || (!severe && annotation(object, finding.diagnostic.code).is_some())
    })
}

/// Returns the findings of a build that are not silenced, and counts those that are.
pub fn to_build(findings: Vec<Finding>, plan: &Plan, sources: &Sources, silenced: &mut Silenced) -> Vec<Finding> {
    plan.silences.iter().for_each(|silences| silences.meet_build());
    keep(findings, plan, silenced, |finding| {
        plan.silences.iter().any(|silences| silences.silence(finding, sources, &plan.revisions))
    })
}

fn keep(findings: Vec<Finding>, plan: &Plan, silenced: &mut Silenced, is_silenced: impl Fn(&Finding) -> bool) -> Vec<Finding> {
    let mut keeps = |finding: &Finding| {
        let is_silenced = is_silenced(finding);
        silenced.all += usize::from(is_silenced);
        silenced.errors += usize::from(is_silenced && finding.diagnostic.severity == Severity::Error);
        !is_silenced
    };
    let kept = findings.into_iter().filter(|finding| keeps(finding));
    kept.map(|finding| strictly(finding, plan.strict)).collect()
}

/// The reason that the object's annotation gives for silencing a code.
fn annotation<'n>(object: &'n Node, code: &str) -> Option<&'n str> {
    let reason = object.at_path(&["metadata", "annotations"])?.get(&format!("{ANNOTATION}{code}"))?;
    reason.as_str().filter(|reason| !reason.trim().is_empty())
}

fn strictly(mut finding: Finding, strict: bool) -> Finding {
    if strict && finding.diagnostic.severity == Severity::Warning {
        finding.diagnostic.severity = Severity::Error;
    }
    finding
}
