//! The origin of the output: for each line of an object the step and the location that wrote it, and the history of a field.
//!
//! Runs after the build instead of the printer: it prints an object as [`yaml::emit`](crate::yaml::emit) does, with an
//! observer that records the position of each value, and looks up the [`Provenance`](crate::yaml::provenance::Provenance).
//! Independent of the command line.

mod find;
pub mod json;
mod marks;
mod path;
mod secrets;
mod table;

use std::ops::Range;

pub use find::object;
pub use marks::{Mark, Marks};
pub use secrets::Secrets;
pub use table::Table;

use crate::diagnostic::{Diagnostic, Result};
use crate::pipeline::emit_observed;
use crate::records::Records;
use crate::resource::Resource;
use crate::source::{Location, Position, Span};
use crate::yaml::provenance::Place;
use crate::yaml::{self, Node, Part, Tag};

/// Printed in place of the value of a Secret.
pub const MASK: &str = "***";

/// A printed object together with the origins of its values.
pub struct Document<'r> {
    /// The object.
    pub resource: &'r Resource,
    /// The printed text.
    pub text: String,
    /// The positions of its values in the text.
    pub marks: Marks<'r>,
    records: &'r Records,
    secrets: &'r Secrets<'r>,
    line_starts: Vec<usize>,
}

/// One write of a value.
pub struct Written {
    /// The location: the value itself, or the text that requested it.
    pub place: Place,
    /// The step that wrote it.
    pub step: String,
    /// What it wrote; [`MASK`] for the value of a Secret.
    pub value: String,
}

