//! Findings for people: the message, the location, the source line, the steps that led there, and what to do.

use std::fmt::Write;

use super::Format;
use crate::check::{Report, Silenced};
use crate::confidential;
use crate::definitions::Contents;
use crate::diagnostic::{Diagnostic, Frame, Severity};
use crate::escape::line;
use crate::finding::Finding;
use crate::load::credentials::mask_line;
use crate::source::{Location, Sources, Span, characters};

/// For people.
pub const FORMAT: Format = Format { name: "human", purpose: "For people, with the source lines", report };

/// All findings and a summary.
fn report(report: &Report, sources: &Sources) -> String {
    let mut texts: Vec<String> = report.findings().map(|found| finding(found, sources)).collect();
    texts.push(contents(report) + &summary(report));
    texts.join("\n")
}

/// What the paths with definitions contain, one line per path: `crds/: 2 CustomResourceDefinitions`.
fn contents(report: &Report) -> String {
    let mut out = String::new();
    for Contents { path, definitions, schemas } in &report.definitions {
        let counts = [count(*definitions, "CustomResourceDefinition"), count(*schemas, "JSON schema")];
        let counts: Vec<String> = counts.into_iter().filter(|text| !text.starts_with("0 ")).collect();
        let _ = writeln!(out, "{}: {}", line(path), counts.join(", "));
    }
    out
}

fn count(count: usize, name: &str) -> String {
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

/// The text of a finding in an object, with a trailing newline.
pub fn finding(finding: &Finding, sources: &Sources) -> String {
    let object = &finding.object;
    if object.gvk.kind.is_empty() && object.name.is_empty() {
        return diagnostic(&finding.diagnostic, sources);
    }
    let field = if finding.field.is_empty() { String::new() } else { format!(": {}", finding.field) };
    // The line may contain values of the Secret, whichever file it is in.
    let lines = object.gvk.kind != "Secret";
    text(&finding.diagnostic, Some(&format!("{object}{field}")), lines, sources)
}

/// The text of a diagnostic, with a trailing newline.
pub fn diagnostic(diagnostic: &Diagnostic, sources: &Sources) -> String {
    text(diagnostic, None, true, sources)
}

/// The text of a finding and the object that it is in. Without `lines`, source lines are left out.
fn text(diagnostic: &Diagnostic, object: Option<&str>, lines: bool, sources: &Sources) -> String {
    let diagnostic = &*confidential::diagnostic(diagnostic, sources);
    let mut out = String::new();
    let _ = writeln!(out, "{}[{}]: {}", diagnostic.severity.name(), diagnostic.code, line(&diagnostic.message));
    let width = gutter(diagnostic, sources);
    if let Some(span) = diagnostic.span {
        picture(span, None, "-->", width, lines, sources, &mut out);
    }
    for (span, text) in &diagnostic.labels {
        picture(*span, Some(text), ":::", width, lines, sources, &mut out);
    }
    if let Some(object) = object {
        let _ = writeln!(out, "{:width$} = in: {}", "", line(object));
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "{:width$} = help: {}", "", line(help));
    }
    for Frame { step, span } in &diagnostic.trace {
        match span {
            Some(span) => {
                let _ = writeln!(out, "{:width$} = from: {}: {}", "", line(&sources.place(*span)), line(step));
            }
            None => {
                let _ = writeln!(out, "{:width$} = from: {}", "", line(step));
            }
        }
    }
    out
}

/// What was searched, if anything, and the last line: `3 objects checked: 1 error, 0 warnings`.
pub fn summary(report: &Report) -> String {
    let objects = count(report.objects.len(), "object");
    let errors = count(report.count(Severity::Error), "error");
    let warnings = count(report.count(Severity::Warning), "warning");
    let silenced = silenced(report).map(|silenced| format!(", {silenced}")).unwrap_or_default();
    let searched = report.searched.words().map(|words| format!("{words}\n")).unwrap_or_default();
    format!("{searched}{objects} checked: {errors}, {warnings}{silenced}\n")
}

/// `2 silenced (1 error)`; `None` if there are none.
pub(super) fn silenced(report: &Report) -> Option<String> {
    let Silenced { all, errors } = report.silenced;
    let errors = match errors {
        0 => String::new(),
        1 => " (1 error)".into(),
        many => format!(" ({many} errors)"),
    };
    (all > 0).then(|| format!("{all} silenced{errors}"))
}

/// The width of the column of line numbers.
fn gutter(diagnostic: &Diagnostic, sources: &Sources) -> usize {
    let spans = diagnostic.span.iter().chain(diagnostic.labels.iter().map(|(span, _)| span));
    spans.map(|span| sources.locate(*span).position.line.to_string().len()).max().unwrap_or(1)
}

/// Writes the location and its source line, with the span underlined. Lines that may contain secret values are not shown.
fn picture(span: Span, text: Option<&str>, arrow: &str, width: usize, lines: bool, sources: &Sources, out: &mut String) {
    let Location { source, position } = sources.locate(span);
    let _ =
        writeln!(out, "{:width$}{arrow} {}:{}:{}", "", line(&source.path().to_string_lossy()), position.line, position.column);
    let text = text.map(line);
    let code = source.line(position.line);
    if code.trim().is_empty() || !lines || confidential::hides_line(span, sources) {
        if let Some(text) = text {
            let _ = writeln!(out, "{:width$} = {text}", "");
        }
        return;
    }
    let code = confidential::text(code, confidential::of(sources));
    let code = mask_line(&code);
    let (code, skipped) = window(&code, position.column);
    let length = sources.text(span).lines().next().unwrap_or("").trim_end().chars().count();
    let (left, length) = underline(&code, position.column - 1 - skipped, length);
    let _ = writeln!(out, "{:width$} |", "");
    let _ = writeln!(out, "{:>width$} | {}", position.line, line(&code));
    let _ = write!(out, "{:width$} | {:left$}{}", "", "", "^".repeat(length));
    let _ = writeln!(out, "{}", text.map(|text| format!(" {text}")).unwrap_or_default());
}

/// The part of a long line around a column, with tabs as spaces, and the number of characters left out before it.
fn window(line: &str, column: usize) -> (String, usize) {
    const WIDTH: usize = 160;
    let skipped = column.saturating_sub(WIDTH / 2);
    let skipped = if characters(line) <= WIDTH { 0 } else { skipped };
    let start = match line.is_ascii() {
        true => skipped.min(line.len()),
        false => line.char_indices().nth(skipped).map_or(line.len(), |(at, _)| at),
    };
    (line[start..].chars().take(WIDTH).map(|c| if c == '\t' { ' ' } else { c }).collect(), skipped)
}

/// The columns before the underline and below the text, in the line as it is shown: an escape is wider than its character.
fn underline(code: &str, left: usize, length: usize) -> (usize, usize) {
    let shown = |count: usize| line(&code.chars().take(count).collect::<String>()).chars().count();
    let before = shown(left);
    // A location may be past the end of what is shown.
    let missing = left.saturating_sub(code.chars().count());
    (before + missing, (shown(left.saturating_add(length.max(1)))).saturating_sub(before).max(1))
}
