//! Compares what is rendered with the stored snapshots: yields a case for each object and for each obsolete file.

use rustc_hash::FxHashMap;

use super::folder::{Folder, foreign, is_snapshot};
use super::mask::MASKED;
use super::secret::former_mask;
use super::take::Snapshot;
use crate::diagnostic::{Diagnostic, Severity};
use crate::diff::{self, ObjectDiff, Options, Side};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResId;
use crate::suite::{Case, Subject};
use crate::yaml::{Dialect, Node};

/// How missing and obsolete snapshots are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The test fails.
    Fails,
    /// It is reported; users who change the overlay update the snapshots in the end.
    IsReported,
}

/// Compares the snapshots of a build, in the order of their files, with those of a folder.
pub fn compare(snapshots: &[Snapshot], folder: &Folder, missing: Missing, records: &mut Records) -> Vec<Case> {
    let with_severity = |mut diagnostic: Diagnostic| {
        if missing == Missing::IsReported {
            diagnostic.severity = Severity::Warning;
        }
        diagnostic
    };
    let mut cases: Vec<Case> = Vec::new();
    let mut changed: Vec<Changed<'_>> = Vec::new();
    for snapshot in snapshots {
        let mut case = Case::new(Subject::Snapshot, snapshot.id.to_string(), folder.path.join(&snapshot.file));
        match folder.files.get(&snapshot.file) {
            None => {
                let diagnostic = Diagnostic::error("missing-snapshot", "the object has no snapshot").at(snapshot.node.span());
                case.findings.push(Finding::about(&snapshot.id, "", with_severity(diagnostic)));
            }
            Some(content) if !is_snapshot(content) => case.findings.push(foreign(&case.file, true).into()),
            Some(content) => {
                let old = kept(snapshot, content, &mut case, records);
                changed.extend(old.map(|old| Changed { case: cases.len(), snapshot, old }));
            }
        }
        cases.push(case);
    }
    report_changes(&changed, &mut cases, records);
    let wanted = |name: &str| snapshots.binary_search_by(|snapshot| snapshot.file.as_str().cmp(name)).is_ok();
    for (name, content) in folder.files.iter().filter(|(name, _)| !wanted(name)) {
        let file = folder.path.join(name);
        let mut case = Case::new(Subject::Snapshot, name.trim_end_matches(".yaml"), &file);
        let diagnostic = if is_snapshot(content) {
            let message = format!("`{}` is the snapshot of an object that no longer exists", file.display());
            Diagnostic::error("obsolete-snapshot", message)
        } else {
            foreign(&file, false)
        };
        case.findings.push(with_severity(diagnostic).into());
        cases.push(case);
    }
    cases
}

/// An object that differs from its snapshot.
struct Changed<'s> {
    /// The index of its case.
    case: usize,
    snapshot: &'s Snapshot,
    old: Node,
}

/// The object in the snapshot; `None` if the rendered object is identical, or if the file contains no object, which is
/// reported.
fn kept(snapshot: &Snapshot, content: &[u8], case: &mut Case, records: &mut Records) -> Option<Node> {
    let is_same = |old: &str| {
        let plain = || old.replace("\r\n", "\n").replace(&former_mask(), MASKED);
        old == snapshot.text || plain() == snapshot.text.replace(&former_mask(), MASKED)
    };
    if std::str::from_utf8(content).is_ok_and(is_same) {
        return None;
    }
    let old = records.add_text(&case.file, content.to_vec()).map_err(Into::into).and_then(|source| {
        let step = records.provenance.step("", "snapshot");
        records.first_document(source, step, Dialect::Manifest)
    });
    match old {
        Ok(Some(old)) => return Some(old),
        Ok(None) => {
            let empty = Diagnostic::error("changed-snapshot", format!("`{}` contains no object", case.file.display()));
            case.findings.push(Finding::about(&snapshot.id, "", empty));
        }
        Err(errors) => case.findings.extend(errors.into_vec().into_iter().map(Finding::from)),
    }
    None
}

/// Reports the differences of the objects that changed.
fn report_changes(changed: &[Changed<'_>], cases: &mut [Case], records: &Records) {
    let old = Side::plain(changed.iter().map(|changed| changed.old.clone()), &records.sources, &records.provenance);
    let new = Side::plain(changed.iter().map(|changed| changed.snapshot.node.clone()), &records.sources, &records.provenance);
    // Snapshots do not contain values that must not be shown.
    let options = Options { show_secrets: true, ..Options::default() };
    let mut found: FxHashMap<ResId, Vec<ObjectDiff>> = FxHashMap::default();
    for object in diff::compare("", &old, &new, &options).objects {
        if let Some(new) = &object.new {
            found.entry(new.id.clone()).or_default().push(object);
        }
    }
    for Changed { case, snapshot, .. } in changed {
        let Some(case) = cases.get_mut(*case) else { continue };
        case.differences = found.remove(&ResId::of(&snapshot.node)).unwrap_or_default();
        let count: usize = case.differences.iter().map(|object| object.changes.len() + object.folded.len()).sum();
        let message = match count {
            0 if case.differences.is_empty() => "the snapshot contains the same values in a different format".to_owned(),
            0 | 1 => "the object differs from its snapshot".to_owned(),
            count => format!("the object differs from its snapshot in {count} values"),
        };
        case.findings.push(Finding::about(&snapshot.id, "", Diagnostic::error("changed-snapshot", message)));
    }
}
