//! The sections of a comment, each at three levels of detail: errors that overlays have in common, groups of objects with the same
//! changes, and what only one overlay has.

use std::fmt::Write;

use super::marks::{LONGEST_NAME, code, fence};
use crate::diff::content::hunks;
use crate::diff::findings::Introduced;
use crate::diff::format::budget::Level;
use crate::diff::format::findings::{self, Shown};
use crate::diff::format::group_text::{applies, bounded, kind, note, short, tag};
use crate::diff::format::text::{block, counts, ids, inline_side, plural, reordered};
use crate::diff::format::unified::{documents, moves, remaining_without};
use crate::diff::groups::{Failure, Folded, Group, Member, Section, Shared, noted, shared};
use crate::diff::model::{Change, Hunk, Inside, ObjectDiff, ObjectKind, OverlayDiff};
use crate::escape::{line, own_line};

/// The maximum number of names in a line, if everything is shown, and otherwise.
const MOST_NAMES: [usize; 2] = [100, 10];
/// The number of changes in the summary of a group.
const MOST_CHANGES: usize = 2;
/// The maximum number of characters of a change in the summary of a group.
const LONGEST_CHANGE: usize = 120;

/// A text at all levels except `Nothing`.
pub type Sized = [String; 3];

/// A text at all levels except `Nothing`.
pub fn at_all_levels(text: impl Fn(Level) -> String) -> Sized {
    [Level::Whole, Level::Paths, Level::Names].map(text)
}

/// An error that several overlays have in common.
pub fn failure(folded: &Folded<'_>, failure: &Failure<'_>, level: Level) -> String {
    let names = failure.overlays.iter().map(|(at, _)| line(folded.name(*at)).into_owned());
    let summary = format!("{} could not be compared", plural(names.len(), "overlay"));
    let mut lines = String::new();
    push(&mut lines, '#', &bounded(names, most_names(level)));
    let most = if level == Level::Whole { usize::MAX } else { 1 };
    failure.text().lines().take(most).for_each(|text| push(&mut lines, '!', &line(text)));
    details(OPEN, &summary, &lines)
}

/// A group of objects.
pub fn group(folded: &Folded<'_>, group: &Group<'_>, level: Level) -> String {
    let applies = applies(folded, group, most_names(level));
    let changes = shared(group);
    let notes: Vec<String> = noted(&group.members).iter().map(|noted| note(noted, group.members.len())).collect();
    let within = group.only_overlay().filter(|_| folded.heads.overlays.len() > 1).map(|at| folded.name(at));
    let within = within.map(|name| format!(" in {}", line(name))).unwrap_or_default();
    let mut what: Vec<String> = changes.iter().take(MOST_CHANGES).map(|change| short(group, change)).collect();
    what.retain(|text| !text.is_empty());
    let mut what: Vec<String> = what.iter().map(|text| code(text, LONGEST_CHANGE)).collect();
    if changes.len() > MOST_CHANGES {
        what.push(format!("and {}", plural(changes.len() - MOST_CHANGES, "other change")));
    }
    if what.is_empty() {
        what.extend(notes.first().map(|text| code(text, LONGEST_CHANGE)));
    }
    let summary = format!("{}: {}", code(&format!("{}{within}", applies.title), LONGEST_CHANGE), what.join(", "));
    if level == Level::Names {
        return format!("\n- {summary}\n");
    }
    let mut lines = String::new();
    applies.names.iter().chain(&applies.lines).for_each(|text| push(&mut lines, '#', text));
    notes.iter().for_each(|text| push(&mut lines, '!', text));
    changes.iter().for_each(|change| write_shared(group, change, level, &mut lines));
    details(CLOSED, &summary, &lines)
}

/// The findings that several objects or overlays have in common.
pub fn common_findings(shown: &Shown<'_>, level: Level) -> String {
    let found: Vec<&Introduced> = shown.common.iter().map(|found| found.finding).collect();
    let summary = format!("In several objects or overlays: {}", findings::counts(found.iter().copied()));
    let mut lines = String::new();
    for found in &shown.common {
        write_findings(&[found.finding], true, level, &mut lines);
        push(&mut lines, '#', &format!("in {}", found.members(most_names(level))));
    }
    details(CLOSED, &summary, &lines)
}

/// Introduced findings; with names only, their locations are left out.
fn write_findings(found: &[&Introduced], in_object: bool, level: Level, out: &mut String) {
    let text = if level == Level::Names { findings::sentence } else { findings::located };
    found.iter().for_each(|finding| push(out, '!', &text(finding, in_object)));
}

