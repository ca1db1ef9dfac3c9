//! The row of an output format in the table.

use crate::check::{Checked, Report};
use crate::confidential;
use crate::finding::Finding;
use crate::source::Sources;

/// An output format.
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its purpose, for the help text.
    pub purpose: &'static str,
    /// Writes a report as text.
    pub(super) report: fn(&Report, &Sources) -> String,
}

impl Format {
    /// The report as text, without secret values.
    pub fn print(&self, report: &Report, sources: &Sources) -> String {
        if confidential::of(sources).is_empty() {
            return (self.report)(report, sources);
        }
        let clean = |findings: &[Finding]| {
            findings.iter().map(|finding| confidential::finding(finding, sources).into_owned()).collect::<Vec<_>>()
        };
        let objects = report.objects.iter();
        let objects =
            objects.map(|object| Checked { id: object.id.clone(), span: object.span, findings: clean(&object.findings) });
        let clean = Report {
            objects: objects.collect(),
            apart: clean(&report.apart),
            silenced: report.silenced,
            unknown: report.unknown.clone(),
            searched: report.searched,
            definitions: report.definitions.clone(),
        };
        (self.report)(&clean, sources)
    }
}
