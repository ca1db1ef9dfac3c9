//! For people: what several objects or overlays have in common, then each object with its notes, followed by the path of each
//! value that differs, the old and the new value, and the locations that wrote them.

mod groups;

use std::fmt::Write;

use super::facts::facts;
use super::findings::{self, Shown};
use super::losses;
use super::text::{block, counts, hidden, ids, inline, plural, remarks, reordered};
use super::{Format, Style};
use crate::diagnostic::Severity;
use crate::diff::findings::Introduced;
use crate::diff::groups::{Folded, Member, Section, places};
use crate::diff::model::{Change, Class, Diff, Inside, ObjectDiff, ObjectKind, OverlayDiff, Sided};
use crate::escape::{line, own_line};

/// For people.
pub const FORMAT: Format = Format {
    name: "human",
    purpose: "For people: each changed value with its path and both locations",
    shows_errors: false,
    annotates: false,
    write,
};

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const END: &str = "\x1b[0m";

/// Writes text, colored if the style requires it.
struct Painter {
    style: Style,
    out: String,
}

fn write(diff: &Diff, style: Style) -> String {
    let mut painter = Painter { style, out: String::new() };
    let folded = style.folded(diff);
    let shown = Shown::new(diff, style.no_fold);
    if folded.has_groups() || diff.overlays.len() > 1 {
        painter.losses(diff);
    }
    painter.common(&folded, &shown);
    for (overlay, section) in diff.overlays.iter().zip(folded.sections()) {
        painter.overlay(&folded, overlay, &section, &shown);
    }
    if folded.has_groups() {
        painter.unchanged(diff);
    }
    if diff.overlays.len() > 1 {
        let differing = diff.overlays.iter().filter(|overlay| overlay.differs()).count();
        let overlays = plural(diff.overlays.len(), "overlay");
        let _ = writeln!(painter.out, "{overlays} compared, {differing} with differences: {}", counts(&diff.overlays));
    }
    painter.out
}

/// Whether there is nothing to say about an overlay.
fn is_unchanged(overlay: &OverlayDiff) -> bool {
    !overlay.differs() && overlay.hidden.is_empty() && overlay.findings.is_empty()
}

impl Painter {
    fn paint(&self, color: &str, text: &str) -> String {
        if self.style.color && !text.is_empty() { format!("{color}{text}{END}") } else { text.to_owned() }
    }

    fn line(&mut self, color: &str, text: &str) {
        let text = self.paint(color, text);
        let _ = writeln!(self.out, "{text}");
    }

    /// What loses data, before everything else.
    fn losses(&mut self, diff: &Diff) {
        let lost = losses::list(diff);
        if !lost.is_empty() {
            self.line(BOLD, "== Data loss");
            lost.iter().for_each(|text| self.line(RED, &format!("  ! {text}")));
            let _ = writeln!(self.out);
        }
    }

    fn overlay(&mut self, folded: &Folded<'_>, overlay: &OverlayDiff, section: &Section<'_, '_>, shown: &Shown<'_>) {
        if folded.has_groups() && is_unchanged(overlay) {
            return;
        }
        let apart = shown.apart(overlay, section.rest);
        let is_above = section.is_empty() && apart.is_empty() && !overlay.is_quiet();
        let above = if is_above { " (listed above)" } else { "" };
        self.line(BOLD, &format!("== {}: {}{above}", line(&overlay.name), counts(std::slice::from_ref(overlay))));
        if let Some(error) = section.failure {
            error.lines().for_each(|text| self.line(RED, &format!("  {}", own_line(text))));
        }
        remarks(overlay).iter().for_each(|text| self.line(DIM, &format!("   {text}")));
        let hidden = hidden(overlay);
        if !hidden.is_empty() {
            self.line(DIM, &format!("   {hidden}"));
        }
        if is_above {
            return;
        }
        let _ = writeln!(self.out);
        section.groups.iter().for_each(|group| self.group(folded, group));
        for member in section.rest {
            self.member(member);
            shown.of(member).iter().for_each(|finding| self.finding(finding, true));
            let _ = writeln!(self.out);
        }
        if !apart.is_empty() {
            self.line(BOLD, &format!("! {}", findings::head(overlay)));
            apart.into_iter().for_each(|finding| self.finding(finding, false));
            let _ = writeln!(self.out);
        }
    }

