//! Annotations for viewers that show them next to files: one per changed value, at the line of the new side that wrote it.

use super::findings;
use super::text::{clipped, id, ids, inline_side};
use crate::diff::findings::Introduced;
use crate::diff::model::{Change, Diff, Note, ObjectDiff, ObjectKind, OverlayDiff, Sided};
use crate::diff::path::Place;
use crate::escape::line;

/// The maximum number of characters of a value.
const LONGEST_VALUE: usize = 100;

/// An annotation about a value or an object.
pub struct Annotation {
    /// The type of the annotation, for programs: `changed`, `added`, `needs-recreate`.
    pub check: &'static str,
    /// The path of the file in the working tree; `None` if the file is elsewhere.
    pub file: Option<String>,
    /// The line, counted from 1; `None` if it was removed.
    pub line: Option<usize>,
    /// The overlay.
    pub overlay: String,
    /// The object: `Deployment shop/web`; empty for an overlay that could not be compared.
    pub object: String,
    /// The path of the value; empty for a whole object.
    pub path: String,
    /// What happened to it.
    pub text: String,
}

impl Annotation {
    /// The annotation as one line.
    pub fn sentence(&self) -> String {
        let parts = [&self.overlay, &self.object, &self.text];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(": ")
    }
}

/// All annotations, overlay by overlay.
pub fn annotations(diff: &Diff) -> Vec<Annotation> {
    let mut out = Vec::new();
    for overlay in &diff.overlays {
        if let Some(error) = &overlay.error {
            let text = line(error.lines().next().unwrap_or("could not be compared")).into_owned();
            out.push(Annotation::new("not-compared", overlay, None, text));
        }
        for object in &overlay.objects {
            About { diff, overlay, object }.remarks(&mut out);
        }
        out.extend(overlay.findings.introduced.iter().map(|finding| Annotation::about(finding, overlay, &diff.sides[1])));
    }
    out
}

impl Annotation {
    fn new(check: &'static str, overlay: &OverlayDiff, place: Option<(String, Option<usize>)>, text: String) -> Self {
        let overlay = line(&overlay.name).into_owned();
        let (file, line) = place.map_or((None, None), |(file, line)| (Some(file), line));
        Annotation { check, file, line, overlay, object: String::new(), path: String::new(), text }
    }

    /// The annotation about a finding that the change introduces.
    fn about(finding: &Introduced, overlay: &OverlayDiff, new_side: &str) -> Self {
        let place = finding.place.as_ref().and_then(|place| Some((in_tree(place, new_side)?, Some(place.line))));
        let object = if finding.object.name.is_empty() { String::new() } else { id(&finding.object) };
        let new = Annotation::new(findings::check(finding.severity), overlay, place, findings::remark(finding));
        Annotation { object, path: format!("{} {}", finding.code, finding.field), ..new }
    }
}

/// An object with the overlay and the diff that contain it.
struct About<'d> {
    diff: &'d Diff,
    overlay: &'d OverlayDiff,
    object: &'d ObjectDiff,
}

impl About<'_> {
    fn remarks(&self, out: &mut Vec<Annotation>) {
        let kind = self.object.kind;
        if kind != ObjectKind::Changed {
            out.push(self.remark(kind.name(), self.place(None), "", kind.name().into()));
        }
        let changes: Vec<Change> = self.object.changes.iter().flat_map(Change::shown).collect();
        for change in &changes {
            let path = change.path.to_string();
            let check = if self.recreates(&path) { "needs-recreate" } else { "changed" };
            let because = if check == "changed" { "" } else { " (can't be changed in place; the object must be recreated)" };
            let text = format!("{}: {}{because}", line(&path), description(change));
            out.push(self.remark(check, self.place(Some(change)), &path, text));
        }
        let is_shown = |field: &str| changes.iter().any(|change| change.path.to_string() == *field);
        for note in &self.object.notes {
            let about = match note {
                Note::Recreate { fields } if fields.iter().all(|field| is_shown(field)) => continue,
                // The new content has its own annotation, and the new name follows from it.
                Note::Generated { .. } => continue,
                Note::Restart { because } if because.is_empty() => {
                    changes.iter().find(|change| change.path.starts_with(&["spec", "template"]))
                }
                _ => None,
            };
            out.push(self.remark(note.name(), self.place(about), "", line(&note.to_string()).into_owned()));
        }
    }

    fn recreates(&self, path: &str) -> bool {
        self.object.notes.iter().any(|note| matches!(note, Note::Recreate { fields } if fields.iter().any(|field| field == path)))
    }

    fn remark(&self, check: &'static str, place: Option<(String, Option<usize>)>, path: &str, text: String) -> Annotation {
        let (object, path) = (self.name(), path.to_owned());
        Annotation { object, path, ..Annotation::new(check, self.overlay, place, text) }
    }

    /// The name of the object, without the content hash if the hash changed.
    fn name(&self) -> String {
        let name = ids(self.object);
        let is_generated = self.object.notes.iter().any(|note| matches!(note, Note::Generated { .. }));
        match name.rsplit_once('-') {
            Some((stem, _)) if is_generated => stem.to_owned(),
            _ => name,
        }
    }

    /// The new location of a value, or else that of its object, or else the file that contained the old value.
    fn place(&self, change: Option<&Change>) -> Option<(String, Option<usize>)> {
        let [old_side, new_side] = &self.diff.sides;
        let of = |side: &Option<Sided>| side.as_ref().and_then(|side| side.place.clone());
        let new = change.and_then(|change| of(&change.new));
        let new = new.or_else(|| self.object.new.as_ref().and_then(|side| side.place.clone()));
        let new = new.and_then(|place| Some((in_tree(&place, new_side)?, Some(place.line))));
        let old = || change.and_then(|change| of(&change.old)).or_else(|| self.object.old.as_ref()?.place.clone());
        new.or_else(|| Some((in_tree(&old()?, old_side)?, None)))
    }
}

/// The file without the revision; `None` for sources that are not files on disk.
fn in_tree(place: &Place, revision: &str) -> Option<String> {
    let file = place.file.strip_prefix(revision).and_then(|rest| rest.strip_prefix(':')).unwrap_or(&place.file);
    (!file.is_empty() && !file.starts_with('<') && !file.contains("://")).then(|| file.to_owned())
}

/// `1 -> 2`, `added: 2`, `removed`
fn description(change: &Change) -> String {
    if change.order.is_some() {
        return "order changed".into();
    }
    let value = |side: &Option<Sided>| inline_side(change, side.as_ref()).map(|text| clipped(&text, LONGEST_VALUE));
    match (&change.old, &change.new) {
        (None, _) => value(&change.new).map_or("added".into(), |new| format!("added: {new}")),
        (_, None) => value(&change.old).map_or("removed".into(), |old| format!("removed, was {old}")),
        _ => match (value(&change.old), value(&change.new)) {
            (Some(old), Some(new)) => format!("{old} -> {new}"),
            _ => "changed".into(),
        },
    }
}
