//! Test runs for people: the failures, the values that differ and where they were written, and what to do.

use std::fmt::Write;

use super::Format;
use crate::diagnostic::Severity;
use crate::diff::format::{FORMATS, Style};
use crate::diff::{Diff, ObjectDiff, OverlayDiff};
use crate::escape::{line, own_line};
use crate::finding::Finding;
use crate::report::human::{diagnostic, finding};
use crate::source::Sources;
use crate::suite::{Case, Subject, Suite, Suites};

/// For people.
pub const FORMAT: Format = Format { name: "human", purpose: "For people, with the differences and where they come from", report };

/// Findings that are shown as one list per overlay: the code, and the text for one and for several of them.
const LISTED: [(&str, &str, &str); 2] = [
    ("missing-snapshot", "object has no snapshot", "objects have no snapshot"),
    (
        "obsolete-snapshot",
        "snapshot belongs to an object that no longer exists",
        "snapshots belong to objects that no longer exist",
    ),
];

fn report(suites: &Suites, sources: &Sources) -> String {
    let mut parts: Vec<String> = suites.apart.iter().map(|found| diagnostic(found, sources)).collect();
    for suite in &suites.list {
        add_suite(suite, sources, &mut parts);
    }
    parts.push(summary(suites));
    parts.join("\n")
}

/// Adds the results of an overlay.
fn add_suite(suite: &Suite, sources: &Sources, parts: &mut Vec<String>) {
    let is_listed = |found: &Finding| LISTED.iter().any(|(code, ..)| *code == found.diagnostic.code);
    for case in &suite.cases {
        for found in case.findings.iter().filter(|found| !is_listed(found)) {
            if case.subject == Subject::Assertion {
                parts.push(assertion(case, found, sources));
            } else if case.differences.is_empty() {
                parts.push(finding(found, sources));
            }
        }
    }
    if let Some(diff) = differences(suite) {
        parts.push((FORMATS[0].write)(&diff, Style::default()).trim_end().to_owned() + "\n");
    }
    let lists = LISTED.iter().filter_map(|row| list(suite, row));
    parts.extend(lists);
    if suite.has_stale_snapshots() {
        let directory = suite.directory.display().to_string();
        let directory = line(&directory);
        parts.push(format!("help: `render test --update {directory}` accepts the current output\n"));
    }
    if let Some(update) = suite.update {
        let written = plural(update.written, "snapshot");
        let directory = suite.directory.display().to_string();
        let directory = own_line(&directory);
        parts.push(format!("{directory}: {written} written, {} removed, {} unchanged\n", update.removed, update.unchanged));
    }
}

/// A finding of an assertion, with the name of the assertion; a file that can't be read has no name.
fn assertion(case: &Case, found: &Finding, sources: &Sources) -> String {
    let text = finding(found, sources);
    if case.name == case.file.display().to_string() {
        return text;
    }
    let (head, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let (severity, message) = head.split_once(": ").unwrap_or(("error", head));
    let overlay = case.overlay.as_ref().map(|overlay| format!("{}: ", overlay.display())).unwrap_or_default();
    format!("{severity}: {}{}: {message}\n{rest}", line(&overlay), line(&case.name))
}

/// All values that differ in an overlay.
fn differences(suite: &Suite) -> Option<Diff> {
    let objects: Vec<ObjectDiff> = suite.cases.iter().flat_map(|case| case.differences.iter().cloned()).collect();
    let changed = suite.cases.iter().filter(|case| !case.differences.is_empty()).count();
    let unchanged = suite.cases.iter().filter(|case| case.subject == Subject::Snapshot && case.findings.is_empty()).count();
    let overlay = OverlayDiff { name: suite.directory.display().to_string(), objects, unchanged, ..OverlayDiff::default() };
    (changed > 0).then(|| Diff { sides: ["snapshots".into(), "rendered".into()], overlays: vec![overlay], ..Diff::default() })
}

fn list(suite: &Suite, (code, one, several): &(&str, &str, &str)) -> Option<String> {
    let found: Vec<(&Case, &Finding)> = suite
        .cases
        .iter()
        .flat_map(|case| case.findings.iter().map(move |found| (case, found)))
        .filter(|(_, found)| found.diagnostic.code == *code)
        .collect();
    let (_, first) = found.first()?;
    let what = if found.len() == 1 { one } else { several };
    let mut out = String::new();
    let severity = first.diagnostic.severity.name();
    let _ = writeln!(out, "{severity}[{code}]: {}: {} {what}", line(&suite.directory.to_string_lossy()), found.len());
    for (case, found) in found {
        let _ = match found.object.name.is_empty() {
            true => writeln!(out, "  - {}", line(&case.file.to_string_lossy())),
            false => writeln!(out, "  + {}", line(&found.object.to_string())),
        };
    }
    Some(out)
}

/// The last line: `2 overlays tested: 25 snapshots, 4 assertions: 1 failed`.
fn summary(suites: &Suites) -> String {
    let count = |subject| suites.list.iter().map(|suite| suite.count(subject)).sum();
    let overlays = plural(suites.list.len(), "overlay");
    let (snapshots, assertions) = (count(Subject::Snapshot), count(Subject::Assertion));
    let warned = |case: &&Case| !case.fails() && case.findings.iter().any(|found| found.diagnostic.severity == Severity::Warning);
    let warned = suites.list.iter().flat_map(|suite| &suite.cases).filter(warned).count();
    let warned = if warned > 0 { format!(", {warned} with warnings") } else { String::new() };
    let tested = format!("{}, {}", plural(snapshots, "snapshot"), plural(assertions, "assertion"));
    let filtered = suites.filtered.map(|count| format!(", {count} filtered out")).unwrap_or_default();
    format!("{overlays} tested: {tested}: {} failed{warned}{filtered}\n", suites.failures())
}

fn plural(count: usize, name: &str) -> String {
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}
