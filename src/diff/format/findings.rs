//! The findings that a change introduces, for all output formats that people read: below the object that they are in, or in a
//! section of their own if the object does not differ or there is none.

use rustc_hash::FxHashSet;

use super::text::{clipped, id, new_findings};
use crate::diagnostic::Severity;
use crate::diff::findings::{Introduced, Severities};
use crate::diff::model::{ObjectDiff, OverlayDiff};
use crate::escape::line;

/// The maximum number of characters of a sentence in an annotation.
const LONGEST: usize = 1000;

/// The introduced findings in an object that differs.
pub fn of<'d>(overlay: &'d OverlayDiff, object: &ObjectDiff) -> &'d [Introduced] {
    object.new.as_ref().map_or(&[], |side| overlay.findings.of(side.position))
}

/// The introduced findings outside of the objects that differ.
pub fn apart(overlay: &OverlayDiff) -> Vec<&Introduced> {
    let sides = overlay.objects.iter().filter_map(|object| object.new.as_ref());
    let differing: FxHashSet<usize> = sides.map(|side| side.position).collect();
    let is_apart = |finding: &&Introduced| finding.position.is_none_or(|position| !differing.contains(&position));
    overlay.findings.introduced.iter().filter(is_apart).collect()
}

/// The head of the section for findings outside of the objects that differ.
pub fn head(overlay: &OverlayDiff) -> &'static str {
    if overlay.objects.is_empty() { "new findings" } else { "new findings elsewhere" }
}

/// `new error[unknown-field]: spec.replica: unknown field; did you mean ...`, on one line. Without `in_object`, it starts with the
/// object.
pub fn sentence(finding: &Introduced, in_object: bool) -> String {
    let Introduced { severity, code, message, help, object, field, .. } = finding;
    let is_named = !in_object && !object.name.is_empty();
    let object = if is_named { format!("{}: ", id(object)) } else { String::new() };
    let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
    let help = help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    line(&format!("new {}[{code}]: {object}{field}{message}{help}", severity.name())).into_owned()
}

/// The same with the location: `...  # overlays/dev/kustomization.yaml:7:9`.
pub fn located(finding: &Introduced, in_object: bool) -> String {
    let place = finding.place.as_ref().map(|place| format!("  # {}", line(&place.to_string()))).unwrap_or_default();
    sentence(finding, in_object) + &place
}

/// The text of an annotation, which has the object in a part of its own.
pub fn remark(finding: &Introduced) -> String {
    clipped(&sentence(finding, true), LONGEST)
}

/// The name of an annotation about a finding.
pub fn check(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "new-error",
        Severity::Warning => "new-warning",
        Severity::Note => "new-note",
    }
}

/// `2 new errors, 1 new warning`; empty if there are none.
pub fn counts(findings: &[Introduced]) -> String {
    let mut counts = Severities::default();
    findings.iter().for_each(|finding| counts.add(finding.severity));
    new_findings(&counts).join(", ")
}