    fn member(&mut self, member: &Member<'_>) {
        let object = member.object;
        let color = match object.kind {
            ObjectKind::Added => GREEN,
            ObjectKind::Removed => RED,
            _ => YELLOW,
        };
        let head = self.paint(color, &format!("{} {}", object.kind.sign(), ids(object)));
        let only = match object.kind {
            ObjectKind::Added => object.new.as_ref(),
            ObjectKind::Removed => object.old.as_ref(),
            _ => None,
        };
        let place = only.and_then(|side| side.place.as_ref()).map(|place| self.place(&place.to_string())).unwrap_or_default();
        let _ = writeln!(self.out, "{head}{place}");
        for note in &object.notes {
            let color = if note.class() == Class::DataLoss { RED } else { BOLD };
            self.line(color, &format!("  ! {}", line(&note.to_string())));
        }
        if object.kind == ObjectKind::Changed && object.changes.is_empty() && object.notes.is_empty() {
            self.only_names();
        }
        if only.is_some() {
            self.contents(object);
        }
        for change in &member.changes() {
            let place = places(change).map(|place| self.place(&place)).unwrap_or_default();
            self.change(change, &line(&change.path.to_string()), &place);
        }
        if member.elsewhere > 0 {
            self.line(DIM, &format!("  and {} listed above", plural(member.elsewhere, "change")));
        }
    }

    fn finding(&mut self, finding: &Introduced, in_object: bool) {
        let color = if finding.severity == Severity::Error { RED } else { YELLOW };
        let text = self.paint(color, &findings::sentence(finding, in_object));
        let place = finding.place.as_ref().map(|place| self.place(&place.to_string())).unwrap_or_default();
        let _ = writeln!(self.out, "  ! {text}{place}");
    }

    fn only_names(&mut self) {
        self.line(DIM, "  only its API version, its own name, or names of generated objects that it refers to differ");
    }

    /// What an object that was added or removed contains.
    fn contents(&mut self, object: &ObjectDiff) {
        let is_full = self.style.full;
        let sign = if is_full { format!("{} ", object.kind.sign()) } else { String::new() };
        let color = if is_full { color_of(object.kind.sign()) } else { DIM };
        for fact in object.new.as_ref().or(object.old.as_ref()).iter().flat_map(|side| facts(side, is_full)) {
            self.line(color, format!("    {sign}{fact}").trim_end());
        }
    }

    fn change(&mut self, change: &Change, path: &str, place: &str) {
        match &change.inside {
            Some(Inside::Lines(hunks)) => {
                let _ = writeln!(self.out, "  ~ {path}:{place}");
                for hunk in hunks {
                    self.line(DIM, &format!("      @@ -{},{} +{},{} @@", hunk.old.0, hunk.old.1, hunk.new.0, hunk.new.1));
                    for found in &hunk.lines {
                        let text = format!("      {}{}", found.sign, found.text);
                        self.line(color_of(found.sign), own_line(&text).trim_end());
                    }
                }
            }
            Some(Inside::Document { .. }) => {
                for inner in &change.shown() {
                    let place = places(inner).map(|place| self.place(&place)).unwrap_or_default();
                    self.value(inner, &line(&inner.path.to_string()), &place);
                }
            }
            None => self.value(change, path, place),
        }
    }

    fn value(&mut self, change: &Change, path: &str, place: &str) {
        if let Some(order) = &change.order {
            let _ = writeln!(self.out, "  ~ {path}: {}{place}", reordered(order));
            return;
        }
        let text = |side: &Option<Sided>| {
            side.as_ref().map(|side| match side.node.as_str() {
                Some(mask) if change.masked => Some(mask.to_owned()),
                _ => inline(&side.node),
            })
        };
        match (text(&change.old), text(&change.new)) {
            (Some(Some(old)), Some(Some(new))) => self.replaced(path, &old, &new, place),
            (Some(Some(old)), None) => {
                let text = self.paint(RED, &format!("- {path}: {old}"));
                let _ = writeln!(self.out, "  {text}{place}");
            }
            (None, Some(Some(new))) => {
                let text = self.paint(GREEN, &format!("+ {path}: {new}"));
                let _ = writeln!(self.out, "  {text}{place}");
            }
            _ => self.blocks(change, path, place),
        }
    }

    fn replaced(&mut self, path: &str, old: &str, new: &str, place: &str) {
        let (old, new) = (self.paint(RED, old), self.paint(GREEN, new));
        let _ = writeln!(self.out, "  ~ {path}: {old} -> {new}{place}");
    }

    /// A value that does not fit on one line.
    fn blocks(&mut self, change: &Change, path: &str, place: &str) {
        let sign = match (&change.old, &change.new) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        let head = self.paint(color_of(sign), &format!("{sign} {path}:"));
        let _ = writeln!(self.out, "  {head}{place}");
        for (side, sign) in [(&change.old, '-'), (&change.new, '+')] {
            for line in side.iter().flat_map(|side| block(&side.node)) {
                self.line(color_of(sign), format!("      {sign} {line}").trim_end());
            }
        }
    }

    fn place(&self, place: &str) -> String {
        self.paint(DIM, &format!("  # {}", line(place)))
    }
}

fn color_of(sign: char) -> &'static str {
    match sign {
        '+' => GREEN,
        '-' => RED,
        ' ' => "",
        _ => YELLOW,
    }
}
