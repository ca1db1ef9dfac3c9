//! Findings in the Test Anything Protocol, version 14: one test per object, followed by a block with its findings.

use std::fmt::Write;

use super::Format;
use super::place::place;
use crate::check::Report;
use crate::diagnostic::Severity;
use crate::escape::{json, tap};
use crate::finding::Finding;
use crate::source::Sources;

/// For test harnesses.
pub const FORMAT: Format = Format { name: "tap", purpose: "Test Anything Protocol, one test per object", report };

/// The report as a TAP stream.
fn report(report: &Report, sources: &Sources) -> String {
    let apart = usize::from(!report.apart.is_empty());
    let mut out = format!("TAP version 14\n1..{}\n", report.objects.len() + apart);
    for (at, object) in report.objects.iter().enumerate() {
        let name = format!("{} ({})", object.id, place(object.span, sources).file.display());
        test(at + 1, &name, &object.findings, sources, &mut out);
    }
    if apart > 0 {
        test(report.objects.len() + 1, "input", &report.apart, sources, &mut out);
    }
    if let Some(words) = report.searched.words() {
        let _ = writeln!(out, "# {words}");
    }
    if let Some(silenced) = super::human::silenced(report) {
        let _ = writeln!(out, "# {silenced}");
    }
    out
}

fn test(number: usize, name: &str, findings: &[Finding], sources: &Sources, out: &mut String) {
    let failed = findings.iter().any(|finding| finding.diagnostic.severity == Severity::Error);
    let _ = writeln!(out, "{} {number} - {}", if failed { "not ok" } else { "ok" }, tap(name));
    if findings.is_empty() {
        return;
    }
    out.push_str("  ---\n  findings:\n");
    for Finding { diagnostic, field, .. } in findings {
        let at = diagnostic.span.map(|span| sources.place(span)).unwrap_or_default();
        let entries = [("message", &diagnostic.message), ("field", field), ("at", &at)];
        let _ = writeln!(out, "    - severity: {}\n      code: {}", diagnostic.severity.name(), diagnostic.code);
        for (name, text) in entries.iter().filter(|(_, text)| !text.is_empty()) {
            // A JSON string is a valid YAML string.
            let _ = writeln!(out, "      {name}: {}", json(&serde_json::Value::from(text.as_str()).to_string()));
        }
    }
    out.push_str("  ...\n");
}
