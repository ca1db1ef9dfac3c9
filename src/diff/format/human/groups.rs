//! Groups in the format for people: what objects have in common, once.

use std::fmt::Write;

use super::{BOLD, DIM, Painter, RED, color_of};
use crate::diff::format::findings::Shown;
use crate::diff::format::group_text::{applies, bounded, kind, locations, note, sign, tag};
use crate::diff::format::text::plural;
use crate::diff::groups::{Folded, Group, Shared, identity, noted, shared};
use crate::diff::model::{Diff, ObjectKind};
use crate::escape::{line, own_line};

/// The maximum number of names in a line.
const MOST_NAMES: usize = 10;

impl Painter {
    /// What several overlays have in common.
    pub(super) fn common(&mut self, folded: &Folded<'_>, shown: &Shown<'_>) {
        let is_empty = folded.common_failures().next().is_none() && folded.common_groups().next().is_none();
        if is_empty && shown.common.is_empty() {
            return;
        }
        self.line(BOLD, &format!("== In several {}", if folded.heads.overlays.len() > 1 { "overlays" } else { "objects" }));
        let _ = writeln!(self.out);
        for failure in folded.common_failures() {
            let names = failure.overlays.iter().map(|(at, _)| line(folded.name(*at)).into_owned());
            self.line(
                RED,
                &format!("! {} could not be compared: {}", plural(names.len(), "overlay"), bounded(names, MOST_NAMES)),
            );
            failure.text().lines().for_each(|text| self.line(RED, &format!("  {}", own_line(text))));
            let _ = writeln!(self.out);
        }
        folded.common_groups().for_each(|group| self.group(folded, group));
        for found in &shown.common {
            self.finding(found.finding, true);
            let _ = writeln!(self.out, "      in {}", found.members(MOST_NAMES));
        }
        if !shown.common.is_empty() {
            let _ = writeln!(self.out);
        }
    }

    /// A group: its objects, their notes, and their changes.
    pub(super) fn group(&mut self, folded: &Folded<'_>, group: &Group<'_>) {
        let applies = applies(folded, group, MOST_NAMES);
        let head = self.paint(color_of(sign(group)), &format!("{} {}", sign(group), applies.title));
        let names = applies.names.map(|names| format!(": {names}")).unwrap_or_default();
        let _ = writeln!(self.out, "{head}{names}");
        applies.lines.iter().for_each(|text| _ = writeln!(self.out, "  {text}"));
        let notes = noted(&group.members);
        for noted in &notes {
            self.line(BOLD, &format!("  ! {}", note(noted, group.members.len())));
        }
        for change in shared(group) {
            self.shared(group, &change, notes.is_empty());
        }
        let _ = writeln!(self.out);
    }

    fn shared(&mut self, group: &Group<'_>, shared: &Shared<'_>, is_alone: bool) {
        let place = locations(&shared.places).map(|place| self.place(&place)).unwrap_or_default();
        if let Some(tag) = tag(shared, MOST_NAMES) {
            self.replaced(&tag.name, &tag.old, &tag.new, &format!("{}{place}", tag.images));
            return;
        }
        if let Some(change) = shared.change {
            self.change(change, &line(&shared.path), &place);
            return;
        }
        let Some(object) = group.members.first().map(|member| member.object) else { return };
        match kind(group) {
            ObjectKind::Added | ObjectKind::Removed => self.contents(object),
            ObjectKind::Changed if is_alone => self.only_names(),
            ObjectKind::Changed => {}
            ObjectKind::Renamed | ObjectKind::Moved => {
                let text = identity(object).unwrap_or_default();
                let _ = writeln!(self.out, "  > {}", line(&text));
            }
        }
    }

    /// The names of overlays without differences, in one line.
    pub(super) fn unchanged(&mut self, diff: &Diff) {
        let same: Vec<&str> =
            diff.overlays.iter().filter(|overlay| super::is_unchanged(overlay)).map(|found| found.name.as_str()).collect();
        if !same.is_empty() {
            let names = bounded(same.iter().map(|name| line(name).into_owned()), MOST_NAMES);
            self.line(DIM, &format!("== {names}: no differences"));
        }
    }
}
