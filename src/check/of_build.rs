//! The findings of builds that are not silenced: patches without effect, duplicate entries, and the like.

use std::ffi::OsStr;

use rustc_hash::FxHashSet;

use super::plan::Plan;
use super::report::{Checked, Report};
use super::{apply, placeholders};
use crate::diagnostic::Severity;
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResId;
use crate::source::{Location, Sources};

/// The codes that are reported once for all files that they occur in.
const ONCE: &[&str] = &["deprecated-field"];

/// Moves the findings of a build, and those about its effects, from the records to a report.
pub fn of_build(plan: &Plan, records: &mut Records) -> Report {
    let mut report = Report::default();
    let found = apply::to_build(std::mem::take(&mut records.findings), plan, &records.sources, &mut report.silenced);
    report.apart = found;
    report
}

/// Moves findings about files that are not built from the records to a report.
pub fn of_files(plan: &Plan, records: &mut Records) -> Report {
    let mut report = Report::default();
    let found = std::mem::take(&mut records.findings);
    if !found.is_empty() {
        report.apart = apply::to_build(found, plan, &records.sources, &mut report.silenced);
    }
    report
}

impl Report {
    /// Merges findings that several builds share, and those that are reported once for all files.
    pub fn gather(&mut self, sources: &Sources) {
        if let Some(note) = placeholders::note(&std::mem::take(&mut self.unknown)) {
            self.add(note);
        }
        self.drop_consequences();
        self.apart = gather(each_once(std::mem::take(&mut self.apart), sources), sources);
        once_per_kind(&mut self.objects);
        let mut reported = FxHashSet::default();
        // An object with an error fails in each build, also where every object is a test.
        let findings = self.objects.iter().flat_map(|object| &object.findings);
        let keeps =
            findings.map(|finding| finding.diagnostic.severity == Severity::Error || reported.insert(identity(finding, sources)));
        let kept: Vec<bool> = keeps.collect();
        let mut kept = kept.into_iter();
        for object in &mut self.objects {
            object.findings.retain(|_| kept.next().unwrap_or(true));
        }
    }
}

impl Report {
    /// All findings, each with its object. Those that are about the same thing are not merged.
    pub fn into_findings(mut self, sources: &Sources) -> Vec<Finding> {
        self.drop_consequences();
        let mut findings = each_once(self.apart, sources);
        for Checked { id, findings: mut found, .. } in self.objects {
            found.iter_mut().for_each(|finding| finding.object.clone_from(&id));
            findings.append(&mut found);
        }
        findings
    }

    /// Drops findings about missing objects if the reason is that the reference was not updated.
    fn drop_consequences(&mut self) {
        let is_cause = |finding: &&Finding| finding.diagnostic.code == "dangling-name";
        let causes: FxHashSet<_> =
            self.apart.iter().filter(is_cause).map(|finding| (finding.object.clone(), finding.field.clone())).collect();
        if causes.is_empty() {
            return;
        }
        for object in &mut self.objects {
            object.findings.retain(|finding| {
                let is_missing = finding.diagnostic.code.starts_with("unknown-");
                !is_missing || !causes.contains(&(finding.object.clone(), finding.field.clone()))
            });
        }
    }
}

/// Drops repeated findings: a base is built once for each overlay.
fn each_once(mut findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    let mut reported = FxHashSet::default();
    let kept: Vec<bool> = findings.iter().map(|finding| reported.insert(identity(finding, sources))).collect();
    let mut kept = kept.into_iter();
    findings.retain(|_| kept.next().unwrap_or(true));
    findings
}

/// What findings have in common if they report the same thing.
#[derive(PartialEq, Eq, Hash)]
struct Identity<'f> {
    code: &'static str,
    message: &'f str,
    field: &'f str,
    object: &'f ResId,
    /// The file, the line, and the column.
    place: Option<(&'f OsStr, usize, usize)>,
}

fn identity<'f>(finding: &'f Finding, sources: &'f Sources) -> Identity<'f> {
    let Finding { diagnostic, field, object } = finding;
    let place = diagnostic.span.map(|span| {
        let Location { source, position } = sources.locate(span);
        (source.path().as_os_str(), position.line, position.column)
    });
    Identity { code: diagnostic.code, message: &diagnostic.message, field, object, place }
}

/// Merges findings that report the same thing for several files.
fn gather(findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    let mut gathered: Vec<Finding> = Vec::new();
    let mut others: Vec<Vec<String>> = Vec::new();
    for finding in findings {
        let once = ONCE.contains(&finding.diagnostic.code);
        let like = |other: &Finding| {
            other.diagnostic.code == finding.diagnostic.code && other.diagnostic.message == finding.diagnostic.message
        };
        match once.then(|| gathered.iter().position(like)).flatten() {
            Some(at) => others[at].extend(finding.diagnostic.span.map(|span| sources.place(span))),
            None => {
                gathered.push(finding);
                others.push(Vec::new());
            }
        }
    }
    for (finding, others) in gathered.iter_mut().zip(others).filter(|(_, others)| !others.is_empty()) {
        finding.diagnostic.message += &format!(" (also in {})", others.join(", "));
    }
    gathered
}

/// Keeps findings about a kind only for its first object.
pub(super) fn once_per_kind(objects: &mut [Checked]) {
    let mut reported = FxHashSet::default();
    for object in objects {
        let gvk = &object.id.gvk;
        object.findings.retain(|finding| finding.diagnostic.code != "no-schema" || reported.insert(gvk.clone()));
    }
}
