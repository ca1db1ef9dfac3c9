//! Changes the text of a kustomization file so that it says something else, and leaves all other lines as they are.
//!
//! The text is read with the places of all values, compared with what it must say, and changed where both differ: one value, one
//! item, one entry. Comments, quotes, order, indentation, brackets, and line breaks stay; new parts are written like their
//! neighbors. The result is read again, and has to say exactly what was wanted.
//!
//! Like `kustomize edit`, in what the file says afterward; unlike it, in that the rest of the file is not written again.

mod block;
mod changes;
mod flow;
mod habits;
mod keys;
mod lines;
mod modern;
mod order;
mod pairs;
mod plan;
mod render;
mod target;

use std::borrow::Cow;

use anyhow::{Result, anyhow, bail};
use serde_json::{Map, Value};

use super::decode::decode;
use super::fix::fix;
use super::kustomization::Kustomization;
use crate::yaml::event::Style;
use crate::yaml::layout::{Layout, Piece, Shape};
use changes::Changes;
use habits::Habits;
use lines::Lines;
use plan::Plan;

type Fields = Map<String, Value>;

/// The text of a kustomization file with the smallest change after which it says `after`.
///
/// # Errors
/// The text is not a valid kustomization, or it can't be changed without changing other values, such as those behind an alias.
pub fn rewrite(text: &str, after: &Kustomization) -> Result<String> {
    let raw = read(text)?;
    let fixed = fixed(&raw);
    if target::comparable(fixed.fields()) == target::comparable(after.fields()) {
        return Ok(text.to_owned());
    }
    let (raw, after) = (target::stripped(raw.fields()), target::stripped(after.fields()));
    let has_fields = Layout::of(text).is_ok_and(|layout| layout.root.is_some_and(|root| !root.entries().is_empty()));
    let mut target = target::of(&raw, &target::stripped(fixed.fields()), &after);
    if has_fields {
        target = target::with_own_type(&raw, &target);
    }
    change(text, &raw, &target, &after)
}

/// The text of a kustomization file with the smallest change after which it says `after` without deprecated fields.
///
/// # Errors
/// As [`rewrite`].
pub fn modernize(text: &str, after: &Kustomization) -> Result<String> {
    let raw = target::stripped(read(text)?.fields());
    let after = target::stripped(after.fields());
    let moved = modern::moved(text, &raw, &after);
    let target = target::with_own_type(&raw, &after);
    if let Ok(new) = read(&moved)
        && let Ok(new) = change(&moved, &target::stripped(new.fields()), &target, &after)
    {
        return Ok(new);
    }
    change(text, &raw, &target, &after)
}

fn read(text: &str) -> Result<Kustomization> {
    decode(text.as_bytes()).map_err(anyhow::Error::msg)
}

fn fixed(raw: &Kustomization) -> Kustomization {
    let mut fixed = raw.clone();
    fix(&mut fixed);
    fixed
}

/// Changes a text that says `raw` so that it says `target`, which is read as `after`.
fn change(text: &str, raw: &Fields, target: &Fields, after: &Fields) -> Result<String> {
    let is_open = !text.trim_start_matches('\u{feff}').is_empty() && !text.ends_with('\n');
    let complete = if is_open { Cow::Owned(format!("{text}\n")) } else { Cow::Borrowed(text) };
    let layout = Layout::of(&complete).map_err(|error| anyhow!("{}", error.message))?;
    let wanted = target::comparable(after);
    let is_right = |new: &str| read(new).is_ok_and(|new| target::comparable(fixed(&new).fields()) == wanted);
    let mut new = planned(&complete, &layout, raw, target)?;
    if is_open {
        new.truncate(new.trim_end_matches(['\n', '\r']).len());
    }
    if is_right(&new) {
        return Ok(new);
    }
    // A block scalar at the end has no line break: it would get one from lines below it.
    if let Some(header) = layout.root.as_ref().filter(|_| is_open).and_then(|root| last_block(root, text)) {
        let chomped = format!("{}-{}", &text[..header], &text[header..]);
        if read(&chomped).is_ok_and(|read| target::stripped(read.fields()) == *raw) {
            return change(&chomped, raw, target, after);
        }
    }
    match layout.root.as_ref().is_some_and(is_shared) {
        true => {
            bail!("nothing was changed: the edit concerns a value that an anchor, an alias, or a merge key shares with others")
        }
        false => bail!("nothing was changed: the file is written in a way that requires writing all of it again"),
    }
}

/// The text with all planned changes.
fn planned(text: &str, layout: &Layout, raw: &Fields, target: &Fields) -> Result<String> {
    let lines = Lines { text };
    let habits = Habits::of(&lines, layout);
    let mut plan = Plan { lines: &lines, habits: &habits, changes: Changes::default() };
    plan.document(layout, raw, target)?;
    Ok(plan.changes.apply(text, habits.line_break))
}

/// Where the indicator of a block scalar ends that is the last value, if it does not say what happens to the last line break.
fn last_block(piece: &Piece, text: &str) -> Option<usize> {
    if let Some(inner) = piece.items().last().or(piece.entries().last().map(|(_, value)| value)) {
        return last_block(inner, text);
    }
    let is_block = matches!(piece.style(), Some(Style::Literal | Style::Folded));
    let header = piece.start + 1;
    (is_block && !text.get(header..)?.starts_with(['-', '+'])).then_some(header)
}

/// Whether values are shared through aliases or merge keys.
fn is_shared(piece: &Piece) -> bool {
    let mut pieces = piece.items().iter().chain(piece.entries().iter().flat_map(|(key, value)| [key, value]));
    matches!(piece.shape, Shape::Alias(_)) || pieces.any(is_shared)
}
