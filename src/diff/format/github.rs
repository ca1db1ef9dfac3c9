//! Workflow commands, which GitHub Actions shows next to the lines of a pull request: one command per line, with all changes
//! that the line causes.
//!
//! GitHub Actions shows only a few commands per step, so commands about data that is lost and objects that must be recreated come first.

use std::collections::BTreeMap;

use super::annotations::{Annotation, DATA_LOSS, annotations};
use super::text::plural;
use super::{Format, Style};
use crate::diff::model::Diff;
use crate::escape::{command_message, command_property};

/// For GitHub Actions.
pub const FORMAT: Format =
    Format { name: "github", purpose: "GitHub Actions workflow commands", shows_errors: true, annotates: true, write };

/// The maximum number of annotations in one command.
const MOST: usize = 20;

/// The level, file, and line shared by annotations that are combined.
type Spot<'a> = (Level, Option<&'a str>, Option<usize>);

fn write(diff: &Diff, _: Style) -> String {
    let found = annotations(diff);
    let mut lines: BTreeMap<Spot<'_>, Vec<&Annotation>> = BTreeMap::new();
    for annotation in &found {
        lines.entry((level(annotation), annotation.file.as_deref(), annotation.line)).or_default().push(annotation);
    }
    lines.iter().map(|((level, file, line), remarks)| command(*level, *file, *line, remarks)).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Error,
    DataLoss,
    NewError,
    Warning,
    NewWarning,
    Notice,
}

fn level(annotation: &Annotation) -> Level {
    match annotation.check {
        "not-compared" => Level::Error,
        DATA_LOSS => Level::DataLoss,
        "new-error" => Level::NewError,
        "needs-recreate" => Level::Warning,
        "new-warning" => Level::NewWarning,
        _ => Level::Notice,
    }
}

fn command(level: Level, file: Option<&str>, line: Option<usize>, remarks: &[&Annotation]) -> String {
    let (name, title) = match level {
        Level::Error => ("error", "could not be compared"),
        Level::DataLoss => ("error", "data loss"),
        Level::NewError => ("error", "new error"),
        Level::Warning => ("warning", "must be recreated"),
        Level::NewWarning => ("warning", "new warning"),
        Level::Notice => ("notice", "render diff"),
    };
    let file = file.map(|file| format!("file={},", command_property(file))).unwrap_or_default();
    let line = line.map(|line| format!("line={line},")).unwrap_or_default();
    let mut texts: Vec<String> = remarks.iter().take(MOST).map(|remark| command_message(&remark.sentence())).collect();
    if remarks.len() > MOST {
        texts.push(format!("and {}", plural(remarks.len() - MOST, "other change")));
    }
    format!("::{name} {file}{line}title={title}::{}\n", texts.join("%0A"))
}
