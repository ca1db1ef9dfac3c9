//! Data that is lost, where a report shows it first: its count in tables, and a box at the top of a comment.

use super::text::{clipped, ids, plural};
use crate::diff::model::{Class, Diff, ObjectDiff, OverlayDiff};
use crate::escape::{line, markdown, markdown_code};

/// The maximum number of bytes of the box, without its last line.
const LONGEST: usize = 500;
/// The maximum number of characters of an object or a note in it.
const LONGEST_PART: usize = 200;

/// The number of objects that lose data.
pub fn count(overlays: &[&OverlayDiff]) -> usize {
    overlays.iter().map(|overlay| overlay.noted(Class::DataLoss)).sum()
}

/// The number in the first column of a table; empty if it is zero.
pub fn in_table(overlays: &[&OverlayDiff]) -> String {
    match count(overlays) {
        0 => String::new(),
        count => format!(" (**destroys data: {count}**)"),
    }
}

/// A box with the objects that lose data, for a comment; empty if there are none.
pub fn caution(diff: &Diff) -> String {
    let lost = diff.overlays.iter().flat_map(|overlay| {
        let is_named = diff.overlays.len() > 1;
        overlay.objects.iter().filter(|object| object.has(Class::DataLoss)).map(move |object| item(overlay, object, is_named))
    });
    let (mut out, mut omitted) = (String::new(), 0);
    for text in lost {
        match omitted == 0 && out.len() + text.len() <= LONGEST {
            true => out += &text,
            false => omitted += 1,
        }
    }
    match (out.is_empty(), omitted) {
        (true, 0) => String::new(),
        (_, 0) => format!("\n> [!CAUTION]\n{out}"),
        _ => format!("\n> [!CAUTION]\n{out}> - {}\n", plural(omitted, "more object") + " with data loss"),
    }
}

/// The maximum number of objects in the list at the top of other reports.
const MOST: usize = 20;

/// The objects that lose data, for the top of a report that shows other changes first: `overlays/dev: Namespace shop: data loss: ...`.
pub fn list(diff: &Diff) -> Vec<String> {
    let of = |overlay: &OverlayDiff, object: &ObjectDiff| {
        let place = if diff.overlays.len() > 1 { format!("{}: ", overlay.name) } else { String::new() };
        line(&format!("{place}{}: {}", ids(object), first(object))).into_owned()
    };
    let lost = diff.overlays.iter().flat_map(|overlay| {
        overlay.objects.iter().filter(|object| object.has(Class::DataLoss)).map(move |object| of(overlay, object))
    });
    let mut found: Vec<String> = lost.collect();
    if found.len() > MOST {
        let omitted = found.split_off(MOST).len();
        found.push(format!("{} with data loss", plural(omitted, "more object")));
    }
    found
}

fn first(object: &ObjectDiff) -> String {
    object.notes.iter().find(|note| note.class() == Class::DataLoss).map(ToString::to_string).unwrap_or_default()
}

/// The first note of an object as an item of a list.
fn item(overlay: &OverlayDiff, object: &ObjectDiff, is_named: bool) -> String {
    let code = |text: &str| markdown_code(&clipped(&line(text), LONGEST_PART / 2));
    let place = if is_named { format!("{}: ", code(&overlay.name)) } else { String::new() };
    format!("> - {place}{}: {}\n", code(&ids(object)), markdown(&clipped(&line(&first(object)), LONGEST_PART)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::model::{Note, ObjectKind};
    use crate::diff::note::Rule;

    #[test]
    fn the_box_is_small_and_counts_what_it_omits() {
        let rule = Rule::new("other-volume", Class::DataLoss);
        let object = |text: &str| ObjectDiff {
            kind: ObjectKind::Changed,
            old: None,
            new: None,
            notes: vec![Note::Effect { rule, text: text.into() }],
            changes: Vec::new(),
            folded: Vec::new(),
        };
        let of = |texts: &[&str]| {
            let objects = texts.iter().map(|text| object(text)).collect();
            Diff { overlays: vec![OverlayDiff { objects, ..OverlayDiff::default() }], ..Diff::default() }
        };
        assert_eq!(caution(&of(&[])), "");
        let two = caution(&of(&["a", "b"]));
        assert!(two.starts_with("\n> [!CAUTION]\n> - ") && two.ends_with(": data loss: b\n") && !two.contains("more"), "{two}");
        let many = caution(&of(&["|*".repeat(300).as_str(); 100]));
        assert!(many.len() < LONGEST + 80 && many.contains("more objects with data loss"), "{many}");
        let diff = of(&["a", "b"]);
        assert_eq!(in_table(&diff.overlays.iter().collect::<Vec<_>>()), " (**destroys data: 2**)");
    }
}
