//! A build that fails under the name kustomize: its warnings, our report, and kustomize's own words as the last line.

use rustc_hash::FxHashMap;

use super::log;
use crate::commands::output;
use crate::confidential;
use crate::diagnostic::{Diagnostic, first_of};
use crate::edit::faults_in_go_words;
use crate::kustomize_words::quote;
use crate::load::credentials::mask_line;
use crate::pipeline::emit_one;
use crate::records::Records;
use crate::resource::{ResMap, Resource};
use crate::source::{SourceId, Span};
use crate::yaml::{Node, emit, go_syntax};

/// Prints kustomize's warnings about deprecated fields: all, or the first `count`.
pub fn warnings(records: &Records, count: Option<usize>) {
    let count = count.unwrap_or(records.deprecated.len());
    print_warnings(records.deprecated.iter().take(count).map(|(_, field)| *field));
}

fn print_warnings(fields: impl Iterator<Item = &'static str>) {
    let lines: String = fields.map(warning).collect();
    if !lines.is_empty() {
        output::eprint(&lines);
    }
}

/// Reports errors: as this program does, and then the first one as kustomize does.
pub fn report(errors: &[Diagnostic], records: &Records) {
    let words = words(errors, records);
    output::failed(errors, records);
    say(&words);
}

/// Prints the warnings before the error that kustomize reports; returns its words. Unlike there, they show neither values of
/// Secrets nor passwords in URLs.
pub fn words(errors: &[Diagnostic], records: &Records) -> String {
    let first = errors.get(first_of(errors));
    let fault = |file: SourceId| faults_in_go_words(records.sources.get(file).text());
    let count = first.and_then(|error| error.words.warnings()).unwrap_or(records.deprecated.len());
    // There are no warnings about a file that kustomize can't read.
    let mut files: FxHashMap<SourceId, bool> = FxHashMap::default();
    let warned = records.deprecated.iter().take(count);
    let warned = warned.filter(|(file, _)| !*files.entry(*file).or_insert_with(|| fault(*file).is_some()));
    print_warnings(warned.map(|(_, field)| *field));
    words_alone(errors, records)
}

/// The words of the error that kustomize reports.
pub fn words_alone(errors: &[Diagnostic], records: &Records) -> String {
    let fault = |file: SourceId| faults_in_go_words(records.sources.get(file).text());
    let words = errors.get(first_of(errors)).map(|error| error.words.compose(&error.message, fault));
    masked(&words.unwrap_or_default(), records)
}

/// Reports objects that can't be printed; kustomize shows the first one.
pub fn report_unprintable(errors: &[Diagnostic], resources: &ResMap, records: &Records) {
    warnings(records, None);
    output::failed(errors, records);
    if let Some(words) = unprintable(errors, resources, records) {
        say(&words);
    }
}

/// kustomize's words for objects that can't be printed.
pub fn unprintable(errors: &[Diagnostic], resources: &ResMap, records: &Records) -> Option<String> {
    let is_wrong = |resource: &&Resource| emit_one(resource, records, &mut String::new()).is_err();
    let object = resources.iter().find(is_wrong);
    let (error, object) = errors.first().zip(object)?;
    let words = error.words.compose(&error.message, |_| None);
    let words = match (error.code, error.labels.first()) {
        ("duplicate-key", Some((first, _))) => {
            let key = key_at(error.span, records);
            let [line, before] = [error.span, Some(*first)].map(|span| line_of(span, records) + records_before(span, object));
            format!(
                "map[string]interface {{}}(nil): yaml: unmarshal errors:\n  line {line}: mapping key {} already defined at line \
                 {before}",
                quote(&key)
            )
        }
        _ => format!("{}: {words}", go_syntax::object(&object.without_values(object.node().clone()))),
    };
    Some(masked(&words, records))
}

/// The number of lines that kustomize's records about an object add before a location.
fn records_before(span: Option<Span>, object: &Resource) -> usize {
    let lines = |node: &Node| {
        let mut text = String::new();
        node.get("metadata").map(|metadata| emit(metadata, &mut text));
        text.lines().count()
    };
    let metadata = object.node().get("metadata").map(Node::span);
    let is_after = span.zip(metadata).is_some_and(|(span, metadata)| span.start > metadata.end);
    if is_after { lines(&object.with_records()).saturating_sub(lines(object.node())) } else { 0 }
}

fn key_at(span: Option<Span>, records: &Records) -> String {
    let text = span.and_then(|span| records.sources.get(span.source).text().get(span.start as usize..span.end as usize));
    text.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
}

/// The line of a location in its document. Behavior: kyaml, which reads each document separately.
fn line_of(span: Option<Span>, records: &Records) -> usize {
    let Some(span) = span else { return 0 };
    let text = records.sources.get(span.source).text();
    let before = text.get(..span.start as usize).unwrap_or_default();
    let start = before.rfind("\n---").and_then(|at| before[at + 1..].find('\n').map(|end| at + end + 2)).unwrap_or(0);
    // Blank lines get lost.
    before[start..].lines().filter(|line| !line.trim().is_empty()).count() + 1
}

/// Prints kustomize's own error, which is the last line.
fn say(words: &str) {
    output::eprint(&format!("\nError: {words}\n"));
}

/// A text without values of Secrets and passwords in URLs.
fn masked(words: &str, records: &Records) -> String {
    mask_line(&confidential::text(words, confidential::of(&records.sources)))
}

/// Prints the line of the log about vars that are never used.
pub fn unused_vars(records: &Records) {
    let unused = records.findings.iter().filter(|finding| finding.diagnostic.code == "unused-var");
    let names: Vec<&str> = unused.filter_map(|finding| finding.diagnostic.words.text()).collect();
    if !names.is_empty() {
        log::line(&format!("well-defined vars that were never replaced: {}\n", names.join(",")));
    }
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
