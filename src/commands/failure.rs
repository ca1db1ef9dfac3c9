//! A build that fails under the name kustomize: its warnings, our report, and kustomize's own words as the last line.

use super::output;
use crate::diagnostic::Diagnostic;
use crate::records::Records;

/// Prints kustomize's warnings about deprecated fields: all, or the first `count`.
pub fn warnings(records: &Records, count: Option<usize>) {
    let count = count.unwrap_or(records.deprecated.len());
    let lines: String = records.deprecated.iter().take(count).map(|field| warning(field)).collect();
    if !lines.is_empty() {
        output::eprint(&lines);
    }
}

/// Reports errors: as this program does, and then the first one as kustomize does.
pub fn report(errors: &[Diagnostic], records: &Records) {
    let first = errors.first();
    warnings(records, first.and_then(|error| error.words.warnings()));
    output::failed(errors, records);
    let words = first.map(|error| error.words.compose(&error.message, |_| None)).unwrap_or_default();
    output::eprint(&format!("\nError: {words}\n"));
}

/// The warning about a deprecated field.
fn warning(field: &str) -> String {
    let (new, note) = match field {
        "bases" => ("resources", ""),
        "commonLabels" => ("labels", ""),
        "imageTags" => ("images", ""),
        "vars" => ("replacements", " [EXPERIMENTAL]"),
        _ => ("patches", ""),
    };
    format!(
        "# Warning: '{field}' is deprecated. Please use '{new}' instead.{note} Run 'kustomize edit fix' to update your \
         Kustomization automatically.\n"
    )
}
