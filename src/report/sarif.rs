//! Findings as SARIF 2.1.0, the format for code scanning: one run with its rules and results.

use std::path::Path;

use serde_json::{Value, json};

use super::Format;
use super::place::{Place, place};
use crate::check::Report;
use crate::escape;
use crate::explain;
use crate::finding::Finding;
use crate::source::{Sources, Span};

/// For code scanning.
pub const FORMAT: Format = Format { name: "sarif", purpose: "SARIF 2.1.0, for code scanning", report };

/// The report as a SARIF document.
fn report(report: &Report, sources: &Sources) -> String {
    let mut codes: Vec<&str> = report.findings().map(|finding| finding.diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let results: Vec<Value> = report.findings().map(|finding| result(finding, &codes, sources)).collect();
    let mut properties = json!({"silenced": report.silenced.all, "silencedErrors": report.silenced.errors});
    if let Some(words) = report.searched.words() {
        properties["searched"] = json!(words);
    }
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "render",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": properties,
        }],
    });
    escape::json(&format!("{document:#}\n")).into_owned()
}

fn rule(code: &str) -> Value {
    let page = explain::page(code).unwrap_or_default();
    let title = if page.is_empty() { code } else { explain::title(&page) };
    json!({"id": code, "shortDescription": {"text": title}, "help": {"text": page, "markdown": page}})
}

fn result(finding: &Finding, codes: &[&str], sources: &Sources) -> Value {
    let Finding { diagnostic, field, object } = finding;
    let help = diagnostic.help.iter().map(|help| format!("; {help}"));
    let text: String = std::iter::once(diagnostic.message.clone()).chain(help).collect();
    // `[text](target)` would be a link.
    let text = text.replace("](", "\\](");
    let mut location = json!({});
    if let Some(span) = diagnostic.span {
        location["physicalLocation"] = physical(span, sources);
    }
    if !object.gvk.kind.is_empty() {
        let name = if field.is_empty() { object.to_string() } else { format!("{object}: {field}") };
        location["logicalLocations"] = json!([{"fullyQualifiedName": name, "kind": "object"}]);
    }
    let related = diagnostic
        .labels
        .iter()
        .map(|(span, text)| json!({"physicalLocation": physical(*span, sources), "message": {"text": text}}));
    json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": diagnostic.severity.name(),
        "message": {"text": text},
        "locations": [location],
        "relatedLocations": related.collect::<Vec<_>>(),
    })
}

fn physical(span: Span, sources: &Sources) -> Value {
    let Place { file, start, end } = place(span, sources);
    json!({
        "artifactLocation": {"uri": uri(file)},
        "region": {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column},
    })
}

/// A path as a URI; an absolute path gets the `file` scheme.
fn uri(path: &Path) -> String {
    let mut uri = String::from(if path.is_absolute() { "file://" } else { "" });
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(byte)),
            byte => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri(Path::new("overlays/dev/a b.yaml")), "overlays/dev/a%20b.yaml");
        assert_eq!(uri(Path::new("/srv/x.yaml")), "file:///srv/x.yaml");
    }
}
