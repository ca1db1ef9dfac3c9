//! A Code Quality report, which GitLab shows in merge requests. A fingerprint identifies the overlay, the object, and the path of
//! a value, but not its location or contents, so it stays the same while a branch evolves.

use std::collections::HashMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::annotations::{Annotation, DATA_LOSS, annotations};
use super::{Format, Style};
use crate::diff::model::Diff;
use crate::escape;

/// For GitLab.
pub const FORMAT: Format =
    Format { name: "gitlab", purpose: "A GitLab Code Quality report (JSON)", shows_errors: true, annotates: true, write };

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

fn write(diff: &Diff, _: Style) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let issues = annotations(diff).into_iter().map(|annotation| {
        let Annotation { check, overlay, object, path, .. } = &annotation;
        let id = serde_json::json!([check, overlay, object, path]).to_string();
        let times = seen.entry(id.clone()).and_modify(|times| *times += 1).or_default();
        issue(&annotation, format!("{:x}", Sha256::digest(format!("{id} {times}"))))
    });
    let issues: Vec<Issue> = issues.collect();
    escape::json(&serde_json::to_string_pretty(&issues).unwrap_or_default()).into_owned() + "\n"
}

fn issue(annotation: &Annotation, fingerprint: String) -> Issue {
    let severity = match annotation.check {
        "not-compared" | DATA_LOSS => "critical",
        "needs-recreate" | "new-error" => "major",
        "pods-restart" | "removed" | "new-warning" => "minor",
        _ => "info",
    };
    let path = annotation.file.clone().unwrap_or_else(|| annotation.overlay.clone());
    let lines = Lines { begin: annotation.line.unwrap_or(1) };
    Issue {
        description: annotation.sentence(),
        check_name: annotation.check,
        fingerprint,
        severity,
        location: Location { path, lines },
    }
}
