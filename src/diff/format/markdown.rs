//! For a comment on a pull request: a table with counts, then one section per overlay with its lines in a fenced block.
//!
//! The size of a comment is limited: if it would be too large, the largest sections are reduced (`budget.rs`), the summary stays,
//! and a notice says what was cut. The content of an object can't break out of the markup: names use HTML entities for characters
//! with a meaning in Markdown, and fences are longer than any run of backticks inside them.

use std::fmt::Write;

use super::budget::{Level, fit, size};
use super::losses;
use super::marker::marker;
use super::text::{clipped, counts, ids, plural};
use super::unified::documents;
use super::{Format, Style};
use crate::diff::content::hunks;
use crate::diff::model::{Change, Class, Diff, Note, ObjectDiff, ObjectKind, OverlayDiff};
use crate::escape::{line, markdown, markdown_code, own_line};

/// For a comment on a pull request.
pub const FORMAT: Format = Format {
    name: "markdown",
    purpose: "A comment for a pull request, limited by `--max-size`",
    shows_errors: true,
    annotates: false,
    write,
};

/// The maximum size of a comment on GitHub, in characters.
const SIZE: usize = 65_536;
/// The maximum number of characters of the title that a user gives.
pub const LONGEST_TITLE: usize = 60;
/// The minimum size in characters. The title, the counts, and the notice about cuts always fit.
pub const LEAST_SIZE: usize = 2048;
/// The maximum length of the notice about cuts, in characters.
const LONGEST_NOTICE: usize = 400;
/// The maximum number of characters of a name in the title and the table.
const LONGEST_NAME: usize = 60;

const COLUMNS: &str =
    "| Overlay | Added | Removed | Changed | Must be recreated | Pods restart |\n| --- | ---: | ---: | ---: | ---: | ---: |\n";

/// The text of an overlay at all levels except `Nothing`.
type Section = [String; 3];

fn write(diff: &Diff, style: Style) -> String {
    let limit = style.max_size.unwrap_or(SIZE).max(LEAST_SIZE);
    let overlays: Vec<&OverlayDiff> =
        diff.overlays.iter().filter(|overlay| !overlay.objects.is_empty() || overlay.error.is_some()).collect();
    let head = head(diff, overlays.len());
    if overlays.is_empty() {
        return head;
    }
    let sections: Vec<Section> =
        overlays.iter().map(|overlay| [Level::Whole, Level::Paths, Level::Names].map(|level| section(overlay, level))).collect();
    let whole = table(&overlays, overlays.len());
    let total = size(&head) + size(&whole) + sections.iter().map(|section| size(&section[0])).sum::<usize>();
    if total <= limit {
        return [head, whole].into_iter().chain(sections.into_iter().map(|[whole, ..]| whole)).collect();
    }
    let room = limit - LONGEST_NOTICE - size(&head);
    let shown = rows_that_fit(&overlays, room);
    let table = table(&overlays, shown);
    let sizes: Vec<_> = sections.iter().map(|section| section.each_ref().map(|text| size(text))).collect();
    let levels = fit(&sizes, room.saturating_sub(size(&table)));
    let texts = sections.iter().zip(&levels).map(|(section, level)| section.get(*level as usize).cloned().unwrap_or_default());
    [head, table, notice(&levels, total, limit)].into_iter().chain(texts).collect()
}

/// The marker, the names of both sides, and the counts.
fn head(diff: &Diff, differing: usize) -> String {
    let [old, new] = diff.sides.each_ref().map(|side| code(side, LONGEST_NAME / 2));
    let title = if diff.title.is_empty() { "render diff".into() } else { markdown(&diff.title) };
    let mut out = format!("{}\n### {title}: {old} → {new}\n\n", marker(&diff.title));
    let overlays = plural(diff.overlays.len(), "overlay");
    let _ = match differing {
        0 => writeln!(out, "No differences: {overlays} compared, {}.", counts(&diff.overlays)),
        _ => writeln!(out, "{overlays} compared, {differing} with differences: {}.", counts(&diff.overlays)),
    };
    out += &losses::caution(diff);
    let hidden: usize = diff.overlays.iter().flat_map(|overlay| &overlay.hidden).map(|hidden| hidden.count).sum();
    if hidden > 0 {
        let _ = writeln!(out, "\nHidden by filters: {}.", plural(hidden, "change"));
    }
    out
}

