//! Findings for programs: one JSON object with `findings` and `summary`.

use serde::Serialize;

use crate::diagnostic::Severity;
use crate::source::Sources;
use crate::validate::Finding;

#[derive(Serialize)]
struct Report<'a> {
    findings: Vec<Entry<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Entry<'a> {
    file: String,
    line: usize,
    column: usize,
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    field: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    object: Object<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    api_version: String,
    kind: &'a str,
    name: &'a str,
    namespace: &'a str,
}

/// Counts of a run.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Summary {
    /// Objects that were looked at.
    pub objects: usize,
    /// Errors found.
    pub errors: usize,
    /// Warnings found.
    pub warnings: usize,
}

/// The severity as a word.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The report as one line of JSON.
pub fn report(findings: &[Finding], summary: Summary, sources: &Sources) -> String {
    let entry = |finding: &'_ Finding| {
        let location = finding.diagnostic.span.map(|span| sources.locate(span));
        let id = &finding.object;
        (
            location.map(|location| (location.source.path().display().to_string(), location.position)),
            id.gvk.api_version().to_string(),
        )
    };
    let places: Vec<_> = findings.iter().map(entry).collect();
    let entries = findings.iter().zip(places).map(|(finding, (place, api_version))| {
        let (file, line, column) = place.map_or((String::new(), 0, 0), |(file, position)| (file, position.line, position.column));
        let diagnostic = &finding.diagnostic;
        let object = Object {
            api_version,
            kind: &finding.object.gvk.kind,
            name: &finding.object.name,
            namespace: &finding.object.namespace,
        };
        Entry {
            file,
            line,
            column,
            severity: severity(diagnostic.severity),
            code: diagnostic.code,
            message: &diagnostic.message,
            field: &finding.field,
            help: diagnostic.help.as_deref(),
            object,
        }
    });
    let report = Report { findings: entries.collect(), summary };
    serde_json::to_string(&report).unwrap_or_default()
}
