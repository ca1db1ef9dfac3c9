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
use crate::yaml::layout::{Layout, Piece, Shape};
use changes::Changes;
use habits::Habits;
use lines::Lines;
use plan::Plan;

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
    let target = target::of(&raw, &target::stripped(fixed.fields()), &after);
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
fn change(text: &str, raw: &Map<String, Value>, target: &Map<String, Value>, after: &Map<String, Value>) -> Result<String> {
    let is_open = !text.trim_start_matches('\u{feff}').is_empty() && !text.ends_with('\n');
    let complete = if is_open { Cow::Owned(format!("{text}\n")) } else { Cow::Borrowed(text) };
    let layout = Layout::of(&complete).map_err(|error| anyhow!("{}", error.message))?;
    let lines = Lines { text: &complete };
    let habits = Habits::of(&lines, &layout);
    let mut plan = Plan { lines: &lines, habits: &habits, changes: Changes::default() };
    plan.document(&layout, raw, target)?;
    let mut new = plan.changes.apply(&complete, habits.line_break);
    if is_open && new.ends_with('\n') {
        new.truncate(new.len() - if new.ends_with("\r\n") { 2 } else { 1 });
    }
    let read = read(&new).map(|new| target::comparable(fixed(&new).fields()));
    if read.ok() != Some(target::comparable(after)) {
        match layout.root.as_ref().is_some_and(is_shared) {
            true => bail!(
                "nothing was changed: the edit concerns a value that an anchor, an alias, or a merge key shares with others"
            ),
            false => bail!("nothing was changed: the file is written in a way that requires writing all of it again"),
        }
    }
    Ok(new)
}

/// Whether values are shared through aliases or merge keys.
fn is_shared(piece: &Piece) -> bool {
    let mut pieces = piece.items().iter().chain(piece.entries().iter().flat_map(|(key, value)| [key, value]));
    matches!(piece.shape, Shape::Alias(_)) || pieces.any(is_shared)
}
