//! What builds have found on their way, less what somebody accepts: patches that did nothing, entries that stand twice, and the like.

use rustc_hash::FxHashSet;

use super::{Plan, Report, effects, silence};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResMap;
use crate::source::Sources;

/// The codes that are told once for all files that they are found in.
const ONCE: &[&str] = &["deprecated-field"];

/// Looks at what a build has made, and takes the findings so far out of the records.
pub fn of_build(resources: &ResMap, plan: &Plan, records: &mut Records) -> Report {
    effects::find(resources, records);
    let mut report = Report::default();
    let found = silence::apply_to_build(std::mem::take(&mut records.findings), plan, &records.sources, &mut report.silenced);
    report.apart = found;
    report
}

impl Report {
    /// Tells once what several builds have found, and what is said of a kind of finding for all files.
    pub fn gather(&mut self, sources: &Sources) {
        self.apart = gather(each_once(std::mem::take(&mut self.apart), sources), sources);
    }
}

/// Drops what was found before: a base is built once for each overlay.
fn each_once(mut findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    let mut told = FxHashSet::default();
    findings.retain(|Finding { diagnostic, field, object }| {
        let place = diagnostic.span.map(|span| sources.place(span));
        told.insert((diagnostic.code, place, diagnostic.message.clone(), field.clone(), object.clone()))
    });
    findings
}

/// Makes one finding of those that say the same of several files.
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
