//! Test runs as JUnit XML for CI systems: one suite per overlay, one test per snapshot or assertion.

use std::fmt::Write;

use super::Format;
use crate::diagnostic::{Diagnostic, Severity};
use crate::diff::format::{FORMATS, Style};
use crate::diff::{Diff, OverlayDiff};
use crate::escape::{markup, markup_line};
use crate::report::human;
use crate::source::Sources;
use crate::suite::{Case, Subject, Suite, Suites};

/// For CI systems.
pub const FORMAT: Format = Format { name: "junit", purpose: "JUnit XML, one test per snapshot or assertion", report };

fn report(suites: &Suites, sources: &Sources) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // An error outside of any overlay is a failed test of its own.
    let apart = apart(suites);
    let tests = suites.list.iter().map(|suite| suite.cases.len()).sum::<usize>() + apart.cases.len();
    let _ = writeln!(out, "<testsuites name=\"render\" tests=\"{tests}\" failures=\"{}\" errors=\"0\">", suites.failures());
    let others = Some(&apart).filter(|apart| !apart.cases.is_empty());
    others.into_iter().chain(&suites.list).for_each(|suite| write_suite(suite, sources, &mut out));
    out.push_str("</testsuites>\n");
    out
}

/// The errors outside of any overlay.
fn apart(suites: &Suites) -> Suite {
    let errors = suites.apart.iter().filter(|found| found.severity == Severity::Error);
    let case = |error: &Diagnostic| {
        let mut case = Case::new(Subject::Build, error.code, "");
        case.findings.push(error.clone().into());
        case
    };
    Suite { directory: "settings and files without an overlay".into(), cases: errors.map(case).collect(), update: None }
}

fn write_suite(suite: &Suite, sources: &Sources, out: &mut String) {
    let name = markup_line(&suite.directory.display().to_string());
    let (tests, failures) = (suite.cases.len(), suite.failures());
    let _ = writeln!(out, "<testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">");
    for case in &suite.cases {
        let class = markup_line(&case.file.display().to_string());
        let _ = write!(out, "<testcase classname=\"{class}\" name=\"{}\"", markup_line(&case.name));
        if case.findings.is_empty() {
            out.push_str("/>\n");
            continue;
        }
        out.push_str(">\n");
        let first = case.findings.iter().find(|found| found.diagnostic.severity == Severity::Error);
        let text = markup(&text(case, sources));
        let _ = match first {
            Some(first) => {
                let (code, message) = (first.diagnostic.code, markup_line(&first.diagnostic.message));
                writeln!(out, "<failure type=\"{code}\" message=\"{message}\">{text}</failure>")
            }
            None => writeln!(out, "<system-out>{text}</system-out>"),
        };
        out.push_str("</testcase>\n");
    }
    out.push_str("</testsuite>\n");
}

fn text(case: &Case, sources: &Sources) -> String {
    let mut texts: Vec<String> = case.findings.iter().map(|finding| human::finding(finding, sources)).collect();
    if !case.differences.is_empty() {
        let name = case.file.display().to_string();
        let overlay = OverlayDiff { name, objects: case.differences.clone(), ..OverlayDiff::default() };
        let diff = Diff { sides: ["snapshots".into(), "rendered".into()], overlays: vec![overlay], ..Diff::default() };
        texts.push((FORMATS[0].write)(&diff, Style::default()));
    }
    texts.join("\n")
}