/// What only one overlay has.
pub fn overlay(overlay: &OverlayDiff, section: &Section<'_, '_>, shown: &Shown<'_>, level: Level) -> String {
    let less = match level {
        Level::Paths => " (changed paths only)",
        Level::Names => " (names only)",
        Level::Whole | Level::Nothing => "",
    };
    let name = code(&overlay.name, LONGEST_NAME);
    let counts = counts(std::slice::from_ref(overlay));
    let others = overlay.objects.len() - section.rest.len();
    let above = if others == 0 { String::new() } else { format!("; {} only above", plural(others, "object")) };
    let mut lines = String::new();
    if let Some(error) = section.failure {
        let most = if level == Level::Whole { usize::MAX } else { 1 };
        error.lines().take(most).for_each(|text| push(&mut lines, '!', &line(text)));
    }
    for member in section.rest {
        write_member(member, level, &mut lines);
        write_findings(shown.of(member), true, level, &mut lines);
    }
    write_findings(&shown.apart(overlay, section.rest), false, level, &mut lines);
    let state = if section.failure.is_some() { OPEN } else { CLOSED };
    details(state, &format!("{name}: {counts}{above}{less}"), &lines)
}

/// The state of a section with an error, which nobody should have to look for.
const OPEN: &str = "<details open>";
/// The state of all others.
const CLOSED: &str = "<details>";

fn details(state: &str, summary: &str, lines: &str) -> String {
    let fence = fence(lines);
    format!("\n{state}\n<summary>{summary}</summary>\n\n{fence}diff\n{lines}{fence}\n\n</details>\n")
}

fn most_names(level: Level) -> usize {
    MOST_NAMES[usize::from(level != Level::Whole)]
}

fn push(out: &mut String, sign: char, text: &str) {
    let _ = writeln!(out, "{}", format!("{sign} {text}").trim_end());
}

/// The lines of a change that a group has in common.
fn write_shared(group: &Group<'_>, shared: &Shared<'_>, level: Level, out: &mut String) {
    let Some(change) = shared.change else {
        let object = group.members.first().map(|member| member.object);
        match (kind(group), object) {
            (ObjectKind::Added | ObjectKind::Removed, Some(object)) if level == Level::Whole => {
                write_documents(&documents(object), out)
            }
            (ObjectKind::Renamed | ObjectKind::Moved, _) => push(out, '!', &short(group, shared)),
            _ => {}
        }
        return;
    };
    if let Some(tag) = tag(shared, most_names(level)) {
        let _ = writeln!(out, "@@ {}{} @@\n-{}\n+{}", tag.name, tag.images, tag.old, tag.new);
        return;
    }
    let path = line(&shared.path);
    if level == Level::Paths {
        push(out, sign(change.old.is_some(), change.new.is_some()), &path);
        return;
    }
    match (&change.inside, &change.order) {
        (Some(Inside::Lines(hunks)), _) => {
            let _ = writeln!(out, "@@ {path} @@");
            write_hunks(hunks, out);
        }
        (_, Some(_)) => push(out, '!', &short(group, shared)),
        _ => {
            let _ = writeln!(out, "@@ {path} @@");
            for (side, sign) in [(&change.old, '-'), (&change.new, '+')] {
                let lines = match inline_side(change, side.as_ref()) {
                    Some(text) => vec![text],
                    None => side.iter().flat_map(|side| block(&side.node)).collect(),
                };
                lines.iter().for_each(|text| _ = writeln!(out, "{}", format!("{sign}{text}").trim_end()));
            }
        }
    }
}

/// The lines of an object. Viewers color them by their first character: `+`, `-`, `!`, `@`, and `#`.
fn write_member(member: &Member<'_>, level: Level, out: &mut String) {
    let object = member.object;
    let notes: Vec<String> = object.notes.iter().map(|note| line(&note.to_string()).into_owned()).collect();
    if level == Level::Names {
        let notes = if notes.is_empty() { String::new() } else { format!(": {}", notes.join("; ")) };
        push(out, sign_of(object), &format!("{}{notes}", ids(object)));
        return;
    }
    let above = if member.elsewhere == 0 { String::new() } else { format!("; {} above", plural(member.elsewhere, "change")) };
    push(out, '#', &format!("{} ({}{above})", ids(object), object.kind.name()));
    notes.iter().for_each(|note| push(out, '!', note));
    if level == Level::Paths {
        member.changes().iter().flat_map(Change::shown).for_each(|change| {
            push(out, sign(change.old.is_some(), change.new.is_some()), &line(&change.path.to_string()));
        });
        return;
    }
    let moves = moves(member);
    for change in &moves {
        let order = change.order.as_deref().map(reordered).unwrap_or_default();
        push(out, '!', &format!("{}: {order}", line(&change.path.to_string())));
    }
    write_documents(&remaining_without(member, &moves), out);
}

fn write_documents((old, new): &(String, String), out: &mut String) {
    write_hunks(&hunks(old, new), out);
}

fn write_hunks(hunks: &[Hunk], out: &mut String) {
    for hunk in hunks {
        let _ = writeln!(out, "@@ -{},{} +{},{} @@", hunk.old.0, hunk.old.1, hunk.new.0, hunk.new.1);
        for found in &hunk.lines {
            let _ = writeln!(out, "{}", own_line(&format!("{}{}", found.sign, found.text)).trim_end());
        }
    }
}

fn sign_of(object: &ObjectDiff) -> char {
    sign(object.old.is_some(), object.new.is_some())
}

fn sign(old: bool, new: bool) -> char {
    match (old, new) {
        (false, _) => '+',
        (_, false) => '-',
        _ => '!',
    }
}
