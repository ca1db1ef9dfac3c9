//! The findings of builds that are not silenced: patches without effect, duplicate entries, and the like.

use rustc_hash::FxHashSet;

use super::plan::Plan;
use super::report::Report;
use super::{apply, effects, placeholders};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResMap;
use crate::source::Sources;

/// The codes that are reported once for all files that they occur in.
const ONCE: &[&str] = &["deprecated-field"];

/// Checks the objects of a build, and moves its findings from the records to a report.
pub fn of_build(resources: &ResMap, plan: &Plan, records: &mut Records) -> Report {
    effects::find(resources, records);
    let mut report = Report::default();
    let found = apply::to_build(std::mem::take(&mut records.findings), plan, &records.sources, &mut report.silenced);
    report.apart = found;
    report
}

impl Report {
    /// Merges findings that several builds share, and those that are reported once for all files.
    pub fn gather(&mut self, sources: &Sources) {
        if let Some(note) = placeholders::note(&std::mem::take(&mut self.unknown)) {
            self.add(note);
        }
        self.apart = gather(each_once(std::mem::take(&mut self.apart), sources), sources);
    }
}

/// Drops repeated findings: a base is built once for each overlay.
fn each_once(mut findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    let mut reported = FxHashSet::default();
    findings.retain(|Finding { diagnostic, field, object }| {
        let place = diagnostic.span.map(|span| sources.place(span));
        reported.insert((diagnostic.code, place, diagnostic.message.clone(), field.clone(), object.clone()))
    });
    findings
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
