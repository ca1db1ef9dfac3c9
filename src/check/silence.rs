//! Findings that somebody accepts, with a reason: by an annotation of the object, or in `.render.yaml`.
//!
//! The annotation `ignore-check.render.dev/CODE: reason` silences what is no more than a warning; the API server does not read it.
//! An entry of `.render.yaml` silences anything, also a rule that should turn out to be wrong. It may name the object, its field,
//! or the file that the finding points at, as a path from the directory of `.render.yaml`.

use std::path::{Path, PathBuf};

use super::Plan;
use crate::diagnostic::{Diagnostic, Severity};
use crate::entries::{Entries, Use, unused};
use crate::finding::Finding;
use crate::resource::ResId;
use crate::resource::wildcard::{self, ObjectPattern};
use crate::source::{Sources, Span};
use crate::yaml::Node;

/// What annotations that silence begin with.
pub const ANNOTATION: &str = "ignore-check.render.dev/";

/// One entry of `silence` in `.render.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Silence {
    /// The code of the findings.
    pub code: String,
    /// The objects.
    pub object: ObjectPattern,
    /// The field, or one above it; empty for every field.
    pub field: String,
    /// The file that the finding points at, where `*` stands for anything; empty for every file.
    pub file: PathBuf,
    /// Where the entry stands.
    pub span: Option<Span>,
}

/// The entries of a file.
pub type Silences = Entries<Silence>;

impl Silences {
    /// Notes on the entries whose objects were checked and had nothing to silence.
    pub fn idle(&self) -> impl Iterator<Item = Diagnostic> {
        self.iter().filter(|silence| silence.came() == Use::Idle).map(|silence| {
            let message = format!("nothing was found that `{}` would silence here", silence.code);
            unused("unused-silence", message, silence.span).help("remove the entry")
        })
    }

    /// Notes that a build was looked at: what names neither an object nor a file could have silenced something.
    fn meet_build(&self) {
        self.meet(|silence| silence.object.is_empty() && silence.file.as_os_str().is_empty());
    }

    /// Notes that an object is checked.
    fn meet_object(&self, object: &ResId) {
        self.meet(|silence| silence.file.as_os_str().is_empty() && silence.object.names(object));
    }

    /// Whether an entry silences a finding.
    fn silence(&self, finding: &Finding, sources: &Sources) -> bool {
        let mut covers = self.iter().filter(|silence| silence.covers(finding, sources));
        covers.next().map(|silence| silence.note(Use::Used)).is_some()
    }
}

impl Silence {
    fn covers(&self, finding: &Finding, sources: &Sources) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        self.code == finding.diagnostic.code
            && (self.field.is_empty() || finding.field.strip_prefix(self.field.as_str()).is_some_and(below))
            && self.object.names(&finding.object)
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

/// Keeps the findings in an object that nobody accepts.
pub fn apply(findings: Vec<Finding>, object: &Node, plan: &Plan, sources: &Sources, silenced: &mut usize) -> Vec<Finding> {
    let id = ResId::of(object);
    plan.silences.iter().for_each(|silences| silences.meet_object(&id));
    keep(findings, plan, silenced, |finding| {
        let severe = finding.diagnostic.severity == Severity::Error;
        plan.silences.iter().any(|silences| silences.silence(finding, sources))
            || (!severe && annotation(object, finding.diagnostic.code).is_some())
    })
}

/// Keeps the findings of a build that nobody accepts.
pub fn apply_to_build(findings: Vec<Finding>, plan: &Plan, sources: &Sources, silenced: &mut usize) -> Vec<Finding> {
    plan.silences.iter().for_each(|silences| silences.meet_build());
    keep(findings, plan, silenced, |finding| plan.silences.iter().any(|silences| silences.silence(finding, sources)))
}

fn keep(findings: Vec<Finding>, plan: &Plan, silenced: &mut usize, accepted: impl Fn(&Finding) -> bool) -> Vec<Finding> {
    let before = findings.len();
    let kept = findings.into_iter().filter(|finding| !accepted(finding));
    let kept: Vec<Finding> = kept.map(|finding| strictly(finding, plan.strict)).collect();
    *silenced += before - kept.len();
    kept
}

/// A path from the root, with its directory's links followed.
fn absolute(path: &Path) -> Option<String> {
    let directory = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let real = directory.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let (above, real) = real?;
    Some(real.join(path.strip_prefix(above).unwrap_or(path)).to_string_lossy().into_owned())
}

/// The reason that the object gives for accepting a code.
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