impl<'r> Document<'r> {
    /// Prints an object.
    ///
    /// # Errors
    /// The object contains a value that can't be printed.
    pub fn new(resource: &'r Resource, secrets: &'r Secrets<'r>, records: &'r Records) -> Result<Self> {
        let mut text = String::new();
        let mut marks = Marks::default();
        emit_observed(resource, records, &mut text, &mut marks)?;
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| *at < text.len());
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Ok(Document { resource, text, marks, records, secrets, line_starts })
    }

    /// The number of lines.
    pub fn lines(&self) -> usize {
        self.line_starts.len()
    }

    /// The value at a path.
    ///
    /// # Errors
    /// The path is not valid, does not exist, or matches several values.
    pub fn find(&self, path: &str) -> Result<usize, Diagnostic> {
        path::find(path, &self.marks, &self.resource.id().to_string())
    }

    /// The path of a value, as findings print it.
    pub fn path(&self, mark: usize) -> String {
        path::print(&self.marks.parts(mark))
    }

    /// Line and column of a byte of the text, from 1; the column counts characters.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_starts.partition_point(|&start| start <= offset).max(1);
        let column = self.text[self.line_starts[line - 1]..offset].chars().count() + 1;
        Position { line, column }
    }

    /// All writes of a value, the first one first.
    pub fn history(&self, mark: usize) -> Vec<Written> {
        let mut nodes: Vec<Node> = Vec::new();
        for node in self.past(mark) {
            if nodes.last().is_some_and(|made| self.is_completed_by(made, &node)) {
                nodes.pop();
            }
            nodes.push(node);
        }
        let mut is_masked = self.secrets.hide(self.resource, &self.marks, mark);
        let writes = nodes.iter().map(|node| {
            is_masked |= self.secrets.are_copied_to(node);
            Written {
                place: self.records.provenance.place(node),
                step: self.step(node),
                value: if is_masked { MASK.to_owned() } else { shown(node) },
            }
        });
        writes.collect()
    }

    /// The former versions of a value: its own history, and that of the mappings and lists around it that were replaced as a
    /// whole.
    fn past(&self, mark: usize) -> Vec<Node> {
        let provenance = &self.records.provenance;
        let mut nodes = provenance.history(self.marks.list()[mark].node);
        let mut below: Vec<Part<'_>> = Vec::new();
        let mut at = mark;
        while let (Some(parent), Some(part)) = (self.marks.list()[at].parent, self.marks.list()[at].part) {
            below.insert(0, part);
            let mut history = provenance.history(self.marks.list()[parent].node);
            let mut new = history.pop();
            while let Some(old) = history.pop() {
                let found = new.as_ref().and_then(|new| in_former(&old, new, &below));
                let first = nodes.first().map(|node| (node.origin(), node.span()));
                if let Some(found) = found.filter(|found| Some((found.origin(), found.span())) != first) {
                    let mut all = provenance.history(found);
                    all.append(&mut nodes);
                    nodes = all;
                }
                new = Some(old);
            }
            at = parent;
        }
        nodes
    }

    /// Whether a write only created the field that the next write fills.
    fn is_completed_by(&self, old: &Node, new: &Node) -> bool {
        let provenance = &self.records.provenance;
        let (made, filled) = (provenance.get(old.origin()), provenance.get(new.origin()));
        let is_empty = old.as_scalar().is_none_or(|scalar| scalar.text.is_empty());
        is_empty && made.before.is_none() && made.step == filled.step && made.span == filled.span
    }

    fn step(&self, node: &Node) -> String {
        let provenance = &self.records.provenance;
        provenance.get_step(provenance.get(node.origin()).step).to_string()
    }

    /// The location and the step that are shown for a line of a value.
    fn writer(&self, mark: &Mark<'_>) -> (Span, String) {
        let place = self.records.provenance.place(mark.node).at;
        let is_first = self.records.provenance.get(mark.node.origin()).before.is_none();
        let at = match mark.part {
            // A mapping begins where its key is, unless another step put it there.
            Some(Part::Key(key))
                if is_first && mark.holds_others() && key.span().source == place.source && key.span().end <= place.start =>
            {
                key.span()
            }
            _ => place,
        };
        (at, self.step(mark.node))
    }

    /// The lines of a value, each with the location and step that wrote it.
    pub fn table(&self, mark: usize) -> Table {
        let mut table = Table::default();
        let owners = self.owners();
        let lines = self.lines_of(mark);
        let mut at = lines.start;
        while at < lines.end {
            let owner = &self.marks.list()[owners[at]];
            let (span, step) = self.writer(owner);
            let place = self.records.sources.place(span);
            let last = owners[at..lines.end].iter().take_while(|&&other| other == owners[at]).count() + at;
            let is_hidden = !owner.holds_others() && self.secrets.hide_value(self.resource, &self.marks, owners[at]);
            if is_hidden {
                let start = self.line_starts[at];
                let shown = format!("{}{MASK}", &self.text[start..owner.range.start.max(start)]);
                shown.split('\n').for_each(|line| table.add(place.clone(), step.clone(), line.to_owned()));
                at = last;
                continue;
            }
            let own: Vec<&str> = (at..last).map(|line| self.line(line)).collect();
            for (line, place) in own.iter().zip(self.places(span, &own)) {
                table.add(place, step.clone(), (*line).to_owned());
            }
            at = last;
        }
        table
    }

    /// The locations of the lines of one value. The lines of a block get the locations of the corresponding lines of the file.
    fn places(&self, span: Span, lines: &[&str]) -> Vec<String> {
        let first = self.records.sources.place(span);
        let mut places = vec![first; lines.len()];
        let is_block = lines.len() > 1 && lines[0].rsplit(' ').next().is_some_and(|word| word.starts_with('|'));
        if !is_block {
            return places;
        }
        let Location { source, position } = self.records.sources.locate(span);
        // A file consists of its lines; a block begins after its header.
        for shift in [0, 1] {
            let there = |at: usize| source.line(position.line + at - 1 + shift);
            let is_in_file = (1..lines.len()).all(|at| there(at).trim() == lines[at].trim());
            if is_in_file {
                for (at, place) in places.iter_mut().enumerate().skip(1) {
                    let line = there(at);
                    let column = line.chars().count() - line.trim_start().chars().count() + 1;
                    *place = format!("{}:{}:{column}", source.path().display(), position.line + at - 1 + shift);
                }
                break;
            }
        }
        places
    }

    /// For each line the value that is shown as its owner: the innermost one that begins or continues in it.
    fn owners(&self) -> Vec<usize> {
        let mut owners = vec![0; self.lines()];
        for (at, mark) in self.marks.list().iter().enumerate() {
            let first = self.position(mark.entered).line - 1;
            let last = if mark.holds_others() { first } else { self.line_of_end(mark) };
            owners[first..=last].fill(at);
        }
        owners
    }

    fn line_of_end(&self, mark: &Mark<'_>) -> usize {
        self.line_starts.partition_point(|&start| start <= mark.range.end).max(1) - 1
    }

    /// The lines of a value, counted from 0, starting at its key.
    fn lines_of(&self, mark: usize) -> Range<usize> {
        let mark = &self.marks.list()[mark];
        let first = self.position(mark.entered).line - 1;
        first..self.line_of_end(mark) + 1
    }

    fn line(&self, at: usize) -> &str {
        let end = self.line_starts.get(at + 1).map_or(self.text.len(), |&next| next);
        self.text[self.line_starts[at]..end].strip_suffix('\n').unwrap_or_default()
    }
}

/// The value in `old` at the place that `parts` leads to in `new`. Items of lists are the same if they have the same name.
fn in_former<'n>(old: &'n Node, new: &Node, parts: &[Part<'_>]) -> Option<&'n Node> {
    let (mut old, mut new) = (old, new.clone());
    for part in parts {
        let (old_child, new_child) = match part {
            Part::Key(key) => (old.get(&key.text)?, new.get(&key.text)?.clone()),
            Part::Index(index) => {
                let new_child = new.as_sequence()?.get(*index)?.clone();
                let items = old.as_sequence()?;
                let old_child = match new_child.get("name").and_then(Node::as_str) {
                    Some(name) => items.iter().find(|item| item.get("name").and_then(Node::as_str) == Some(name))?,
                    None => items.get(*index)?,
                };
                (old_child, new_child)
            }
        };
        (old, new) = (old_child, new_child);
    }
    Some(old)
}

/// A value on one line: a string in quotes where it needs them, any other value as it was written.
fn shown(node: &Node) -> String {
    match node.as_scalar() {
        Some(scalar) if scalar.tag == Tag::Str && scalar.text.contains('\n') => yaml::json::quoted(&scalar.text),
        Some(scalar) if scalar.tag == Tag::Str => yaml::inline_string(&scalar.text),
        Some(scalar) if scalar.text.is_empty() => "null".into(),
        Some(scalar) => scalar.text.to_string(),
        None => yaml::json::print(node, false).unwrap_or_else(|| node.type_name().into()),
    }
}
