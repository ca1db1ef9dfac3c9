//! The findings that a change introduces, for all output formats that people read: below the object that they are in, or in a
//! section of their own if the object does not differ or there is none.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::group_text::bounded;
use super::text::{clipped, id, new_findings, plural};
use crate::diagnostic::Severity;
use crate::diff::findings::{Introduced, Severities};
use crate::diff::groups::Member;
use crate::diff::model::{Diff, ObjectDiff, OverlayDiff};
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

/// Introduced findings as they are shown: what several objects or overlays have in common once, and the others where they belong.
pub struct Shown<'d> {
    /// Findings that several objects or overlays have in common.
    pub common: Vec<Common<'d>>,
    /// The others, by the name of the overlay and the index of the object.
    own: FxHashMap<(&'d str, Option<usize>), Vec<&'d Introduced>>,
    /// The names of the overlays.
    overlays: Vec<&'d str>,
    /// The others of each overlay, in order.
    all: FxHashMap<&'d str, Vec<&'d Introduced>>,
}

/// A finding that several objects or overlays have in common.
pub struct Common<'d> {
    /// One of them.
    pub finding: &'d Introduced,
    /// The overlays with the ids of the objects.
    members: Vec<(&'d str, &'d Introduced)>,
}

impl<'d> Shown<'d> {
    /// The introduced findings of a diff. With `no_fold`, each of them is shown where it belongs.
    pub fn new(diff: &'d Diff, no_fold: bool) -> Self {
        let overlays = diff.overlays.iter().map(|overlay| overlay.name.as_str()).collect();
        let mut shown = Shown { common: Vec::new(), own: FxHashMap::default(), overlays, all: FxHashMap::default() };
        let mut known: FxHashMap<_, usize> = FxHashMap::default();
        for overlay in &diff.overlays {
            for finding in &overlay.findings.introduced {
                let Introduced { severity, code, message, help, field, place, object, .. } = finding;
                let place = place.as_ref().map(|place| (&place.file, place.line, place.column));
                let own = no_fold.then_some((&overlay.name, finding.position, shown.common.len()));
                let key = (severity, code, message, help, field, place, &object.gvk.kind, own);
                let at = *known.entry(key).or_insert(shown.common.len());
                if at == shown.common.len() {
                    shown.common.push(Common { finding, members: Vec::new() });
                }
                shown.common[at].members.push((&overlay.name, finding));
            }
        }
        for found in shown.common.extract_if(.., |found| found.members.len() == 1) {
            for (overlay, finding) in found.members {
                shown.own.entry((overlay, finding.position)).or_default().push(finding);
                shown.all.entry(overlay).or_default().push(finding);
            }
        }
        shown
    }

    /// Those in an object.
    pub fn of(&self, member: &Member<'_>) -> &[&'d Introduced] {
        let position = member.object.new.as_ref().map(|side| side.position);
        let key = position.and_then(|position| Some((*self.overlays.get(member.overlay)?, Some(position))));
        key.and_then(|key| self.own.get(&key)).map_or(&[], Vec::as_slice)
    }

    /// Those of an overlay that are not shown with one of these objects.
    pub fn apart(&self, overlay: &OverlayDiff, rest: &[Member<'_>]) -> Vec<&'d Introduced> {
        let Some(all) = self.all.get(overlay.name.as_str()) else { return Vec::new() };
        let sides = rest.iter().filter_map(|member| member.object.new.as_ref());
        let with_object: FxHashSet<usize> = sides.map(|side| side.position).collect();
        let is_apart = |finding: &&&Introduced| finding.position.is_none_or(|position| !with_object.contains(&position));
        all.iter().filter(is_apart).copied().collect()
    }
}

impl Common<'_> {
    /// The overlays or the objects: `3 overlays: a, b, c`, `2 objects: Pod a, Pod b`.
    pub fn members(&self, most: usize) -> String {
        let overlays: BTreeSet<&str> = self.members.iter().map(|(overlay, _)| *overlay).collect();
        let objects: BTreeSet<String> = self.members.iter().map(|(_, finding)| id(&finding.object)).collect();
        let names =
            |names: Vec<String>, what: &str| format!("{}: {}", plural(names.len(), what), bounded(names.into_iter(), most));
        let has_objects = self.members.iter().all(|(_, finding)| !finding.object.name.is_empty());
        let objects = has_objects.then(|| match objects.len() {
            1 => objects.into_iter().collect(),
            _ => names(objects.into_iter().collect(), "object"),
        });
        let overlays =
            (overlays.len() > 1).then(|| names(overlays.into_iter().map(|name| line(name).into_owned()).collect(), "overlay"));
        objects.into_iter().chain(overlays).collect::<Vec<_>>().join(", in ")
    }
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
pub fn counts<'f>(findings: impl IntoIterator<Item = &'f Introduced>) -> String {
    let mut counts = Severities::default();
    findings.into_iter().for_each(|finding| counts.add(finding.severity));
    new_findings(&counts).join(", ")
}
