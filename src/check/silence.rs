//! Findings that somebody accepts, with a reason: by an annotation of the object, or in `.render.yaml`.
//!
//! The annotation `ignore-check.render.dev/CODE: reason` silences what is no more than a warning; the API server does not read it.
//! An entry of `.render.yaml` silences anything, also a rule that should turn out to be wrong.

use std::cell::Cell;

use super::Plan;
use crate::diagnostic::{Diagnostic, Severity};
use crate::resource::ResId;
use crate::source::Span;
use crate::validate::Finding;
use crate::yaml::Node;

/// What annotations that silence begin with.
pub const ANNOTATION: &str = "ignore-check.render.dev/";

/// One entry of `silence` in `.render.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Silence {
    /// The code of the findings.
    pub code: String,
    /// `Kind/name` or `Kind/namespace/name`, where `*` stands for anything; empty for every object.
    pub object: String,
    /// The field, or one above it; empty for every field.
    pub field: String,
    /// Where the entry stands.
    pub span: Option<Span>,
}

/// The entries of a file, and which of them were of use.
#[derive(Clone, Debug, Default)]
pub struct Silences {
    list: Vec<(Silence, Cell<Use>)>,
}

/// What came of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// None of its objects was checked.
    #[default]
    Unasked,
    /// Its objects had no such finding.
    Idle,
    /// It silenced something.
    Used,
}

impl Silences {
    /// Adds an entry.
    pub fn push(&mut self, silence: Silence) {
        self.list.push((silence, Cell::default()));
    }

    /// Notes on the entries whose objects were checked and had nothing to silence.
    pub fn idle(&self) -> impl Iterator<Item = Diagnostic> {
        let idle = self.list.iter().filter(|(_, how)| how.get() == Use::Idle);
        idle.map(|(silence, _)| {
            let note =
                Diagnostic::note("unused-silence", format!("nothing was found that `{}` would silence here", silence.code));
            silence.span.into_iter().fold(note, Diagnostic::at).help("remove the entry")
        })
    }

    /// Notes that an object is checked.
    fn meet(&self, object: &ResId) {
        let unasked = self.list.iter().filter(|(silence, how)| how.get() == Use::Unasked && silence.names(object));
        unasked.for_each(|(_, how)| how.set(Use::Idle));
    }

    /// Whether an entry silences a finding.
    fn silence(&self, finding: &Finding) -> bool {
        let mut covers = self.list.iter().filter(|(silence, _)| silence.covers(finding));
        covers.next().map(|(_, how)| how.set(Use::Used)).is_some()
    }
}

impl Silence {
    fn names(&self, object: &ResId) -> bool {
        let ResId { gvk, name, namespace } = object;
        self.object.is_empty()
            || fits(&self.object, &format!("{}/{name}", gvk.kind))
            || fits(&self.object, &format!("{}/{namespace}/{name}", gvk.kind))
    }

    fn covers(&self, finding: &Finding) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        self.code == finding.diagnostic.code
            && (self.field.is_empty() || finding.field.strip_prefix(self.field.as_str()).is_some_and(below))
            && self.names(&finding.object)
    }
}

/// Keeps the findings that nobody accepts.
pub fn apply(findings: Vec<Finding>, object: &Node, plan: &Plan, silenced: &mut usize) -> Vec<Finding> {
    let id = ResId::of(object);
    plan.silences.iter().for_each(|silences| silences.meet(&id));
    let before = findings.len();
    let kept = findings.into_iter().filter(|finding| {
        let severe = finding.diagnostic.severity == Severity::Error;
        !(plan.silences.iter().any(|silences| silences.silence(finding))
            || (!severe && annotation(object, finding.diagnostic.code).is_some()))
    });
    let kept: Vec<Finding> = kept.map(|finding| strictly(finding, plan.strict)).collect();
    *silenced += before - kept.len();
    kept
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

/// Whether a text fits a pattern, in which `*` stands for any characters.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or("");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for pattern in ["Deployment/web", "Deployment/*", "*/web", "*", "D*/w*b", "*web*"] {
            assert!(fits(pattern, "Deployment/web"), "{pattern}");
        }
        for pattern in ["Deployment", "Deployment/we", "web", "*api*", "D*/a*"] {
            assert!(!fits(pattern, "Deployment/web"), "{pattern}");
        }
    }
}
