//! The entries of `silence` in `.render.yaml`: each names a code, and can name the object, its field, or the file that the finding
//! points to, as a path relative to the directory of `.render.yaml`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::revisions::Revisions;
use crate::diagnostic::{Diagnostic, Severity};
use crate::entries::{About, Entries, Entry, Use, meet};
use crate::finding::Finding;
use crate::resource::ResId;
use crate::resource::wildcard::{self, ObjectPattern};
use crate::source::{Sources, Span};

/// One entry of `silence` in `.render.yaml`.
#[derive(Debug, Default)]
pub struct Silence {
    /// The code of the findings to silence.
    pub code: String,
    /// The objects.
    pub object: ObjectPattern,
    /// The field or one of its parents; empty for all fields.
    pub field: String,
    /// The file that the finding points to, where `*` matches anything; empty for all files.
    pub file: PathBuf,
    /// The location of the entry.
    pub span: Option<Span>,
    /// Whether it matched an error that it can't silence, because it does not name the object.
    pub refused: AtomicBool,
}

/// The entries of a file.
pub type Silences = Entries<Silence>;

impl Silences {
    /// Notes about the entries whose objects were checked and had no such finding.
    pub fn unused(&self) -> impl Iterator<Item = Diagnostic> {
        let unused = self.iter().filter(|silence| silence.state() == Use::Unused && !silence.is_refused());
        unused.map(|silence| {
            let message = format!("there is no `{}` finding to silence", silence.code);
            Diagnostic::note("unused-silence", message).at_if(silence.span).help("remove the entry")
        })
    }

    /// Warnings about the entries that matched errors without naming their objects.
    pub fn refused(&self) -> impl Iterator<Item = Diagnostic> {
        self.iter().filter(|silence| silence.is_refused()).map(|silence| {
            let message = format!("`{}` is an error, which can't be silenced by its code alone", silence.code);
            Diagnostic::warning("broad-silence", message)
                .at_if(silence.span)
                .help("name the object with `object: Kind/name` or `object: Kind/namespace/name`")
        })
    }

    /// Records that a build was checked: an entry that names neither an object nor a file could have silenced its findings.
    pub(super) fn meet_build(&self) {
        meet(self.iter().filter(|silence| silence.object.is_empty() && silence.file.as_os_str().is_empty()));
    }

    /// Records that an object was checked.
    pub(super) fn meet_object(&self, object: &ResId) {
        // Most entries were met before: their patterns need no look at the object.
        let is_new = |silence: &Entry<Silence>| silence.state() == Use::Unchecked && silence.file.as_os_str().is_empty();
        meet(self.select(object, is_new));
    }

    /// Whether an entry silences a finding; marks that entry as used. An error is only silenced for an object that is named: a
    /// change must not turn off a rule of the API server for all objects.
    pub(super) fn silence(&self, finding: &Finding, sources: &Sources, revisions: &Revisions) -> bool {
        let is_error = finding.diagnostic.severity == Severity::Error;
        for silence in self.select(&finding.object, |silence| silence.code == finding.diagnostic.code) {
            if !silence.covers(finding, sources, revisions) {
                continue;
            }
            if is_error && !silence.object.is_specific() {
                silence.refused.store(true, Ordering::Relaxed);
                continue;
            }
            silence.note(Use::Used);
            return true;
        }
        false
    }
}

impl About for Silence {
    fn object(&self) -> &ObjectPattern {
        &self.object
    }
}

impl Silence {
    fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// Whether it is about a finding with its code in one of its objects.
    fn covers(&self, finding: &Finding, sources: &Sources, revisions: &Revisions) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        (self.field.is_empty() || finding.field.strip_prefix(self.field.as_str()).is_some_and(below))
            && self.points_at(finding.diagnostic.span, sources, revisions)
    }

    fn points_at(&self, span: Option<Span>, sources: &Sources, revisions: &Revisions) -> bool {
        if self.file.as_os_str().is_empty() {
            return true;
        }
        let Some(path) = span.map(|span| sources.get(span.source).path()) else { return false };
        match (absolute(&revisions.in_tree(path)), absolute(&self.file)) {
            (Some(path), Some(pattern)) => wildcard::fits(&pattern, &path),
            _ => false,
        }
    }
}

/// An absolute path, with the symbolic links of its directory resolved.
fn absolute(path: &Path) -> Option<String> {
    let directory = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let real = directory.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let (above, real) = real?;
    Some(real.join(path.strip_prefix(above).unwrap_or(path)).to_string_lossy().into_owned())
}
