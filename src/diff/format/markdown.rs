//! For a comment on a pull request: a table with counts, what several objects or overlays have in common, then one section per
//! overlay with the rest. The lines are in fenced blocks.
//!
//! The size of a comment is limited: if it would be too large, the largest sections are reduced (`budget.rs`), the summary stays,
//! and a notice says what was cut. The content of an object can't break out of the markup: names use HTML entities for characters
//! with a meaning in Markdown, and fences are longer than any run of backticks inside them.

mod marks;
mod sections;

use std::collections::BTreeSet;
use std::fmt::Write;

use super::budget::{Level, fit, size};
use super::findings::Shown;
use super::losses;
use super::marker::marker;
use super::text::{compared, plural, remarks};
use super::{Format, Style};
use crate::diff::model::{Class, Diff, Note, ObjectKind, OverlayDiff};
use crate::escape::markdown;
use marks::{LONGEST_NAME, code};
use sections::{Sized, at_all_levels};

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
const LONGEST_NOTICE: usize = 500;
/// The maximum length of the remarks about the comparisons, in bytes.
const LONGEST_REMARKS: usize = 500;

const COLUMNS: &str =
    "| Overlay | Added | Removed | Changed | Must be recreated | Pods restart |\n| --- | ---: | ---: | ---: | ---: | ---: |\n";

fn write(diff: &Diff, style: Style) -> String {
    let limit = style.max_size.unwrap_or(SIZE).max(LEAST_SIZE);
    let overlays: Vec<&OverlayDiff> = diff.overlays.iter().filter(|overlay| !overlay.is_quiet()).collect();
    let head = head(diff);
    if overlays.is_empty() {
        return head;
    }
    let folded = style.folded(diff);
    let failures = folded.common_failures();
    let mut sections: Vec<Sized> =
        failures.map(|failure| at_all_levels(|level| sections::failure(&folded, failure, level))).collect();
    sections.extend(folded.groups.iter().map(|group| at_all_levels(|level| sections::group(&folded, group, level))));
    let shown = Shown::new(diff, style.no_fold);
    sections.extend((!shown.common.is_empty()).then(|| at_all_levels(|level| sections::common_findings(&shown, level))));
    let groups = sections.len();
    for (overlay, section) in diff.overlays.iter().zip(folded.sections()) {
        if section.has_own() || !shown.apart(overlay, section.rest).is_empty() {
            sections.push(at_all_levels(|level| sections::overlay(overlay, &section, &shown, level)));
        }
    }
    let whole = table(&overlays, overlays.len());
    let total = size(&head) + size(&whole) + sections.iter().map(|section| size(&section[0])).sum::<usize>();
    if total <= limit {
        return [head, whole].into_iter().chain(sections.into_iter().map(|[whole, ..]| whole)).collect();
    }
    let room = limit - LONGEST_NOTICE - size(&head);
    let sizes: Vec<_> = sections.iter().map(|section| section.each_ref().map(|text| size(text))).collect();
    // Groups say more than rows of the table.
    let kept = sizes[..groups].iter().map(|sizes| sizes[1]).sum::<usize>().min(room / 2);
    let table = table(&overlays, rows_that_fit(&overlays, room - kept));
    let levels = fit(&sizes, room.saturating_sub(size(&table)));
    let texts = sections.iter().zip(&levels).map(|(section, level)| section.get(*level as usize).cloned().unwrap_or_default());
    [head, table, notice(levels.split_at(groups), total, limit)].into_iter().chain(texts).collect()
}

/// The marker, the names of both sides, and the counts.
fn head(diff: &Diff) -> String {
    let [old, new] = diff.sides.each_ref().map(|side| code(side, LONGEST_NAME / 2));
    let title = if diff.title.is_empty() { "render diff".into() } else { markdown(&diff.title) };
    let mut out = format!("{}\n### {title}: {old} → {new}\n\n", marker(&diff.title));
    let _ = writeln!(out, "{}.", compared(&diff.overlays));
    out += &losses::caution(diff);
    let hidden: usize = diff.overlays.iter().flat_map(|overlay| &overlay.hidden).map(|hidden| hidden.count).sum();
    if hidden > 0 {
        let _ = writeln!(out, "\nHidden by filters: {}.", plural(hidden, "change"));
    }
    out + &notes(diff)
}

/// The remarks about the comparisons, each once.
fn notes(diff: &Diff) -> String {
    let all: BTreeSet<String> = diff.overlays.iter().flat_map(remarks).collect();
    let mut out = String::new();
    let mut left = all.len();
    for text in &all {
        let text = format!("\n{}\n", code(&text.replace('`', ""), 2 * LONGEST_NAME));
        if out.len() + text.len() > LONGEST_REMARKS {
            break;
        }
        out += &text;
        left -= 1;
    }
    if left > 0 {
        let _ = writeln!(out, "\n{}; run `render diff` for all of them.", plural(left, "more note"));
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

/// The notice about cuts, from the levels of groups and overlays.
fn notice((groups, overlays): (&[Level], &[Level]), size: usize, limit: usize) -> String {
    let reductions = [(Level::Paths, "with changed paths only"), (Level::Names, "with names only"), (Level::Nothing, "omitted")];
    let mut parts: Vec<String> = Vec::new();
    for (levels, name) in [(groups, "shared change"), (overlays, "overlay")] {
        let counted = reductions.iter().map(|(level, text)| (levels.iter().filter(|found| *found == level).count(), text));
        parts.extend(counted.filter(|(count, _)| *count > 0).map(|(count, text)| format!("{} {text}", plural(count, name))));
    }
    let parts = if parts.is_empty() { "only the table is shown".to_owned() } else { parts.join(", ") };
    format!("\n**Truncated** to {limit} of {size} characters: {parts}. Run `render diff` for the full output.\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diff::model::{HiddenBy, ObjectDiff, ObjectSide};
    use crate::records::Records;
    use crate::resource::ResId;
    use crate::yaml::{Node, Scalar, Value};

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
                remarks: Vec::new(),
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
            prop_assert!(text.contains(&compared(&diff.overlays)));
            prop_assert!(diff.is_empty() || text.contains(COLUMNS));
            let whole = write(&diff, Style { max_size: Some(usize::MAX), ..Style::default() });
            prop_assert_eq!(text.contains("**Truncated** to "), super::size(&whole) > size);
            prop_assert_eq!(text.matches(">\n<summary>").count(), text.matches("\n\n</details>\n").count());
        }
    }

    #[test]
    fn the_notice_about_cuts_is_short_and_the_summary_fits() {
        let levels = [Level::Paths, Level::Names, Level::Nothing];
        assert!(notice((&levels, &levels), usize::MAX, usize::MAX).len() + 6 * 20 < LONGEST_NOTICE);
        let overlays = vec![OverlayDiff { name: "|".repeat(500), error: Some("x".into()), ..OverlayDiff::default() }; 1000];
        let diff = Diff { sides: ["|".repeat(500), "|".repeat(500)], title: "#".repeat(LONGEST_TITLE), overlays };
        assert!(write(&diff, Style { max_size: Some(LEAST_SIZE), ..Style::default() }).len() <= LEAST_SIZE);
    }
}
