//! Findings that are silenced, with a reason: by an annotation on the object, or in `.render.yaml`.
//!
//! The annotation `ignore-check.render.dev/CODE: reason` silences warnings and notes; the API server ignores it. An entry in
//! `.render.yaml` silences any finding, including an error from a rule that turns out to be wrong. The entry can name the object,
//! its field, or the file that the finding points to, as a path relative to the directory of `.render.yaml`.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use super::Plan;
use crate::diagnostic::{Diagnostic, Severity};
use crate::finding::Finding;
use crate::resource::{ResId, wildcard};
use crate::source::{Sources, Span};
use crate::yaml::Node;

/// The prefix of annotations that silence findings.
pub const ANNOTATION: &str = "ignore-check.render.dev/";

/// One entry of `silence` in `.render.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Silence {
    /// The code of the findings to silence.
    pub code: String,
    /// `Kind/name` or `Kind/namespace/name`, where `*` matches anything; empty for all objects.
    pub object: String,
    /// The field or one of its parents; empty for all fields.
    pub field: String,
    /// The file that the finding points to, where `*` matches anything; empty for all files.
    pub file: PathBuf,
    /// The location of the entry.
    pub span: Option<Span>,
}

/// The entries of a file, and which of them were used.
#[derive(Clone, Debug, Default)]
pub struct Silences {
    list: Vec<(Silence, Cell<Use>)>,
}

/// Whether an entry was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// None of its objects was checked.
    #[default]
    Unchecked,
    /// Its objects had no such finding.
    Unused,
    /// It silenced a finding.
    Used,
}

impl Silences {
    /// Adds an entry.
    pub fn push(&mut self, silence: Silence) {
        self.list.push((silence, Cell::default()));
    }

    /// Notes about the entries whose objects were checked and had no such finding.
    pub fn idle(&self) -> impl Iterator<Item = Diagnostic> {
        let unused = self.list.iter().filter(|(_, how)| how.get() == Use::Unused);
        unused.map(|(silence, _)| {
            let note = Diagnostic::note("unused-silence", format!("there is no `{}` finding to silence", silence.code));
            silence.span.into_iter().fold(note, Diagnostic::at).help("remove the entry")
        })
    }

    /// Records that a build was checked: an entry that names neither an object nor a file could have silenced its findings.
    fn meet_build(&self) {
        let general = |silence: &Silence| silence.object.is_empty() && silence.file.as_os_str().is_empty();
        let unchecked = self.list.iter().filter(|(silence, how)| how.get() == Use::Unchecked && general(silence));
        unchecked.for_each(|(_, how)| how.set(Use::Unused));
    }

    /// Records that an object was checked.
    fn meet(&self, object: &ResId) {
        let applies = |silence: &Silence| silence.file.as_os_str().is_empty() && silence.names(object);
        let unchecked = self.list.iter().filter(|(silence, how)| how.get() == Use::Unchecked && applies(silence));
        unchecked.for_each(|(_, how)| how.set(Use::Unused));
    }

    /// Whether an entry silences a finding; marks that entry as used.
    fn silence(&self, finding: &Finding, sources: &Sources) -> bool {
        let mut covers = self.list.iter().filter(|(silence, _)| silence.covers(finding, sources));
        covers.next().map(|(_, how)| how.set(Use::Used)).is_some()
    }
}

impl Silence {
    fn names(&self, object: &ResId) -> bool {
        self.object.is_empty() || wildcard::names(&self.object, object)
    }

    fn covers(&self, finding: &Finding, sources: &Sources) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        self.code == finding.diagnostic.code
            && (self.field.is_empty() || finding.field.strip_prefix(self.field.as_str()).is_some_and(below))
            && self.names(&finding.object)
            && self.points_at(finding.diagnostic.span, sources)
    }

    fn points_at(&self, span: Option<Span>, sources: &Sources) -> bool {
        if self.file.as_os_str().is_empty() {
            return true;
        }
        let Some(path) = span.map(|span| sources.get(span.source).path()) else { return false };
        match (absolute(path), absolute(&self.file)) {
            (Some(path), Some(pattern)) => wildcard::fits(&pattern, &path),
            _ => false,
        }
    }
}

/// Returns the findings in an object that are not silenced, and counts those that are.
pub fn apply(findings: Vec<Finding>, object: &Node, plan: &Plan, sources: &Sources, silenced: &mut usize) -> Vec<Finding> {
    let id = ResId::of(object);
    plan.silences.iter().for_each(|silences| silences.meet(&id));
    keep(findings, plan, silenced, |finding| {
        let severe = finding.diagnostic.severity == Severity::Error;
        plan.silences.iter().any(|silences| silences.silence(finding, sources))
            || (!severe && annotation(object, finding.diagnostic.code).is_some())
    })
}

/// Returns the findings of a build that are not silenced, and counts those that are.
pub fn apply_to_build(findings: Vec<Finding>, plan: &Plan, sources: &Sources, silenced: &mut usize) -> Vec<Finding> {
    plan.silences.iter().for_each(|silences| silences.meet_build());
    keep(findings, plan, silenced, |finding| plan.silences.iter().any(|silences| silences.silence(finding, sources)))
}

fn keep(findings: Vec<Finding>, plan: &Plan, silenced: &mut usize, is_silenced: impl Fn(&Finding) -> bool) -> Vec<Finding> {
    let before = findings.len();
    let kept = findings.into_iter().filter(|finding| !is_silenced(finding));
    let kept: Vec<Finding> = kept.map(|finding| strictly(finding, plan.strict)).collect();
    *silenced += before - kept.len();
    kept
}

/// An absolute path, with the symbolic links of its directory resolved.
fn absolute(path: &Path) -> Option<String> {
    let directory = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let real = directory.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let (above, real) = real?;
    Some(real.join(path.strip_prefix(above).unwrap_or(path)).to_string_lossy().into_owned())
}

/// The reason that the object's annotation gives for silencing a code.
fn annotation<'n>(object: &'n Node, code: &str) -> Option<&'n str> {
    let reason = object.at_path(&["metadata", "annotations"])?.get(&format!("{ANNOTATION}{code}"))?;
    reason.as_str().filter(|reason| !reason.trim().is_empty())
}

fn strictly(mut finding: Finding, strict: bool) -> Finding {
    if strict && finding.diagnostic.severity == Severity::Warning {
        finding.diagnostic.severity = Severity::Error;
    }
    finding
}
