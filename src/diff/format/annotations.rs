//! Annotations for viewers that show them next to files: one per changed value, at the line of the new side that wrote it.

use super::findings;
use super::text::{clipped, id, ids, inline_side};
use crate::diff::findings::Introduced;
use crate::diff::model::{Change, Diff, Inside, Note, ObjectDiff, ObjectKind, OverlayDiff, Sided};
use crate::diff::path::Place;
use crate::diff::touched::cause;
use crate::escape::line;

/// The maximum number of characters of a value.
const LONGEST_VALUE: usize = 100;

/// The type of annotations about data that is lost, which come first.
pub const DATA_LOSS: &str = "data-loss";

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
            for (text, place) in errors(error) {
                let place = place.and_then(|place| diff.sides.iter().find_map(|side| in_tree(&place, side)));
                let place = place.map(|place| (place.file, Some(place.line)));
                out.push(Annotation::new("not-compared", overlay, place, text));
            }
        }
        for object in &overlay.objects {
            About { diff, overlay, object }.remarks(&mut out);
        }
        out.extend(overlay.findings.introduced.iter().map(|finding| Annotation::about(finding, overlay, &diff.sides[1])));
    }
    out.sort_by_key(|annotation| !["not-compared", DATA_LOSS].contains(&annotation.check));
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
        let own = finding.place.as_ref().and_then(|place| in_tree(place, new_side));
        let caused = cause(&overlay.touched, &overlay.name, None, own.as_ref());
        let place = caused.or_else(|| own.map(|place| (place.file, place.line))).map(|(file, line)| (file, Some(line)));
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
        let changes: Vec<Shown> = self.object.changes.iter().flat_map(shown).collect();
        for Shown { change, places } in &changes {
            let path = change.path.to_string();
            let check = if self.recreates(&path) { "needs-recreate" } else { "changed" };
            let because = if check == "changed" { "" } else { " (can't be changed in place; the object must be recreated)" };
            let text = format!("{}: {}{because}", line(&path), description(change));
            out.push(self.remark(check, self.place(Some(places)), &path, text));
        }
        let is_shown = |field: &str| changes.iter().any(|shown| shown.change.path.to_string() == *field);
        for note in &self.object.notes {
            let about = match note {
                Note::Recreate { fields } if fields.iter().all(|field| is_shown(field)) => continue,
                // The new content has its own annotation, and the new name follows from it.
                Note::Generated { .. } => continue,
                Note::Restart { because } if because.is_empty() => {
                    changes.iter().find(|shown| shown.change.path.starts_with(&["spec", "template"]))
                }
                _ => None,
            };
            let places = self.place(about.map(|shown| &shown.places));
            out.push(self.remark(note.check(), places, "", line(&note.to_string()).into_owned()));
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

    /// The line of the change that caused the difference. If it is not known, the new location of a value, or else that of its
    /// object, or else the file that contained the old value.
    fn place(&self, places: Option<&Places>) -> Option<(String, Option<usize>)> {
        let sides = [&self.object.old, &self.object.new].map(|side| side.as_ref().and_then(|side| side.place.clone()));
        let [old, new] = match places {
            Some(places) if places.iter().any(Option::is_some) => places.clone(),
            _ => sides.clone(),
        };
        let local = |place: &Option<Place>, side: usize| in_tree(place.as_ref()?, &self.diff.sides[side]);
        let [in_old, in_new] = [local(&old, 0), local(&new, 1)];
        let caused = cause(&self.overlay.touched, &self.overlay.name, in_old.as_ref(), in_new.as_ref());
        if let Some((file, line)) = caused {
            return Some((file, Some(line)));
        }
        let new = in_new.or_else(|| local(&sides[1], 1)).map(|place| (place.file, Some(place.line)));
        new.or_else(|| Some((in_old.or_else(|| local(&sides[0], 0))?.file, None)))
    }
}

/// The errors in a text for people, with their locations: `error[code]: message`, then `--> file:line:column`.
fn errors(text: &str) -> Vec<(String, Option<Place>)> {
    let mut found: Vec<(String, Option<Place>)> = Vec::new();
    for text in text.lines() {
        let place = text.trim_start().strip_prefix("--> ").and_then(|place| {
            let mut parts = place.rsplitn(3, ':');
            let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            Some(Place { file: parts.next()?.to_owned(), line, column, by: String::new() })
        });
        match found.last_mut() {
            Some((_, known @ None)) if place.is_some() => *known = place,
            None => found.push((line(text).into_owned(), None)),
            _ if text.starts_with("error") => found.push((line(text).into_owned(), None)),
            _ => {}
        }
    }
    found
}

/// The locations of a value on both sides.
type Places = [Option<Place>; 2];

/// A difference with an annotation of its own.
struct Shown {
    change: Change,
    places: Places,
}

/// The differences inside a change: values of a document, parts of a text, or the change itself. If a value inside a document was
/// removed, the other side is where the document differs first.
fn shown(change: &Change) -> Vec<Shown> {
    let of = |change: &Change| [&change.old, &change.new].map(|side| side.as_ref().and_then(|side| side.place.clone()));
    match &change.inside {
        Some(Inside::Document { .. }) => {
            let around = of(change);
            let inner = change.shown().into_iter().map(|inner| {
                let [old, new] = of(&inner);
                let places = [old.or_else(|| around[0].clone()), new.or_else(|| around[1].clone())];
                Shown { change: inner, places }
            });
            inner.collect()
        }
        Some(Inside::Lines(hunks)) if !hunks.is_empty() => {
            hunks.iter().map(|hunk| Shown { change: change.clone(), places: hunk.places.clone() }).collect()
        }
        _ => vec![Shown { places: of(change), change: change.clone() }],
    }
}

/// A location without the revision in its names; `None` for sources that are not files on disk.
fn in_tree(place: &Place, revision: &str) -> Option<Place> {
    let local = |text: &str| text.strip_prefix(revision).and_then(|rest| rest.strip_prefix(':')).unwrap_or(text).to_owned();
    let file = local(&place.file);
    let is_file = !file.is_empty() && !file.starts_with('<') && !file.contains("://");
    is_file.then(|| Place { file, by: local(&place.by), ..place.clone() })
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

#[cfg(test)]
mod tests {
    use super::errors;

    #[test]
    fn the_errors_of_a_text_have_their_locations() {
        let text = "error[not-found]: can't read `a`\n --> o/k.yaml:2:3\n  |\n  = from: o/k.yaml:9:9: x\n\nerror: git failed\n";
        let found: Vec<_> = errors(text).into_iter().map(|(text, place)| (text, place.map(|place| place.to_string()))).collect();
        let expected =
            [("error[not-found]: can't read `a`".into(), Some("o/k.yaml:2:3".into())), ("error: git failed".into(), None)];
        assert_eq!(found, expected);
        assert!(errors("").is_empty());
    }
}
