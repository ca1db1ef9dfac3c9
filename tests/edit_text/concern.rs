//! Which lines an edit concerns; all others must be in the result, in the same order.

use std::collections::BTreeSet;

use serde_json::Value;

use render::edit::{Kustomization, decode};

use super::generate::{File, Line, Owner};

/// Checks that all lines that the edit does not concern are still there.
pub fn check(file: &File, new: &str, before: &Kustomization, after: &Kustomization) -> Result<(), String> {
    let raw = decode(file.text().as_bytes())?;
    let (old, wanted) = (before.written(), after.written());
    let fields: BTreeSet<&str> =
        old.keys().chain(wanted.keys()).filter(|name| old.get(*name) != wanted.get(*name)).map(String::as_str).collect();
    let mut changed = Vec::new();
    for line in &file.lines {
        changed.push(concerns(&line.owner, &fields, &raw, (before, after)));
    }
    let removes =
        super::is_ordered(after.list("images")) || fields.iter().any(|name| is_smaller(old.get(*name), wanted.get(*name)));
    let mut result = new.trim_start_matches('\u{feff}').lines();
    for (at, line) in file.lines.iter().enumerate() {
        let may_go = match line.owner {
            Owner::Comment => removes && touches(&file.lines, &changed, at) || inside(&file.lines, &changed, at),
            Owner::Blank => removes,
            _ => changed[at],
        };
        let text = line.text.trim_end_matches('\r');
        // The last empty lines of an open file are not part of it.
        let may_go = may_go || file.is_open && text.is_empty();
        // A block scalar at an open end keeps its text if lines follow.
        let is_same = |own: &str| own == text || file.is_open && text.ends_with('|') && own.strip_suffix('-') == Some(text);
        if !may_go && !result.any(is_same) {
            return Err(format!("line {} is lost: {text}", at + 1));
        }
    }
    if new.contains('\n') && new.contains("\r\n") != file.text().contains("\r\n") && file.lines.len() > 1 {
        return Err("other line breaks".to_owned());
    }
    let is_empty = |text: &str| text.trim_start_matches('\u{feff}').trim().is_empty();
    if !is_empty(new) && !is_empty(&file.text()) && new.ends_with('\n') == file.is_open {
        return Err("another end of the file".to_owned());
    }
    Ok(())
}

fn is_smaller(old: Option<&Value>, new: Option<&Value>) -> bool {
    let Some(old) = old else { return false };
    let Some(new) = new else { return true };
    match (old, new) {
        (Value::Array(old), Value::Array(new)) => old.iter().any(|item| count(old, item) > count(new, item)),
        (Value::Object(old), Value::Object(new)) => old.keys().any(|key| !new.contains_key(key)),
        _ => false,
    }
}

/// How often an item is in a list.
fn count(list: &[Value], item: &Value) -> usize {
    list.iter().filter(|other| *other == item).count()
}

/// Whether a line belongs to a value that the edit changes.
fn concerns(
    owner: &Owner,
    fields: &BTreeSet<&str>,
    raw: &Kustomization,
    (before, after): (&Kustomization, &Kustomization),
) -> bool {
    let canonical = |name: &str| match Kustomization::field_names().find(|own| own.eq_ignore_ascii_case(name)) {
        Some("bases") => "resources",
        Some("imageTags") => "images",
        Some(name) => name,
        None => "",
    };
    match owner {
        Owner::Field(name) => fields.contains(canonical(name)),
        Owner::Item(name, at) => {
            let field = canonical(name);
            let own = Kustomization::field_names().find(|own| own.eq_ignore_ascii_case(name)).unwrap_or_default();
            let item = raw.list(own).get(*at);
            let mut single = Kustomization::default();
            single.set(own, Value::Array(item.into_iter().cloned().collect()));
            let single = super::read(&Value::Object(single.fields().clone()).to_string()).unwrap_or_default();
            let item = single.list(field).first();
            let is_ordered = field == "images" && super::is_ordered(after.list(field)) || field == "buildMetadata";
            let is_less = item.is_none_or(|item| count(before.list(field), item) > count(after.list(field), item));
            // With copies in both fields, either may be the one that goes.
            let own_list = before.list(field);
            let has_copies = raw.has("bases") && own_list.iter().any(|item| count(own_list, item) > 1);
            fields.contains(field) && (is_ordered || is_less || field == "resources" && has_copies)
        }
        _ => false,
    }
}

/// Whether a comment is directly above or below a line that may change.
fn touches(lines: &[Line], changed: &[bool], at: usize) -> bool {
    let is_comment = |at: &usize| matches!(lines[*at].owner, Owner::Comment);
    let below = (at + 1..lines.len()).find(|at| !is_comment(at));
    let above = (0..at).rev().find(|at| !is_comment(at));
    below.is_some_and(|at| changed[at]) || above.is_some_and(|at| changed[at])
}

/// Whether a comment is between lines of one item, or items of one field, that may change.
fn inside(lines: &[Line], changed: &[bool], at: usize) -> bool {
    let is_value = |at: &usize| matches!(lines[*at].owner, Owner::Item(..));
    let below = (at + 1..lines.len()).find(is_value);
    let above = (0..at).rev().find(is_value);
    matches!((above, below), (Some(above), Some(below)) if same_field(&lines[above].owner, &lines[below].owner) && changed[above] && changed[below])
}

fn same_field(one: &Owner, other: &Owner) -> bool {
    matches!((one, other), (Owner::Item(one, _), Owner::Item(other, _)) if one == other)
}
