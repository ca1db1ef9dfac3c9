//! The rendered documents of both sides in the format of `diff -u`, with `a/` and `b/` for each object.
//!
//! Hidden and folded changes are not shown here either: the new document is the old one with only the visible changes applied.

use std::fmt::Write;

use super::findings;
use super::{Format, Style};
use crate::diff::apply::apply_to_object;
use crate::diff::content::hunks;
use crate::diff::fold::is_identity;
use crate::diff::groups::{Member, elsewhere};
use crate::diff::model::{Change, Diff, ObjectDiff};
use crate::escape::{line, own_line};
use crate::records::Records;
use crate::resource::ResId;
use crate::yaml::provenance::Edit;
use crate::yaml::{Node, emit_unfolded, json};

/// The format of `diff -u`.
pub const FORMAT: Format = Format {
    name: "unified",
    purpose: "Differences between rendered documents, as in `diff -u`",
    shows_errors: false,
    annotates: false,
    write,
};

fn write(diff: &Diff, style: Style) -> String {
    let mut out = String::new();
    for overlay in &diff.overlays {
        let directory = overlay.name.replace(" -> ", "->");
        for object in &overlay.objects {
            write_object(&directory, object, style, &mut out);
            findings::of(overlay, object).iter().for_each(|finding| _ = writeln!(out, "# {}", findings::located(finding, false)));
        }
        findings::apart(overlay).into_iter().for_each(|finding| _ = writeln!(out, "# {}", findings::located(finding, false)));
    }
    out
}

fn write_object(directory: &str, object: &ObjectDiff, style: Style, out: &mut String) {
    let (old, new) = documents(object);
    if old == new && object.notes.is_empty() {
        return;
    }
    let name = |side: char, found: Option<&ResId>| match found {
        Some(id) => line(&format!("{side}/{directory}/{}", file(id))).into_owned(),
        None => "/dev/null".into(),
    };
    let mut write = |color: &str, text: &str| {
        let _ = if style.color && !color.is_empty() { writeln!(out, "{color}{text}\x1b[0m") } else { writeln!(out, "{text}") };
    };
    for note in &object.notes {
        write("\x1b[1m", &format!("# {}: {}", line(&file(&object.id())), line(&note.to_string())));
    }
    if old == new {
        return;
    }
    write("\x1b[1m", &format!("--- {}", name('a', object.old.as_ref().map(|side| &side.id))));
    write("\x1b[1m", &format!("+++ {}", name('b', object.new.as_ref().map(|side| &side.id))));
    for hunk in hunks(&old, &new) {
        write("\x1b[36m", &format!("@@ -{},{} +{},{} @@", hunk.old.0, hunk.old.1, hunk.new.0, hunk.new.1));
        for found in &hunk.lines {
            let color = match found.sign {
                '+' => "\x1b[32m",
                '-' => "\x1b[31m",
                _ => "",
            };
            write(color, &own_line(&format!("{}{}", found.sign, found.text)));
        }
    }
}

/// `namespace/Kind/name`, or `values.yaml` for a document that is not an object.
fn file(id: &ResId) -> String {
    if id.gvk.kind.is_empty() {
        return id.name.to_string();
    }
    let namespace = if id.namespace.is_empty() { String::new() } else { format!("{}/", id.namespace) };
    format!("{namespace}{}/{}", id.gvk.kind, id.name)
}

/// The documents of both sides, without hidden and folded changes; empty if there is no object.
pub fn documents(object: &ObjectDiff) -> (String, String) {
    let old = object.old.as_ref().map(|side| document(&side.node)).unwrap_or_default();
    (old, new_document(object))
}

/// The documents of both sides for an object of which some changes are shown elsewhere: both contain these changes.
pub fn remaining(member: &Member<'_>) -> (String, String) {
    remaining_without(member, &[])
}

/// The same if these changes are shown elsewhere, too.
pub fn remaining_without(member: &Member<'_>, others: &[Change]) -> (String, String) {
    let (old, new) = documents(member.object);
    let elsewhere = if member.elsewhere > 0 { elsewhere(member) } else { Vec::new() };
    let before = member.object.old.as_ref().filter(|_| !elsewhere.is_empty() || !others.is_empty());
    let changed = before.and_then(|side| applied(elsewhere.iter().chain(others), &side.node));
    (changed.map_or(old, |node| document(&node)), new)
}

/// The changes of the order of lists that have the same number of items on both sides.
pub fn moves(member: &Member<'_>) -> Vec<Change> {
    let is_move = |change: &Change| {
        let lengths = [&change.old, &change.new].map(|side| side.as_ref()?.node.as_sequence().map(<[Node]>::len));
        change.order.as_ref().is_some_and(|order| lengths.iter().all(|length| *length == Some(order.len())))
    };
    member.changes().into_iter().filter(is_move).collect()
}

fn new_document(object: &ObjectDiff) -> String {
    let Some(new) = &object.new else { return String::new() };
    let Some(old) = &object.old else { return document(&new.node) };
    let visible = object.changes.iter().chain(object.folded.iter().filter(|change| is_identity(change)));
    document(applied(visible, &old.node).as_ref().unwrap_or(&new.node))
}

/// An object with changes applied, if they can be.
fn applied<'c>(changes: impl IntoIterator<Item = &'c Change>, old: &Node) -> Option<Node> {
    let mut records = Records::default();
    let source = records.sources.add("", "");
    let step = records.provenance.step("", "");
    let span = records.sources.whole(source);
    apply_to_object(changes, old, &mut Edit::new(&mut records.provenance, step, span)).ok()
}

fn document(node: &Node) -> String {
    let mut out = String::new();
    match emit_unfolded(node, &mut out) {
        Ok(()) => out,
        Err(_) => json::print(node, true).unwrap_or_default(),
    }
}
