//! What differs, one remark a value, each at the line of the new side that says so: for viewers that show remarks beside files.

use super::text::{clipped, ids, inline_side, printable};
use crate::diff::model::{Change, Diff, Note, ObjectDiff, ObjectKind, OverlayDiff, Sided};
use crate::diff::path::Place;

/// The most characters of a value.
const LONGEST_VALUE: usize = 100;

/// A remark about a value or an object.
pub struct Annotation {
    /// What it is about, for programs: `changed`, `added`, `needs-recreate`.
    pub check: &'static str,
    /// The file, as it is called in the work tree; `None` when it is elsewhere.
    pub file: Option<String>,
    /// The line, from 1; `None` when it is gone.
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
    /// All of it in a line.
    pub fn sentence(&self) -> String {
        let parts = [&self.overlay, &self.object, &self.text];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(": ")
    }
}

/// All remarks, overlay by overlay.
pub fn annotations(diff: &Diff) -> Vec<Annotation> {
    let mut out = Vec::new();
    for overlay in &diff.overlays {
        if let Some(error) = &overlay.error {
            let text = printable(error.lines().next().unwrap_or("could not be compared"));
            out.push(Annotation::new("not-compared", overlay, None, text));
        }
        for object in &overlay.objects {
            About { diff, overlay, object }.remarks(&mut out);
        }
    }
    out
}

impl Annotation {
    fn new(check: &'static str, overlay: &OverlayDiff, place: Option<(String, Option<usize>)>, text: String) -> Self {
        let overlay = printable(&overlay.name);
        let (file, line) = place.map_or((None, None), |(file, line)| (Some(file), line));
        Annotation { check, file, line, overlay, object: String::new(), path: String::new(), text }
    }
}

/// An object and what it is found in.
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
            let because = if check == "changed" { "" } else { " (needs recreate: this can't be changed in place)" };
            let text = format!("{}: {}{because}", printable(&path), told(change));
            out.push(self.remark(check, self.place(Some(change)), &path, text));
        }
        let is_told = |field: &str| changes.iter().any(|change| change.path.to_string() == *field);
        for note in &self.object.notes {
            let about = match note {
                Note::Recreate { fields } if fields.iter().all(|field| is_told(field)) => continue,
                // The new content is told, and the name follows from it.
                Note::Generated { .. } => continue,
                Note::Restart { because } if because.is_empty() => {
                    changes.iter().find(|change| change.path.starts_with(&["spec", "template"]))
                }
                _ => None,
            };
            out.push(self.remark(note.name(), self.place(about), "", printable(&note.to_string())));
        }
    }

    fn recreates(&self, path: &str) -> bool {
        self.object.notes.iter().any(|note| matches!(note, Note::Recreate { fields } if fields.iter().any(|field| field == path)))
    }

    fn remark(&self, check: &'static str, place: Option<(String, Option<usize>)>, path: &str, text: String) -> Annotation {
        let (object, path) = (self.name(), path.to_owned());
        Annotation { object, path, ..Annotation::new(check, self.overlay, place, text) }
    }

    /// What the object is called, without the hash of its content where that changed.
    fn name(&self) -> String {
        let name = ids(self.object);
        let is_generated = self.object.notes.iter().any(|note| matches!(note, Note::Generated { .. }));
        match name.rsplit_once('-') {
            Some((stem, _)) if is_generated => stem.to_owned(),
            _ => name,
        }
    }

    /// The new line of a value, else that of its object, else the file that the old one stood in.
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

/// The file without the revision; `None` for what lies on no disk.
fn in_tree(place: &Place, revision: &str) -> Option<String> {
    let file = place.file.strip_prefix(revision).and_then(|rest| rest.strip_prefix(':')).unwrap_or(&place.file);
    (!file.is_empty() && !file.starts_with('<') && !file.contains("://")).then(|| file.to_owned())
}

/// `1 -> 2`, `added: 2`, `removed`
fn told(change: &Change) -> String {
    if change.order.is_some() {
        return "other order".into();
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
