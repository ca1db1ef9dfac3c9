//! The row of an output format in the table.

use crate::confidential;
use crate::source::Sources;
use crate::suite::{Case, Suite, Suites};

/// An output format.
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its purpose, for the help text.
    pub purpose: &'static str,
    /// Writes a test run as text.
    pub(super) report: fn(&Suites, &Sources) -> String,
}

impl Format {
    /// The results as text, without secret values.
    pub fn print(&self, suites: &Suites, sources: &Sources) -> String {
        if confidential::of(sources).is_empty() {
            return (self.report)(suites, sources);
        }
        let case = |case: &Case| {
            let findings = case.findings.iter().map(|finding| confidential::finding(finding, sources).into_owned());
            Case {
                name: case.name.clone(),
                file: case.file.clone(),
                overlay: case.overlay.clone(),
                findings: findings.collect(),
                differences: case.differences.clone(),
                ..*case
            }
        };
        let suite = |suite: &Suite| Suite {
            directory: suite.directory.clone(),
            cases: suite.cases.iter().map(case).collect(),
            update: suite.update,
        };
        let apart = suites.apart.iter().map(|found| confidential::diagnostic(found, sources).into_owned());
        let list = suites.list.iter().map(suite).collect();
        (self.report)(&Suites { list, apart: apart.collect(), filtered: suites.filtered }, sources)
    }
}
