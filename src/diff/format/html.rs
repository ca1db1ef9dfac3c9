//! One page for a browser, self-contained: a table with counts, what several objects or overlays have in common, then each overlay
//! with its other objects, the values that differ with their locations, and the documents line by line.
//!
//! The page is complete without scripts. Its own script filters the objects; the policy of the page allows only this text.

mod groups;
mod parts;

use std::fmt::Write;

use super::findings::{self, Shown};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::losses;
use super::text::{compared, counts, hidden, ids, plural, remarks};
use super::unified::{documents, remaining};
use super::{Format, Style};
use crate::diff::findings::Introduced;
use crate::diff::groups::{Folded, Member, Section};
use crate::diff::model::{Change, Class, Diff, Note, ObjectKind, OverlayDiff};
use crate::escape::{markup, markup_line};
use groups::{write_common, write_group};
use parts::{COLUMNS, ONLY_NAMES, write_change, write_documents, write_finding};

/// A page for a browser.
pub const FORMAT: Format =
    Format { name: "html", purpose: "A self-contained page for a browser", shows_errors: true, annotates: false, write };

const STYLE: &str = include_str!("html.css");
/// Shows only the objects that contain the words of a text field, which appears if scripts can run.
const SCRIPT: &str = include_str!("html/filter.js");
/// If there are more objects than this, they are collapsed initially.
const MOST_OPEN: usize = 12;

const FILTER: &str = "<form hidden><label>Filter <input id=\"filter\" type=\"search\" autocomplete=\"off\" \
     placeholder=\"kind, name, path, value, file\"></label> <output id=\"shown\" class=\"quiet\"></output></form>\n";

fn write(diff: &Diff, style: Style) -> String {
    let [old, new] = diff.sides.each_ref().map(|side| markup_line(side));
    let title = if diff.title.is_empty() { "render diff".into() } else { markup_line(&diff.title) };
    let overlays: Vec<&OverlayDiff> = diff.overlays.iter().filter(|overlay| !overlay.is_quiet()).collect();
    let lead = format!("{}.", compared(&diff.overlays));
    let hash = STANDARD.encode(Sha256::digest(SCRIPT));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}: {old} → {new}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n\
         <h1>{title}</h1>\n<p class=\"sides\"><code>{old}</code> → <code>{new}</code></p>\n<p>{lead}</p>\n</header>\n<main>\n"
    );
    let folded = style.folded(diff);
    if !overlays.is_empty() {
        let lost = losses::list(diff);
        if !lost.is_empty() {
            let items: String = lost.iter().map(|text| format!("<li>{}</li>\n", markup_line(text))).collect();
            let _ = writeln!(out, "<section class=\"losses\">\n<h2>Data loss</h2>\n<ul>\n{items}</ul>\n</section>");
        }
        table(&overlays, &mut out);
        out += FILTER;
    }
    let is_open = folded.groups.len() + folded.rest.iter().map(Vec::len).sum::<usize>() <= MOST_OPEN;
    let shown = Shown::new(diff, style.no_fold);
    write_common(&folded, &shown, is_open, &mut out);
    let sections = diff.overlays.iter().zip(folded.sections());
    let differing = sections.filter(|(overlay, _)| !overlay.is_quiet());
    for (at, (overlay, section)) in differing.enumerate() {
        write_overlay(at, overlay, (&folded, &section, &shown), is_open, &mut out);
    }
    out += "</main>\n";
    if !overlays.is_empty() {
        let _ = writeln!(out, "<script>{SCRIPT}</script>");
    }
    out + "</body>\n</html>\n"
}

fn table(overlays: &[&OverlayDiff], out: &mut String) {
    *out += "<div class=\"wide\"><table class=\"counts\">\n<thead><tr><th>Overlay</th>";
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
    *out += "</tbody>\n</table></div>\n";
}

fn write_overlay(
    at: usize,
    overlay: &OverlayDiff,
    (folded, section, shown): (&Folded<'_>, &Section<'_, '_>, &Shown<'_>),
    is_open: bool,
    out: &mut String,
) {
    let apart = shown.apart(overlay, section.rest);
    let above = if section.is_empty() && apart.is_empty() { " (listed above)" } else { "" };
    let counts = counts(std::slice::from_ref(overlay));
    let name = markup_line(&overlay.name);
    let _ = writeln!(
        out,
        "<details class=\"overlay\" id=\"overlay-{at}\" open>\n\
         <summary><h2>{name}</h2> <span class=\"quiet\">{counts}{above}</span></summary>"
    );
    remarks(overlay).iter().for_each(|text| _ = writeln!(out, "<p class=\"quiet\">{}</p>", markup_line(text)));
    let hidden = hidden(overlay);
    if !hidden.is_empty() {
        let _ = writeln!(out, "<p class=\"quiet\">{}</p>", markup_line(&hidden));
    }
    if let Some(error) = section.failure {
        let lines: Vec<String> = error.lines().map(markup).collect();
        let _ = writeln!(out, "<pre class=\"error\">{}</pre>", lines.join("\n"));
    }
    section.lossy().iter().for_each(|member| write_member(member, shown.of(member), is_open, out));
    section.groups.iter().for_each(|group| write_group(folded, group, is_open, out));
    section.others().iter().for_each(|member| write_member(member, shown.of(member), is_open, out));
    if !apart.is_empty() {
        let _ = writeln!(out, "<h3>{}</h3>", capital(findings::head(overlay)));
        write_findings(&apart, false, out);
    }
    *out += "</details>\n";
}

/// The introduced findings.
fn write_findings(found: &[&Introduced], in_object: bool, out: &mut String) {
    *out += "<ul class=\"findings\">\n";
    found.iter().for_each(|finding| write_finding(finding, in_object, "", out));
    *out += "</ul>\n";
}

fn write_member(member: &Member<'_>, found: &[&Introduced], is_open: bool, out: &mut String) {
    let object = member.object;
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
    if !found.is_empty() {
        let _ = write!(out, " <span class=\"note finding\">{}</span>", findings::counts(found.iter().copied()));
    }
    *out += "</summary>\n";
    if !found.is_empty() {
        write_findings(found, true, out);
    }
    let changes = member.changes();
    if !changes.is_empty() {
        *out += COLUMNS;
        changes.iter().flat_map(Change::shown).for_each(|change| write_change(&change, out));
        *out += "</tbody>\n</table>\n";
        if member.elsewhere > 0 {
            let _ = writeln!(out, "<p class=\"quiet\">And {} listed above.</p>", plural(member.elsewhere, "change"));
        }
        *out += "<details class=\"document\">\n<summary>Document</summary>\n";
        write_documents(&remaining(member), out);
        *out += "</details>\n";
    } else if object.old.is_some() && object.new.is_some() {
        *out += ONLY_NAMES;
    } else {
        let only = object.new.as_ref().or(object.old.as_ref());
        if let Some(place) = only.and_then(|side| side.place.as_ref()) {
            let _ = writeln!(out, "<p class=\"quiet\"><code>{}</code></p>", markup_line(&place.to_string()));
        }
        write_documents(&documents(object), out);
    }
    *out += "</details>\n";
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
