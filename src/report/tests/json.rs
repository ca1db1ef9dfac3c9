//! Test runs for programs: one JSON object with `overlays` and `summary`.

use serde_json::{Map, Value, json};

use super::Format;
use crate::diff::{Change, Sided};
use crate::escape;
use crate::finding::Finding;
use crate::report::place::place;
use crate::source::Sources;
use crate::suite::{Case, Subject, Suite, Suites};
use crate::yaml::{self, Node};

/// For programs.
pub const FORMAT: Format = Format { name: "json", purpose: "One JSON object", report };

fn report(suites: &Suites, sources: &Sources) -> String {
    escape::json(&document(suites, sources).to_string()).into_owned() + "\n"
}

/// The run as programs see it.
pub(super) fn document(suites: &Suites, sources: &Sources) -> Value {
    let count = |subject| suites.list.iter().map(|suite| suite.count(subject)).sum::<usize>();
    let apart: Vec<Finding> = suites.apart.iter().cloned().map(Finding::from).collect();
    let mut document = json!({
        "overlays": suites.list.iter().map(|suite| overlay(suite, sources)).collect::<Vec<_>>(),
        "findings": apart.iter().map(|found| finding(found, sources)).collect::<Vec<_>>(),
        "summary": {
            "overlays": suites.list.len(),
            "snapshots": count(Subject::Snapshot),
            "assertions": count(Subject::Assertion),
            "failed": suites.failures(),
        },
    });
    if let Some(filtered) = suites.filtered {
        document["summary"]["filtered"] = filtered.into();
    }
    document
}

fn overlay(suite: &Suite, sources: &Sources) -> Value {
    let mut overlay = json!({
        "directory": suite.directory.display().to_string(),
        "tests": suite.cases.iter().map(|case| test(case, sources)).collect::<Vec<_>>(),
    });
    if let Some(update) = suite.update {
        overlay["update"] = json!({ "written": update.written, "removed": update.removed, "unchanged": update.unchanged });
    }
    overlay
}

fn test(case: &Case, sources: &Sources) -> Value {
    let changes = case.differences.iter().flat_map(|object| object.all_changes()).flat_map(Change::shown);
    json!({
        "subject": case.subject.name(),
        "name": case.name,
        "file": case.file.display().to_string(),
        "passed": !case.fails(),
        "findings": case.findings.iter().map(|found| finding(found, sources)).collect::<Vec<_>>(),
        "changes": changes.map(|change| difference(&change)).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding, sources: &Sources) -> Value {
    let Finding { diagnostic, field, object } = finding;
    let mut found = Map::new();
    found.insert("severity".into(), diagnostic.severity.name().into());
    found.insert("code".into(), diagnostic.code.into());
    found.insert("message".into(), diagnostic.message.as_str().into());
    if let Some(place) = diagnostic.span.map(|span| place(span, sources)) {
        found.insert("file".into(), place.file.display().to_string().into());
        found.insert("line".into(), place.start.line.into());
        found.insert("column".into(), place.start.column.into());
    }
    if !object.name.is_empty() {
        found.insert("object".into(), object.to_string().into());
    }
    if !field.is_empty() {
        found.insert("field".into(), field.as_str().into());
    }
    if let Some(help) = &diagnostic.help {
        found.insert("help".into(), help.as_str().into());
    }
    found.into()
}

fn difference(change: &Change) -> Value {
    let mut found = Map::new();
    found.insert("field".into(), change.path.to_string().into());
    for (name, side) in [("old", &change.old), ("new", &change.new)] {
        found.extend(side.as_ref().map(|side| (name.to_owned(), sided(side))));
    }
    found.into()
}

fn sided(side: &Sided) -> Value {
    let place = side.place.as_ref().map(|place| (place.to_string(), place.by.as_str()));
    let (place, by) = place.unzip();
    json!({ "value": value(&side.node), "place": place, "by": by })
}

/// The value itself; null if JSON can't represent it.
fn value(node: &Node) -> Value {
    yaml::json::print(node, false).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}
