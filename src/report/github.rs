//! Findings as workflow commands, which GitHub Actions shows next to the lines of a pull request.

use super::Format;
use super::place::place;
use crate::check::Report;
use crate::diagnostic::Severity;
use crate::escape::{command_message, command_property, line};
use crate::finding::Finding;
use crate::source::Sources;

/// For GitHub Actions.
pub const FORMAT: Format = Format { name: "github", purpose: "Workflow commands for GitHub Actions", report };

/// One command per finding, then the summary.
fn report(report: &Report, sources: &Sources) -> String {
    let commands: String = report.findings().map(|finding| command(finding, sources)).collect();
    commands + &super::human::summary(report)
}

fn command(finding: &Finding, sources: &Sources) -> String {
    let Finding { diagnostic, field, object } = finding;
    let name = match diagnostic.severity {
        Severity::Note => "notice",
        severity => severity.name(),
    };
    let place = diagnostic.span.map(|span| place(span, sources)).map(|place| {
        let file = command_property(&place.file.display().to_string());
        let (start, end) = (place.start, place.end);
        format!("file={file},line={},endLine={},col={},endColumn={},", start.line, end.line, start.column, end.column)
    });
    let help = diagnostic.help.iter().map(|help| format!("\nhelp: {}", line(help)));
    let about = (!object.gvk.kind.is_empty()).then(|| format!("{object}: {field}"));
    let about = about.map(|about| line(&about).trim_end_matches([':', ' ']).to_owned() + ": ").unwrap_or_default();
    let text: String = [about, line(&diagnostic.message).into_owned()].into_iter().chain(help).collect();
    format!("::{name} {}title={}::{}\n", place.unwrap_or_default(), diagnostic.code, command_message(&text))
}
