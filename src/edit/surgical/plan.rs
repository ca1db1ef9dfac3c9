//! Compares what a file says with what it must say, and plans the changes of its text.
//!
//! Walks over the values and their places in the text; where something has to change, `block.rs` and `flow.rs` know how.

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::changes::Changes;
use super::habits::Habits;
use super::keys::{ANY, Keys};
use super::lines::Lines;
use super::pairs::{in_order, pairs};
use super::render::{self, NEIGHBORS, Render, items_of};
use super::{block, flow, order};
use crate::edit::types::{KUSTOMIZATION, Kind};
use crate::yaml::event::Style;
use crate::yaml::layout::{Layout, Piece, Shape};

type Fields = Map<String, Value>;

/// A plan.
pub struct Plan<'t> {
    /// The text.
    pub lines: &'t Lines<'t>,
    /// The style of the file.
    pub habits: &'t Habits,
    /// The changes so far.
    pub changes: Changes,
}

/// A value in the text, and what is known about its place.
#[derive(Clone, Copy)]
struct Place<'a> {
    piece: &'a Piece,
    /// The type of the value.
    kind: &'static Kind,
    /// The field, for messages and for the identity of items.
    field: &'a str,
    /// The column of the key or of the `-` in front of it.
    column: usize,
    /// Whether it is in brackets.
    in_brackets: bool,
    /// Values in the same role, the nearest first.
    like: &'a [&'a Piece],
}

/// What happens to an entry of a mapping.
struct Entries<'v> {
    removed: Vec<bool>,
    added: Vec<(&'v str, &'v Value)>,
}

