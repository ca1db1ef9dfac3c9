//! One page for a browser, self-contained and without scripts: a table with counts, then each overlay with its objects, the
//! values that differ with their locations, and the documents line by line.

use std::fmt::Write;

use super::losses;
use super::text::{block, counts, hidden, ids, inline_side, plural, reordered};
use super::unified::documents;
use super::{Format, Style};
use crate::diff::content::hunks;
use crate::diff::model::{Change, Class, Diff, Hunk, Inside, Note, ObjectDiff, ObjectKind, OverlayDiff, Sided};
use crate::escape::{markup, markup_line};

/// A page for a browser.
pub const FORMAT: Format =
    Format { name: "html", purpose: "A self-contained page for a browser", shows_errors: true, annotates: false, write };

const STYLE: &str = include_str!("html.css");
/// If there are more objects than this, they are collapsed initially.
const MOST_OPEN: usize = 12;

fn write(diff: &Diff, _: Style) -> String {
    let [old, new] = diff.sides.each_ref().map(|side| markup_line(side));
    let title = if diff.title.is_empty() { "render diff".into() } else { markup_line(&diff.title) };
    let overlays: Vec<&OverlayDiff> =
        diff.overlays.iter().filter(|overlay| !overlay.objects.is_empty() || overlay.error.is_some()).collect();
    let compared = plural(diff.overlays.len(), "overlay");
    let counted = counts(&diff.overlays);
    let lead = match overlays.len() {
        0 => format!("No differences: {compared} compared, {counted}."),
        differing => format!("{compared} compared, {differing} with differences: {counted}."),
    };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}: {old} → {new}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n\
         <h1>{title}</h1>\n<p class=\"sides\"><code>{old}</code> → <code>{new}</code></p>\n<p>{lead}</p>\n</header>\n<main>\n"
    );
    if !overlays.is_empty() {
        table(&overlays, &mut out);
    }
    let is_open = overlays.iter().map(|overlay| overlay.objects.len()).sum::<usize>() <= MOST_OPEN;
    overlays.iter().enumerate().for_each(|(at, overlay)| write_overlay(at, overlay, is_open, &mut out));
    out + "</main>\n</body>\n</html>\n"
}

fn table(overlays: &[&OverlayDiff], out: &mut String) {
    *out += "<table class=\"counts\">\n<thead><tr><th>Overlay</th>";
    let is_lossy = losses::count(overlays) > 0;
    *out += if is_lossy { "<th>Destroys data</th>" } else { "" };
    ObjectKind::ALL.iter().for_each(|kind| _ = write!(out, "<th>{}</th>", capital(kind.name())));
    *out += "<th>Must be recreated</th><th>Pods restart</th></tr></thead>\n<tbody>\n";
    for (at, overlay) in overlays.iter().enumerate() {
        let noted = |is: fn(&Note) -> bool| overlay.objects.iter().filter(|object| object.notes.iter().any(is)).count();
        let _ = write!(out, "<tr><td><a href=\"#overlay-{at}\">{}</a></td>", markup_line(&overlay.name));
        let lost = is_lossy.then(|| ("loss", overlay.noted(Class::DataLoss)));
        let kinds = ObjectKind::ALL.iter().map(|kind| (kind.name(), overlay.count(*kind)));
        let notes = [
            ("recreate", noted(|note| note.class() == Class::Recreate)),
            ("restart", noted(|note| note.class() == Class::Restart)),
        ];
        for (class, count) in lost.into_iter().chain(kinds).chain(notes) {
            let class = if count == 0 { "none" } else { class };
            let _ = write!(out, "<td class=\"{class}\">{count}</td>");
        }
        *out += "</tr>\n";
    }
    *out += "</tbody>\n</table>\n";
}

fn write_overlay(at: usize, overlay: &OverlayDiff, is_open: bool, out: &mut String) {
    let counts = counts(std::slice::from_ref(overlay));
    let name = markup_line(&overlay.name);
    let _ = writeln!(out, "<section id=\"overlay-{at}\">\n<h2>{name}</h2>\n<p class=\"quiet\">{counts}</p>");
    let hidden = hidden(overlay);
    if !hidden.is_empty() {
        let _ = writeln!(out, "<p class=\"quiet\">{}</p>", markup_line(&hidden));
    }
    if let Some(error) = &overlay.error {
        let lines: Vec<String> = error.lines().map(markup).collect();
        let _ = writeln!(out, "<pre class=\"error\">{}</pre>", lines.join("\n"));
    }
    overlay.objects.iter().for_each(|object| write_object(object, is_open, out));
    *out += "</section>\n";
}

