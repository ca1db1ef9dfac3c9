//! A kustomization to text, as kustomize's editor writes it.
//!
//! The fields keep the order of the file, and those that it did not have follow in kustomize's order. Lines of comments stay
//! above the field that followed them; everything else is written again.
//! Behavior: `kustfile.kustomizationFile` (`parseCommentedFields`, `marshal`), with its peculiarities: only a field at the
//! beginning of a line and directly before `:` counts, the last line counts only if it ends, and a field that is found twice is
//! written twice.

use serde_json::{Map, Value, json};

use super::kustomization::Kustomization;
use super::types::{KUSTOMIZATION, folds_to};
use crate::yaml::untyped::json_to_yaml;

/// All fields that are written, by their names in Go, in order.
const ORDER: [&str; 33] = [
    "APIVersion",
    "Kind",
    "MetaData",
    "SortOptions",
    "Resources",
    "Bases",
    "NamePrefix",
    "NameSuffix",
    "Namespace",
    "Crds",
    "CommonLabels",
    "Labels",
    "CommonAnnotations",
    "PatchesStrategicMerge",
    "PatchesJson6902",
    "Patches",
    "ConfigMapGenerator",
    "SecretGenerator",
    "HelmCharts",
    "HelmChartInflationGenerator",
    "HelmGlobals",
    "GeneratorOptions",
    "Vars",
    "Images",
    "Replacements",
    "Replicas",
    "Configurations",
    "Generators",
    "Transformers",
    "Validators",
    "Components",
    "OpenAPI",
    "BuildMetadata",
];

/// A field of a file, and the comments above it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Commented {
    field: &'static str,
    comment: Vec<u8>,
}

/// The fields of a file in the order of their lines.
pub(super) fn commented_fields(content: &[u8]) -> Vec<Commented> {
    let mut fields: Vec<Commented> = Vec::new();
    let mut comments = Vec::new();
    for line in content.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
        if is_comment_or_blank(line) {
            comments.extend_from_slice(line);
        } else if let Some(field) = field_of_line(line) {
            fields.push(Commented { field, comment: std::mem::take(&mut comments) });
        } else if let Some(last) = fields.last_mut() {
            last.comment.append(&mut comments);
        }
    }
    fields
}

fn is_comment_or_blank(line: &[u8]) -> bool {
    let start = line.iter().position(|byte| *byte != b' ').unwrap_or(line.len());
    matches!(line[start..], [b'#' | b'\n', ..])
}

fn field_of_line(line: &[u8]) -> Option<&'static str> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let key = std::str::from_utf8(&line[..colon]).ok()?;
    ORDER.into_iter().find(|field| folds_to(key, field))
}

/// The whole file.
///
/// # Errors
/// A field that the file had can't be printed. If a new field can't be printed, the file becomes empty, as with kustomize.
pub(super) fn marshal(original: &[Commented], kustomization: &Kustomization) -> Result<Vec<u8>, String> {
    let written = kustomization.written();
    let mut out = Vec::new();
    for Commented { field, comment } in original {
        out.extend_from_slice(comment);
        out.extend_from_slice(print_field(field, kustomization, &written)?.as_bytes());
    }
    for field in ORDER.into_iter().filter(|field| original.iter().all(|known| known.field != *field)) {
        match print_field(field, kustomization, &written) {
            Ok(text) => out.extend_from_slice(text.as_bytes()),
            Err(_) => return Ok(Vec::new()),
        }
    }
    Ok(out)
}

fn print_field(field: &str, kustomization: &Kustomization, written: &Map<String, Value>) -> Result<String, String> {
    let Some(known) = KUSTOMIZATION.by_go_name(field) else { return Ok(String::new()) };
    match (written.get(known.json), kustomization.value(known.json)) {
        (Some(value), Some(_)) => json_to_yaml(&json!({ known.json: value })),
        _ => Ok(String::new()),
    }
}
