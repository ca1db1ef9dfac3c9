//! Parts of the page for a browser: rows of changes, values, locations, and lines that differ.

use std::fmt::Write;

use crate::diff::content::hunks;
use crate::diff::findings::Introduced;
use crate::diff::format::findings;
use crate::diff::format::text::{block, inline_side, plural, reordered};
use crate::diff::groups::places;
use crate::diff::model::{Change, Hunk, Inside, Sided};
use crate::escape::{markup, markup_line};

/// The start of a table of changes.
pub const COLUMNS: &str =
    "<table class=\"changes\">\n<thead><tr><th>Path</th><th>Before</th><th>After</th><th>Written by</th></tr></thead>\n<tbody>\n";
/// Shown for an object without changes of its own.
pub const ONLY_NAMES: &str =
    "<p class=\"quiet\">Only its API version, its own name, or names of generated objects that it refers to differ.</p>\n";
/// The maximum number of locations of a change.
const MOST_PLACES: usize = 3;

/// A row for a change.
pub fn write_change(change: &Change, out: &mut String) {
    let places: Vec<String> = places(change).into_iter().collect();
    write_row(&change.path.to_string(), &values_of(change), &write_places(&places), out);
}

/// A row of a table of changes. The cells of values and locations are markup.
pub fn write_row(path: &str, values: &str, places: &str, out: &mut String) {
    let _ = writeln!(out, "<tr><td><code>{}</code></td>{values}<td class=\"places\">{places}</td></tr>", markup_line(path));
}

/// The cells of both values.
pub fn values_of(change: &Change) -> String {
    match (&change.inside, &change.order) {
        (Some(Inside::Lines(hunks)), _) => {
            let mut out = String::from("<td colspan=\"2\">");
            write_hunks(hunks, &mut out);
            out + "</td>"
        }
        (_, Some(order)) => {
            format!("<td colspan=\"2\">{}</td>", reordered(order))
        }
        _ => {
            let [old, new] = [&change.old, &change.new].map(|side| value(change, side));
            format!("<td class=\"old\">{old}</td><td class=\"new\">{new}</td>")
        }
    }
}

/// Locations, those of both sides on lines of their own.
pub fn write_places(places: &[String]) -> String {
    let code = |place: &str| format!("<code>{}</code>", markup_line(place));
    let mut lines: Vec<String> = places.iter().take(MOST_PLACES).flat_map(|place| place.split(" -> ").map(code)).collect();
    if places.len() > MOST_PLACES {
        lines.push(format!("and {}", plural(places.len() - MOST_PLACES, "other place")));
    }
    lines.join("<br>")
}

/// The lines that differ between two documents.
pub fn write_documents((old, new): &(String, String), out: &mut String) {
    write_hunks(&hunks(old, new), out);
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

/// A finding as an item of a list.
pub fn write_finding(finding: &Introduced, in_object: bool, more: &str, out: &mut String) {
    let place = finding.place.as_ref().map(|place| format!(" <code>{}</code>", markup_line(&place.to_string())));
    let (severity, text) = (finding.severity.name(), markup_line(&findings::sentence(finding, in_object)));
    let _ = writeln!(out, "<li class=\"{severity}\">{text}{}{}</li>", place.unwrap_or_default(), markup_line(more));
}
