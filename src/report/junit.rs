//! Findings as JUnit XML, which CI systems show as tests: one test per object, which fails when the object has errors.

use std::fmt::Write;

use super::Format;
use super::place::place;
use crate::check::{Report, Silenced};
use crate::diagnostic::Severity;
use crate::escape::{markup, markup_line};
use crate::finding::Finding;
use crate::source::Sources;

/// For CI systems.
pub const FORMAT: Format = Format { name: "junit", purpose: "JUnit XML, one test per object", report };

/// The report as an XML document.
fn report(report: &Report, sources: &Sources) -> String {
    let mut cases = String::new();
    let mut failed = 0;
    for object in &report.objects {
        let file = place(object.span, sources).file.display().to_string();
        failed += usize::from(case(&file, &object.id.to_string(), &object.findings, sources, &mut cases));
    }
    if !report.apart.is_empty() {
        failed += usize::from(case("render", "input", &report.apart, sources, &mut cases));
    }
    let tests = report.objects.len() + usize::from(!report.apart.is_empty());
    let counts = format!("tests=\"{tests}\" failures=\"{failed}\" errors=\"0\"");
    let properties = properties(report);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"render\" {counts}>\n\
         <testsuite name=\"render validate\" {counts} skipped=\"0\">\n{properties}{cases}</testsuite>\n</testsuites>\n"
    )
}

/// The numbers of silenced findings and of what was searched, if there are any.
fn properties(report: &Report) -> String {
    let Silenced { all, errors } = report.silenced;
    let silenced = [("silenced".to_owned(), all), ("silencedErrors".to_owned(), errors)].into_iter().filter(|_| all > 0);
    let searched = [("builds".to_owned(), report.searched.builds), ("manifests".to_owned(), report.searched.manifests)];
    let left_out = report.searched.left_out.counts().map(|(reason, count)| (format!("leftOut.{reason}"), count));
    let searched = searched.into_iter().filter(|(_, count)| *count > 0).chain(left_out);
    let lines: Vec<String> =
        silenced.chain(searched).map(|(name, value)| format!("<property name=\"{name}\" value=\"{value}\"/>\n")).collect();
    if lines.is_empty() { String::new() } else { format!("<properties>\n{}</properties>\n", lines.concat()) }
}

/// Writes a test; returns whether it fails.
fn case(class: &str, name: &str, findings: &[Finding], sources: &Sources, out: &mut String) -> bool {
    let (errors, others): (Vec<_>, Vec<_>) = findings.iter().partition(|found| found.diagnostic.severity == Severity::Error);
    let _ = write!(out, "<testcase classname=\"{}\" name=\"{}\"", markup_line(class), markup_line(name));
    if findings.is_empty() {
        out.push_str("/>\n");
        return false;
    }
    out.push_str(">\n");
    // JUnit's schema allows one failure per test, so several errors are combined.
    if let Some(first) = errors.first() {
        let (code, message) = (first.diagnostic.code, markup_line(&first.diagnostic.message));
        let _ = writeln!(out, "<failure type=\"{code}\" message=\"{message}\">{}</failure>", texts(&errors, sources));
    }
    if !others.is_empty() {
        let _ = writeln!(out, "<system-out>{}</system-out>", texts(&others, sources));
    }
    out.push_str("</testcase>\n");
    !errors.is_empty()
}

fn texts(findings: &[&Finding], sources: &Sources) -> String {
    let texts: Vec<String> = findings.iter().map(|finding| super::human::finding(finding, sources)).collect();
    markup(&texts.join("\n"))
}