impl Plan<'_> {
    /// Plans the changes of a document.
    pub fn document(&mut self, layout: &Layout, raw: &Fields, target: &Fields) -> Result<()> {
        static ROOT: Kind = Kind::Struct(&KUSTOMIZATION);
        let Some(root) = layout.root.as_ref().filter(|root| !root.entries().is_empty() || has_merge(root)) else {
            return self.whole(layout, target);
        };
        let place = Place { piece: root, kind: &ROOT, field: "", column: 0, in_brackets: false, like: &[] };
        self.mapping(place, raw, target)
    }

    /// Writes a document that has no fields yet.
    fn whole(&mut self, layout: &Layout, target: &Fields) -> Result<()> {
        let mut fields: Vec<(&String, &Value)> = target.iter().collect();
        fields.sort_by_key(|(name, _)| order::of_field(name));
        let line = |(name, value): (&String, &Value)| format!("{name}:{}\n", self.render().after_key(value, 0, &[]));
        let text: String = fields.into_iter().map(line).collect();
        match &layout.root {
            Some(root) if root.anchor.is_some() || root.has_tag => {
                bail!("can't change an empty document with an anchor or a tag")
            }
            Some(root) => self.changes.replace(root.start, root.end, text.trim_end_matches('\n')),
            None => self.changes.insert(layout.end, text),
        }
        Ok(())
    }

    fn render(&self) -> Render<'_> {
        Render { lines: self.lines, habits: self.habits }
    }

    /// Changes a value to another one that is not empty.
    fn value(&mut self, place: Place, raw: &Value, target: &Value) -> Result<()> {
        let piece = place.piece;
        match (&piece.shape, target) {
            (Shape::Mapping(..), Value::Object(new)) => match raw.as_object() {
                Some(_) if new.is_empty() && !has_merge(piece) => self.changes.replace(piece.start, piece.end, "{}"),
                Some(old) => return self.mapping(place, old, new),
                None => bail!("can't change `{}`", place.field),
            },
            (Shape::List(..), Value::Array(new)) => match raw.as_array() {
                Some(old) => return self.list(place, old, new),
                None => bail!("can't change `{}`", place.field),
            },
            (Shape::Alias(name), Value::Array(_) | Value::Object(_)) => {
                bail!("can't change `{}`: it is the alias `*{name}`", place.field)
            }
            (Shape::Alias(_), _) => {
                let text = self.render().inline(target, place.like, place.in_brackets);
                self.changes.replace(piece.start, piece.end, text);
            }
            (Shape::Scalar(style, _), Value::String(text)) => {
                let is_literal = matches!(style, Style::Literal | Style::Folded) || render::is_block(text) && !place.in_brackets;
                let new = match is_literal && text.contains('\n') && !place.in_brackets {
                    true => render::literal(text, self.block_column(piece).unwrap_or(place.column + self.habits.indent)),
                    false => render::in_place_of(self.habits, piece, target, place.in_brackets, place.like),
                };
                self.changes.replace(piece.start, piece.end, new);
            }
            (Shape::Scalar(..), Value::Array(_) | Value::Object(_)) => bail!("can't change `{}`", place.field),
            (Shape::Scalar(..), _) => self.changes.replace(piece.start, piece.end, target.to_string()),
            _ => bail!("can't change `{}`", place.field),
        }
        Ok(())
    }

    /// The column of the lines of a block scalar.
    fn block_column(&self, piece: &Piece) -> Option<usize> {
        matches!(piece.style(), Some(Style::Literal | Style::Folded)).then_some(())?;
        let mut at = self.lines.end(piece.start);
        while at < piece.end && self.lines.is_blank(at) {
            at = self.lines.end(at);
        }
        (at < piece.end).then(|| self.lines.indent(at))
    }

    fn mapping(&mut self, place: Place, raw: &Fields, target: &Fields) -> Result<()> {
        let keys = Keys::of(place.kind);
        let entries = place.piece.entries();
        let mut plan = Entries { removed: vec![false; entries.len()], added: Vec::new() };
        let mut names: Vec<&String> = raw.keys().chain(target.keys().filter(|name| !raw.contains_key(*name))).collect();
        names.sort_by_key(|name| keys.rank(name, place.field));
        for name in names {
            let (old, new) = (raw.get(name), target.get(name));
            if old == new {
                continue;
            }
            let at = keys.find(entries, name)?;
            match (at, new) {
                (None, None) => bail!("can't remove `{name}`: it is not written in this place"),
                (None, Some(new)) if old.is_none() || has_merge(place.piece) => plan.added.push((name, new)),
                (None, Some(_)) => bail!("can't find where `{name}` is written"),
                (Some(at), None) => plan.removed[at] = true,
                (Some(at), Some(new)) => self.entry(place, keys, at, (name, old, new))?,
            }
        }
        self.entries(place, keys, &plan)
    }

    /// Changes the value of an entry.
    fn entry(&mut self, place: Place, keys: Keys, at: usize, (name, old, new): (&str, Option<&Value>, &Value)) -> Result<()> {
        let entries = place.piece.entries();
        let Some((key, value)) = entries.get(at) else { return Ok(()) };
        let like = self.like_value(place, keys, at, name, new);
        let inner = Place {
            piece: value,
            kind: keys.kind(name),
            field: if matches!(keys, Keys::Fields(_)) { name } else { place.field },
            column: self.lines.column(key.start),
            in_brackets: place.piece.in_brackets(),
            like: &like,
        };
        match old {
            Some(old) => self.value(inner, old, new),
            None => self.fill(inner, key, new),
        }
    }

    /// Writes the value of a key that has an empty value.
    fn fill(&mut self, place: Place, key: &Piece, new: &Value) -> Result<()> {
        let piece = place.piece;
        let is_collection = matches!(new, Value::Array(_) | Value::Object(_));
        if piece.anchor.is_some() || piece.has_tag || matches!(piece.shape, Shape::Alias(_)) {
            bail!("can't change `{}`: it has an anchor, an alias, or a tag", place.field);
        }
        let is_block = !place.in_brackets && is_collection && matches!(piece.shape, Shape::Scalar(..));
        if !is_block {
            let text = match piece.is_missing() {
                true if self.lines.text[key.end..piece.start].contains(':') => " ",
                true => ": ",
                false => "",
            };
            let text = format!("{text}{}", self.render().inline(new, place.like, place.in_brackets || is_collection));
            self.changes.replace(piece.start, piece.end, text);
            return Ok(());
        }
        let text = self.render().after_key(new, place.column, place.like);
        let Some(below) = text.strip_prefix('\n') else {
            self.changes.replace(piece.start, piece.end, text);
            return Ok(());
        };
        let before = &self.lines.text[..piece.start];
        self.changes.replace(before.trim_end_matches(' ').len(), piece.end, "");
        self.changes.insert(self.lines.end(piece.end), format!("{below}\n"));
        Ok(())
    }

    /// The values in the same role as that of an entry: those of the same key in similar mappings, then its neighbors.
    fn like_value<'p>(&self, place: Place<'p>, keys: Keys, at: usize, name: &str, new: &Value) -> Vec<&'p Piece> {
        let mut like: Vec<&Piece> = Vec::new();
        if matches!(keys, Keys::Fields(_)) {
            like.extend(place.like.iter().filter_map(|piece| piece.get(name)));
        }
        let entries = place.piece.entries();
        let mut near: Vec<usize> = (0..entries.len()).collect();
        near.sort_by_key(|other| (other.abs_diff(at), *other >= at));
        let values = near.into_iter().filter_map(|at| Some(&entries.get(at)?.1)).filter(|value| is_similar(value, new));
        like.extend(values.take(NEIGHBORS));
        like
    }

    /// Removes and adds entries.
    fn entries(&mut self, place: Place, keys: Keys, plan: &Entries) -> Result<()> {
        if plan.added.is_empty() && !plan.removed.contains(&true) {
            return Ok(());
        }
        let entries = place.piece.entries();
        let gap = |name: &str| {
            let own = keys.rank(name, place.field);
            let ranks: Vec<(usize, String)> =
                entries.iter().map(|(key, _)| keys.rank(key.text().unwrap_or_default(), place.field)).collect();
            if keys.is_free() && !ranks.is_sorted() { entries.len() } else { order::gap(&ranks, &own) }
        };
        let written: Vec<&Piece> = entries.iter().map(|(key, _)| key).rev().take(NEIGHBORS).collect();
        let mut added = Vec::new();
        for (name, value) in &plan.added {
            let at = gap(name);
            let like = self.like_value(place, keys, at, name, value);
            let render = self.render();
            let key = self.habits.string(name, &written, place.piece.in_brackets());
            let column = entries.first().map_or(place.column, |(key, _)| self.lines.column(key.start));
            let text = match place.piece.in_brackets() {
                true => format!("{key}: {}", render.inline(value, &like, true)),
                false => format!("{key}:{}", render.after_key(value, column, &like)),
            };
            added.push((at, text));
        }
        let spans: Vec<(usize, usize)> = entries.iter().map(|(key, value)| (key.start, value.end.max(key.end))).collect();
        if place.piece.in_brackets() {
            return flow::change(self.lines, &mut self.changes, place.piece, &spans, &plan.removed, &added);
        }
        let words = |at: usize| entries.get(at).and_then(|(key, _)| key.text()).unwrap_or_default().to_owned();
        let parts = block::Parts { spans: &spans, removed: &plan.removed, words: &words, is_list: false };
        block::change(self.lines, &mut self.changes, &parts, &added)
    }

    fn list(&mut self, place: Place, raw: &[Value], target: &[Value]) -> Result<()> {
        let items = place.piece.items();
        if items.len() != raw.len() {
            bail!("can't change `{}`", place.field);
        }
        let kind = item_kind(place.kind);
        let all = pairs(raw, target, place.field);
        let paired = in_order(all.clone());
        let spans: Option<Vec<(usize, usize)>> = match place.piece.in_brackets() {
            true => Some(items.iter().map(|item| (item.start, item.end)).collect()),
            false => block::dashes(self.lines, place.piece),
        };
        let Some(spans) = spans else { bail!("can't find the items of `{}`", place.field) };
        let mut removed = vec![true; raw.len()];
        let (mut added, mut gap) = (Vec::new(), 0);
        for ((new, at), moved) in target.iter().zip(paired).zip(all) {
            let Some((at, item)) = at.and_then(|at| Some((at, items.get(at)?))) else {
                let moved = moved.filter(|at| raw.get(*at) == Some(new)).and_then(|at| spans.get(at));
                added.push((gap, self.item(place, new, &spans, moved, gap)));
                continue;
            };
            removed[at] = false;
            gap = at + 1;
            if raw.get(at) != Some(new) {
                let like = self.like_item(place, at);
                let column = spans.get(at).map_or(0, |(start, _)| self.lines.column(*start));
                let inner = Place { piece: item, kind, column, in_brackets: place.piece.in_brackets(), like: &like, ..place };
                self.value(inner, raw.get(at).unwrap_or(&Value::Null), new)?;
            }
        }
        if added.is_empty() && !removed.contains(&true) {
            return Ok(());
        }
        if place.piece.in_brackets() {
            return flow::change(self.lines, &mut self.changes, place.piece, &spans, &removed, &added);
        }
        let words = |at: usize| raw.get(at).map(words_of).unwrap_or_default();
        block::change(
            self.lines,
            &mut self.changes,
            &block::Parts { spans: &spans, removed: &removed, words: &words, is_list: true },
            &added,
        )
    }

    /// The text of an item that is added: a moved one is written as before.
    fn item(&self, place: Place, new: &Value, spans: &[(usize, usize)], moved: Option<&(usize, usize)>, gap: usize) -> String {
        if let Some(&(start, end)) = moved {
            let end = if place.piece.in_brackets() { end } else { end + self.lines.rest(end).trim_end().len() };
            return self.lines.text[start..end].replace('\r', "");
        }
        let like = self.like_item(place, gap);
        if place.piece.in_brackets() {
            return self.render().inline(new, &like, true);
        }
        let dash = spans.first().map_or(0, |(start, _)| self.lines.column(*start));
        format!("-{}", self.render().after_dash(new, dash, &like))
    }

    /// The items in the same list, and in similar ones, from the nearest on.
    fn like_item<'p>(&self, place: Place<'p>, at: usize) -> Vec<&'p Piece> {
        let items = place.piece.items();
        let (before, after) = items.split_at(at.min(items.len()));
        let own = before.iter().rev().take(NEIGHBORS).chain(after.iter().take(NEIGHBORS));
        own.chain(items_of(place.like).into_iter().take(NEIGHBORS)).collect()
    }
}

fn item_kind(kind: &'static Kind) -> &'static Kind {
    match kind {
        Kind::List(item) => item,
        Kind::Pointer(to) => item_kind(to),
        _ => &ANY,
    }
}

fn has_merge(piece: &Piece) -> bool {
    piece.entries().iter().any(|(key, _)| key.text() == Some("<<"))
}

/// Whether a value has the same form as another one: a scalar, a list of scalars, a list of mappings, or a mapping.
fn is_similar(piece: &Piece, value: &Value) -> bool {
    match (&piece.shape, value) {
        (Shape::Scalar(..), Value::String(_) | Value::Bool(_) | Value::Number(_)) => !piece.is_missing(),
        (Shape::List(_, items), Value::Array(values)) => match (items.first(), values.first()) {
            (Some(item), Some(value)) => is_similar(item, value),
            _ => false,
        },
        (Shape::Mapping(_, entries), Value::Object(_)) => !entries.is_empty(),
        _ => false,
    }
}

/// The words by which a comment refers to an item.
fn words_of(item: &Value) -> String {
    match item {
        Value::String(text) => text.clone(),
        Value::Object(map) => ["name", "path"].iter().filter_map(|key| map.get(*key)?.as_str()).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    }
}
