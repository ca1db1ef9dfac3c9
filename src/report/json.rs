//! Findings for programs: one JSON object with `findings` and `summary`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::Format;
use super::place::place;
use crate::check::Report;
use crate::diagnostic::Severity;
use crate::escape;
use crate::finding::Finding;
use crate::schema::known_in;
use crate::source::Sources;

/// For programs.
pub const FORMAT: Format = Format { name: "json", purpose: "One JSON object", report };

/// What the formats for programs write.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    findings: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    definitions: Vec<Definitions<'a>>,
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
    /// The field as the API server reports it.
    field: Cow<'a, str>,
    /// The complete path, if the server's decoder leaves out a part.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    from: Vec<Step<'a>>,
    object: Object<'a>,
}

/// A step that wrote the value or led to it; the last step comes first.
#[derive(Serialize)]
struct Step<'a> {
    step: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    api_version: String,
    kind: &'a str,
    name: &'a str,
    namespace: &'a str,
}

/// What a path with definitions contains.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Definitions<'a> {
    path: &'a str,
    custom_resource_definitions: usize,
    json_schemas: usize,
}

/// Counts of a run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    objects: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    silenced: usize,
    silenced_errors: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    searched: Option<Searched>,
}

/// What directories were searched for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Searched {
    builds: usize,
    manifests: usize,
    left_out: BTreeMap<&'static str, usize>,
}

/// The report as one line of JSON.
fn report(report: &Report, sources: &Sources) -> String {
    escape::json(&serde_json::to_string(&document(report, sources)).unwrap_or_default()).into_owned() + "\n"
}

/// The report as programs see it.
pub(super) fn document<'a>(report: &'a Report, sources: &Sources) -> Document<'a> {
    let summary = Summary {
        objects: report.objects.len(),
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        notes: report.count(Severity::Note),
        silenced: report.silenced.all,
        silenced_errors: report.silenced.errors,
        searched: searched(report),
    };
    let definitions = report.definitions.iter().map(|contents| Definitions {
        path: &contents.path,
        custom_resource_definitions: contents.definitions,
        json_schemas: contents.schemas,
    });
    let findings = report.findings().map(|finding| entry(finding, sources)).collect();
    Document { findings, definitions: definitions.collect(), summary }
}

fn searched(report: &Report) -> Option<Searched> {
    let found = &report.searched;
    let left_out: BTreeMap<&'static str, usize> = found.left_out.counts().collect();
    let is_empty = found.builds == 0 && found.manifests == 0 && left_out.is_empty();
    (!is_empty).then_some(Searched { builds: found.builds, manifests: found.manifests, left_out })
}

/// The field as the API server reports it: its decoder names the fields of built-in kinds without indices and keys, and those in the
/// metadata of custom resources by their place there.
fn reported_field(finding: &Finding) -> Cow<'_, str> {
    let Finding { diagnostic, field, object } = finding;
    if diagnostic.code != "wrong-type" {
        return field.into();
    }
    let is_built_in = !known_in(&object.gvk.group, &object.gvk.version, &object.gvk.kind).is_empty();
    let decoded = if is_built_in { Some(field.as_str()) } else { field.strip_prefix("metadata.") };
    let Some(decoded) = decoded else { return field.into() };
    decoded.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest)).collect()
}

fn entry<'a>(finding: &'a Finding, sources: &Sources) -> Entry<'a> {
    let Finding { diagnostic, field, object } = finding;
    let place = diagnostic.span.map(|span| place(span, sources));
    let reported = reported_field(finding);
    let step =
        |frame: &'a crate::diagnostic::Frame| Step { step: &frame.step, place: frame.span.map(|span| sources.place(span)) };
    Entry {
        file: place.as_ref().map(|place| place.file.display().to_string()).unwrap_or_default(),
        line: place.as_ref().map_or(0, |place| place.start.line),
        column: place.as_ref().map_or(0, |place| place.start.column),
        severity: diagnostic.severity.name(),
        code: diagnostic.code,
        message: &diagnostic.message,
        path: (reported != *field).then_some(field),
        field: reported,
        help: diagnostic.help.as_deref(),
        from: diagnostic.trace.iter().map(step).collect(),
        object: Object {
            api_version: object.gvk.api_version().to_string(),
            kind: &object.gvk.kind,
            name: &object.name,
            namespace: &object.namespace,
        },
    }
}