/// One row per overlay, for the first `shown` overlays, then the totals.
fn table(overlays: &[&OverlayDiff], shown: usize) -> String {
    let mut out = format!("\n{COLUMNS}");
    overlays.iter().take(shown).for_each(|overlay| out += &row(&code(&overlay.name, LONGEST_NAME), &[overlay]));
    if shown < overlays.len() {
        out += &row(&format!("{} more", overlays.len() - shown), &overlays[shown..]);
    }
    if overlays.len() > 1 {
        out += &row("all", overlays);
    }
    out
}

/// The number of overlays for which a separate row fits.
fn rows_that_fit(overlays: &[&OverlayDiff], room: usize) -> usize {
    let row_of = |overlay: &&OverlayDiff| size(&row(&code(&overlay.name, LONGEST_NAME), &[overlay]));
    let more = size(&row(&format!("{} more", usize::MAX), overlays));
    let fixed = size(&table(overlays, 0)).max(size(COLUMNS)) + more;
    let mut left = room.saturating_sub(fixed);
    let fits = |overlay: &&&OverlayDiff| {
        let size = row_of(overlay);
        let found = size <= left;
        left = left.saturating_sub(size);
        found
    };
    overlays.iter().take_while(fits).count()
}

fn row(name: &str, overlays: &[&OverlayDiff]) -> String {
    let total = |count: &dyn Fn(&OverlayDiff) -> usize| overlays.iter().map(|overlay| count(overlay)).sum::<usize>();
    let noted = |is: fn(&Note) -> bool| {
        let objects = |overlay: &OverlayDiff| overlay.objects.iter().filter(|object| object.notes.iter().any(is)).count();
        total(&objects)
    };
    let changed = |overlay: &OverlayDiff| {
        [ObjectKind::Changed, ObjectKind::Renamed, ObjectKind::Moved].map(|kind| overlay.count(kind)).iter().sum()
    };
    let failed = overlays.iter().filter(|overlay| overlay.error.is_some()).count();
    let failed = if failed == 0 { String::new() } else { format!(" ({failed} could not be compared)") };
    format!(
        "| {name}{}{failed} | {} | {} | {} | {} | {} |\n",
        losses::in_table(overlays),
        total(&|overlay| overlay.count(ObjectKind::Added)),
        total(&|overlay| overlay.count(ObjectKind::Removed)),
        total(&changed),
        noted(|note| note.class() == Class::Recreate),
        noted(|note| note.class() == Class::Restart),
    )
}

/// The notice about cuts.
fn notice(levels: &[Level], size: usize, limit: usize) -> String {
    let reductions = [(Level::Paths, "with changed paths only"), (Level::Names, "with names only"), (Level::Nothing, "omitted")];
    let parts: Vec<String> = reductions
        .iter()
        .map(|(level, text)| (levels.iter().filter(|found| *found == level).count(), text))
        .filter(|(count, _)| *count > 0)
        .map(|(count, text)| format!("{} {text}", plural(count, "overlay")))
        .collect();
    let parts = if parts.is_empty() { "only the table is shown".to_owned() } else { parts.join(", ") };
    format!("\n**Truncated** to {limit} of {size} characters: {parts}. Run `render diff` for the full output.\n")
}

/// The section of an overlay.
fn section(overlay: &OverlayDiff, level: Level) -> String {
    let less = match level {
        Level::Paths => " (changed paths only)",
        Level::Names => " (names only)",
        Level::Whole | Level::Nothing => "",
    };
    let name = code(&overlay.name, LONGEST_NAME);
    let counts = counts(std::slice::from_ref(overlay));
    let mut lines = String::new();
    if let Some(error) = &overlay.error {
        let most = if level == Level::Whole { usize::MAX } else { 1 };
        error.lines().take(most).for_each(|text| push(&mut lines, '!', &line(text)));
    }
    overlay.objects.iter().for_each(|object| write_object(object, level, &mut lines));
    let fence = fence(&lines);
    format!("\n<details>\n<summary>{name}: {counts}{less}</summary>\n\n{fence}diff\n{lines}{fence}\n\n</details>\n")
}

fn push(out: &mut String, sign: char, text: &str) {
    let _ = writeln!(out, "{}", format!("{sign} {text}").trim_end());
}