fn write_object(object: &ObjectDiff, is_open: bool, out: &mut String) {
    let kind = object.kind.name();
    let open = if is_open { " open" } else { "" };
    let _ = write!(
        out,
        "<details class=\"object {kind}\"{open}>\n<summary><b class=\"kind\">{kind}</b> <code>{}</code>",
        markup_line(&ids(object))
    );
    for note in &object.notes {
        let _ = write!(out, " <span class=\"note {}\">{}</span>", note.check(), markup_line(&note.to_string()));
    }
    *out += "</summary>\n";
    let (old, new) = documents(object);
    let lines = hunks(&old, &new);
    if !object.changes.is_empty() {
        *out += "<table class=\"changes\">\n<thead><tr><th>Path</th><th>Before</th><th>After</th><th>Written by</th></tr></thead>\n<tbody>\n";
        object.changes.iter().flat_map(Change::shown).for_each(|change| write_change(&change, out));
        *out += "</tbody>\n</table>\n<details class=\"document\">\n<summary>Document</summary>\n";
        write_hunks(&lines, out);
        *out += "</details>\n";
    } else if object.old.is_some() && object.new.is_some() {
        *out += "<p class=\"quiet\">Only its API version, its own name, or names of generated objects that it refers to differ.</p>\n";
    } else {
        let only = object.new.as_ref().or(object.old.as_ref());
        if let Some(place) = only.and_then(|side| side.place.as_ref()) {
            let _ = writeln!(out, "<p class=\"quiet\"><code>{}</code></p>", markup_line(&place.to_string()));
        }
        write_hunks(&lines, out);
    }
    *out += "</details>\n";
}

fn write_change(change: &Change, out: &mut String) {
    let _ = write!(out, "<tr><td><code>{}</code></td>", markup_line(&change.path.to_string()));
    match (&change.inside, &change.order) {
        (Some(Inside::Lines(hunks)), _) => {
            *out += "<td colspan=\"2\">";
            write_hunks(hunks, out);
            *out += "</td>";
        }
        (_, Some(order)) => {
            let _ = write!(out, "<td colspan=\"2\">{}</td>", reordered(order));
        }
        _ => {
            let _ = write!(
                out,
                "<td class=\"old\">{}</td><td class=\"new\">{}</td>",
                value(change, &change.old),
                value(change, &change.new)
            );
        }
    }
    let place =
        |side: &Option<Sided>| side.as_ref().and_then(|side| side.place.as_ref()).map(|place| markup_line(&place.to_string()));
    let places = match (place(&change.old), place(&change.new)) {
        (Some(old), Some(new)) if old != new => format!("<code>{old}</code><br><code>{new}</code>"),
        (old, new) => new.or(old).map(|place| format!("<code>{place}</code>")).unwrap_or_default(),
    };
    let _ = writeln!(out, "<td class=\"places\">{places}</td></tr>");
}

fn value(change: &Change, side: &Option<Sided>) -> String {
    let Some(found) = side else { return String::new() };
    match inline_side(change, Some(found)) {
        Some(line) => format!("<code>{}</code>", markup_line(&line)),
        None => format!("<pre>{}</pre>", block(&found.node).iter().map(|line| markup(line)).collect::<Vec<_>>().join("\n")),
    }
}

fn write_hunks(hunks: &[Hunk], out: &mut String) {
    *out += "<pre class=\"lines\">";
    for hunk in hunks {
        let (old, new) = (hunk.old, hunk.new);
        let _ = write!(out, "<span class=\"at\">@@ -{},{} +{},{} @@</span>", old.0, old.1, new.0, new.1);
        for line in &hunk.lines {
            let class = match line.sign {
                '+' => "added",
                '-' => "removed",
                _ => "same",
            };
            let _ = write!(out, "<span class=\"{class}\">{}{}</span>", line.sign, markup_line(&line.text));
        }
    }
    *out += "</pre>\n";
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
