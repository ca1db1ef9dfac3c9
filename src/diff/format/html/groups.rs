//! Groups in the page for a browser: what objects have in common, once.

use std::fmt::Write;

use super::{values_of, write_documents, write_finding, write_places, write_row};
use crate::diff::format::findings::Shown;
use crate::diff::format::group_text::{Where, applies, bounded, kind, note, tag};
use crate::diff::format::text::plural;
use crate::diff::format::unified::documents;
use crate::diff::groups::{Folded, Group, Shared, identity, noted, shared};
use crate::diff::model::ObjectKind;
use crate::escape::{line, markup, markup_line};

/// The maximum number of names in a line.
const MOST_NAMES: usize = 1000;
/// The number of names in a line that is not collapsed.
const FEW_NAMES: usize = 10;

/// What several overlays have in common; nothing if there is nothing.
pub(super) fn write_common(folded: &Folded<'_>, shown: &Shown<'_>, is_open: bool, out: &mut String) {
    let is_empty = folded.common_failures().next().is_none() && folded.common_groups().next().is_none();
    if is_empty && shown.common.is_empty() {
        return;
    }
    *out += "<details class=\"overlay\" open>\n<summary><h2>In several ";
    *out += if folded.heads.overlays.len() > 1 { "overlays" } else { "objects" };
    *out += "</h2></summary>\n";
    for failure in folded.common_failures() {
        let names = failure.overlays.iter().map(|(at, _)| line(folded.name(*at)).into_owned());
        let title = format!("{} could not be compared: {}", plural(names.len(), "overlay"), bounded(names, MOST_NAMES));
        let lines: Vec<String> = failure.text().lines().map(markup).collect();
        let _ = writeln!(out, "<p class=\"where\">{}</p>\n<pre class=\"error\">{}</pre>", markup_line(&title), lines.join("\n"));
    }
    folded.common_groups().for_each(|group| write_group(folded, group, is_open, out));
    if !shown.common.is_empty() {
        *out += "<ul class=\"findings\">\n";
        shown.common.iter().for_each(|found| {
            write_finding(found.finding, true, &format!(" in {}", found.members(FEW_NAMES)), out);
        });
        *out += "</ul>\n";
    }
    *out += "</details>\n";
}

/// A group: its objects, their notes, and their changes.
pub(super) fn write_group(folded: &Folded<'_>, group: &Group<'_>, is_open: bool, out: &mut String) {
    let applies = applies(folded, group, FEW_NAMES);
    let kind = kind(group);
    let open = if is_open { " open" } else { "" };
    let _ = write!(
        out,
        "<details class=\"object {0}\"{open}>\n<summary><b class=\"kind\">{0}</b> <code>{1}</code>",
        kind.name(),
        markup_line(&applies.title)
    );
    for noted in noted(&group.members) {
        let text = note(&noted, group.members.len());
        let _ = write!(out, " <span class=\"note {}\">{}</span>", noted.note.name(), markup_line(&text));
    }
    *out += "</summary>\n";
    write_where(folded, group, &applies, out);
    let changes = shared(group);
    if changes.iter().any(|shared| shared.change.is_some()) {
        *out += super::COLUMNS;
        changes.iter().for_each(|shared| write_shared(shared, out));
        *out += "</tbody>\n</table>\n";
    }
    let Some(object) = group.members.first().map(|member| member.object) else { return };
    if changes.iter().any(|shared| shared.change.is_none()) {
        match kind {
            ObjectKind::Added | ObjectKind::Removed => write_documents(&documents(object), out),
            ObjectKind::Renamed | ObjectKind::Moved => {
                let _ = writeln!(out, "<p class=\"where\">{}</p>", markup_line(&identity(object).unwrap_or_default()));
            }
            ObjectKind::Changed => *out += super::ONLY_NAMES,
        }
    }
    *out += "</details>\n";
}

/// The objects and the overlays; long lists are collapsed.
fn write_where(folded: &Folded<'_>, group: &Group<'_>, applies: &Where, out: &mut String) {
    let all = self::applies(folded, group, MOST_NAMES);
    let short = applies.names.iter().chain(&applies.lines);
    for (short, all) in short.zip(all.names.iter().chain(&all.lines)) {
        let [short, all] = [short, all].map(|text| markup_line(text));
        let _ = match short == all {
            true => writeln!(out, "<p class=\"where\">{short}</p>"),
            false => writeln!(out, "<details class=\"where\">\n<summary>{short}</summary>\n<p>{all}</p>\n</details>"),
        };
    }
}

fn write_shared(shared: &Shared<'_>, out: &mut String) {
    let Some(change) = shared.change else { return };
    let places = write_places(&shared.places);
    match tag(shared, MOST_NAMES) {
        Some(tag) => {
            let value = |class: &str, text: &str| format!("<td class=\"{class}\"><code>{}</code></td>", markup_line(text));
            let values = value("old", &tag.old) + &value("new", &tag.new);
            write_row(&format!("{}{}", tag.name, tag.images), &values, &places, out);
        }
        None => write_row(&line(&shared.path), &values_of(change), &places, out),
    }
}