/// The lines of an object. Viewers color them by their first character: `+`, `-`, `!`, `@`, and `#`.
fn write_object(object: &ObjectDiff, level: Level, out: &mut String) {
    let notes: Vec<String> = object.notes.iter().map(|note| line(&note.to_string()).into_owned()).collect();
    if level == Level::Names {
        let notes = if notes.is_empty() { String::new() } else { format!(": {}", notes.join("; ")) };
        push(out, sign(object.old.is_some(), object.new.is_some()), &format!("{}{notes}", ids(object)));
        return;
    }
    push(out, '#', &format!("{} ({})", ids(object), object.kind.name()));
    notes.iter().for_each(|note| push(out, '!', note));
    if level == Level::Paths {
        object.changes.iter().flat_map(Change::shown).for_each(|change| {
            push(out, sign(change.old.is_some(), change.new.is_some()), &line(&change.path.to_string()));
        });
        return;
    }
    let (old, new) = documents(object);
    for hunk in hunks(&old, &new) {
        let _ = writeln!(out, "@@ -{},{} +{},{} @@", hunk.old.0, hunk.old.1, hunk.new.0, hunk.new.1);
        for found in &hunk.lines {
            let _ = writeln!(out, "{}", own_line(&format!("{}{}", found.sign, found.text)).trim_end());
        }
    }
}

fn sign(old: bool, new: bool) -> char {
    match (old, new) {
        (false, _) => '+',
        (_, false) => '-',
        _ => '!',
    }
}

/// A fence that the text can't close.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}

/// A name for use in a table, in HTML, and in running text.
fn code(text: &str, most: usize) -> String {
    markdown_code(&clipped(&line(text), most))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diff::model::{HiddenBy, ObjectSide};
    use crate::records::Records;
    use crate::resource::ResId;
    use crate::yaml::{Node, Scalar, Value};

    #[test]
    fn special_characters_in_names_are_escaped() {
        assert_eq!(code("overlays/dev", 60), "<code>overlays/dev</code>");
        assert_eq!(code("a|b\n", 4), "<code>a&#124;b…</code>");
        assert_eq!([fence("a"), fence("``` ````")], ["```", "`````"]);
    }

    fn object(name: &str, notes: usize) -> ObjectDiff {
        let mut records = Records::default();
        let source = records.sources.add("", "");
        let step = records.provenance.step("", "");
        let span = records.sources.whole(source);
        let id = ResId { name: name.into(), ..ResId::default() };
        let notes = (0..notes).map(|at| Note::Recreate { fields: vec![format!("spec.`{name}`[{at}]")] }).collect();
        let node = Node::read(Value::Scalar(Scalar::string(name)), span, records.provenance.read(step, span));
        let side = ObjectSide { id, place: None, position: 0, node, masked: false };
        ObjectDiff { kind: ObjectKind::Added, old: None, new: Some(side), notes, changes: Vec::new(), folded: Vec::new() }
    }

    prop_compose! {
        fn overlays()(found in prop::collection::vec(("(?s).{0,90}", prop::collection::vec(("(?s).{0,60}", 0..4usize), 0..30), any::<bool>()), 0..60))
            -> Vec<OverlayDiff> {
            found.into_iter().map(|(name, objects, fails)| OverlayDiff {
                objects: objects.iter().map(|(name, notes)| object(name, *notes)).collect(),
                error: fails.then(|| format!("error: {name}\n```\n")),
                hidden: vec![HiddenBy { filter: name.clone(), count: name.len() }],
                name,
                unchanged: 3,
                ..OverlayDiff::default()
            }).collect()
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_comment_respects_its_size_and_keeps_the_summary(old in "(?s).{0,80}", overlays in overlays(), size in LEAST_SIZE..40_000) {
            let diff = Diff { sides: [old, "work tree".into()], overlays, ..Diff::default() };
            let text = write(&diff, Style { max_size: Some(size), ..Style::default() });
            prop_assert!(super::size(&text) <= size, "{} > {size}", super::size(&text));
            prop_assert!(text.starts_with("<!-- render-diff"));
            prop_assert!(text.contains(&counts(&diff.overlays)));
            prop_assert!(diff.is_empty() || text.contains(COLUMNS));
            let whole = write(&diff, Style { max_size: Some(usize::MAX), ..Style::default() });
            prop_assert_eq!(text.contains("**Truncated** to "), super::size(&whole) > size);
            prop_assert_eq!(text.matches("<details>\n<summary>").count(), text.matches("\n\n</details>\n").count());
        }
    }

    #[test]
    fn the_notice_about_cuts_is_short_and_the_summary_fits() {
        let levels = [Level::Paths, Level::Names, Level::Nothing];
        assert!(notice(&levels, usize::MAX, usize::MAX).len() + 3 * 20 < LONGEST_NOTICE);
        let overlays = vec![OverlayDiff { name: "|".repeat(500), error: Some("x".into()), ..OverlayDiff::default() }; 1000];
        let diff = Diff { sides: ["|".repeat(500), "|".repeat(500)], title: "#".repeat(LONGEST_TITLE), overlays };
        assert!(write(&diff, Style { max_size: Some(LEAST_SIZE), ..Style::default() }).len() <= LEAST_SIZE);
    }
}
