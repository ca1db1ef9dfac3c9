//! One line per object: what happened to it, how many values differ, and the effects in a cluster.

use std::fmt::Write;

use super::findings;
use super::text::{counts, hidden, ids, plural, remarks};
use super::{Format, Style};
use crate::diff::model::{Class, Diff, Note, ObjectKind};
use crate::escape::{line, own_line};

/// One line per object.
pub const FORMAT: Format =
    Format { name: "summary", purpose: "One line per object", shows_errors: false, annotates: false, write };

fn write(diff: &Diff, style: Style) -> String {
    let mut out = String::new();
    for overlay in &diff.overlays {
        let _ = writeln!(out, "{}: {}", own_line(&overlay.name), counts(std::slice::from_ref(overlay)));
        for object in &overlay.objects {
            let text = |note: &Note| line(&note.to_string()).into_owned();
            let (lost, other): (Vec<&Note>, Vec<&Note>) = object.notes.iter().partition(|note| note.class() == Class::DataLoss);
            let mut about: Vec<String> = lost.into_iter().map(text).collect();
            let count: usize = object.changes.iter().map(|change| change.shown().len()).sum();
            if count > 0 {
                about.push(plural(count, "change"));
            }
            about.extend(Some(findings::counts(findings::of(overlay, object))).filter(|counts| !counts.is_empty()));
            about.extend(other.into_iter().map(text));
            let about = if about.is_empty() { String::new() } else { format!(": {}", about.join("; ")) };
            let head = format!("{} {}", object.kind.sign(), ids(object));
            let color = match object.kind {
                ObjectKind::Added => "\x1b[32m",
                ObjectKind::Removed => "\x1b[31m",
                _ => "\x1b[33m",
            };
            let head = if style.color { format!("{color}{head}\x1b[0m") } else { head };
            let _ = writeln!(out, "  {head}{about}");
        }
        findings::apart(overlay).into_iter().for_each(|finding| {
            let _ = writeln!(out, "  ! {}", findings::located(finding, false));
        });
        remarks(overlay).iter().for_each(|text| _ = writeln!(out, "  {text}"));
        let hidden = hidden(overlay);
        if !hidden.is_empty() {
            let _ = writeln!(out, "  {hidden}");
        }
    }
    out
}
