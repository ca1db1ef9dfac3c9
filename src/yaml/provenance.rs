//! The origins of values: which step wrote each value.
//!
//! A node contains the id of its [`Origin`] (four bytes). An origin names the step that wrote the value, the location of the
//! text that requested it, and the previous node: a linked list from the last value to the first. Stages write through an
//! [`Edit`], so no value changes without an origin.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::mark::OriginId;
use super::node::Node;
use crate::diagnostic::Diagnostic;
use crate::limits::{BYTES_PER_NODE, COPIED_NODES};
use crate::source::{SourceId, Span};
use crate::usage;

/// The step that makes references follow the names of objects.
pub const NAME_REFERENCE: &str = "name reference";

/// The number of a step in [`Provenance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StepId(u32);

/// One field of a kustomization as a step of the build, such as `overlays/production: patches[2]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The directory of the kustomization as the user would write it; empty for steps outside of kustomizations.
    pub kustomization: String,
    /// The field and index, such as `patches[2]`.
    pub field: String,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kustomization.as_str() {
            "" => f.write_str(&self.field),
            directory => write!(f, "{directory}: {}", self.field),
        }
    }
}

/// The origin of a value: what wrote it, and what was there before.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The step that wrote the value.
    pub step: StepId,
    /// The text that requested the value: the value itself if it was read, the field of the kustomization if it was computed.
    pub span: Span,
    /// The node that this one replaced.
    pub before: Option<Node>,
}

/// The source of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The text that wrote the value: the value itself, or the text that requested it.
    pub at: Span,
    /// The value that it was copied from, such as the source of a replacement or the name that a reference follows.
    pub from: Option<Span>,
}

/// The arena of steps and origins of a run.
#[derive(Debug, Default)]
pub struct Provenance {
    steps: Vec<Step>,
    origins: Vec<Origin>,
    /// The origins of the texts that were read.
    texts: FxHashMap<SourceId, OriginId>,
    numbers: u32,
    /// The number of nodes that were copied.
    copied: usize,
    forgets: bool,
}

impl Provenance {
    /// An arena that keeps no history, only first values: used to measure the cost of recording.
    pub fn forgetful() -> Self {
        Provenance { forgets: true, ..Provenance::default() }
    }

    /// Starts counting copies again, for another build.
    pub fn clear_copies(&mut self) {
        self.copied = 0;
    }

    /// Registers a step.
    pub fn step(&mut self, kustomization: impl Into<String>, field: impl Into<String>) -> StepId {
        if self.forgets && !self.steps.is_empty() {
            return StepId(0);
        }
        self.steps.push(Step { kustomization: kustomization.into(), field: field.into() });
        StepId(self.steps.len() as u32 - 1)
    }

    /// The step with this number.
    pub fn get_step(&self, id: StepId) -> &Step {
        &self.steps[id.0 as usize]
    }

    /// Registers another field of the kustomization of a step.
    pub fn step_beside(&mut self, step: StepId, field: impl Into<String>) -> StepId {
        let kustomization = self.get_step(step).kustomization.clone();
        self.step(kustomization, field)
    }

    /// The origin with this number.
    pub fn get(&self, id: OriginId) -> &Origin {
        let id = id.text().map_or(id, |text| self.texts.get(&text).copied().unwrap_or(OriginId::UNKNOWN));
        &self.origins[id.number()]
    }

    /// Registers that a step reads a whole text, which becomes the origin of all values in it. If no other step has read the
    /// text, the origin is the same in all builds.
    pub fn read_text(&mut self, step: StepId, whole: Span) -> OriginId {
        let text = OriginId::of_text(whole.source).filter(|_| !self.forgets);
        let Some(text) = text else { return self.read(step, whole) };
        match self.texts.entry(whole.source) {
            Entry::Vacant(entry) => {
                entry.insert(OriginId::new(self.origins.len() as u32));
                self.origins.push(Origin { step, span: whole, before: None });
                text
            }
            Entry::Occupied(entry) if self.origins[entry.get().number()].step == step => text,
            Entry::Occupied(_) => self.read(step, whole),
        }
    }

    /// Registers an origin without history: used for all values that one step reads from one text.
    pub fn read(&mut self, step: StepId, span: Span) -> OriginId {
        self.push(Origin { step, span, before: None })
    }

    /// A number that is returned only once.
    pub fn number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    /// Whether a value is as it was read from a text: the origin of such values is the whole text.
    pub fn is_as_read(&self, node: &Node) -> bool {
        let origin = self.get(node.origin());
        origin.before.is_none() && origin.span != node.span()
    }

    /// The history of a node's value, from the first origin to the last one.
    pub fn history(&self, node: &Node) -> Vec<Node> {
        let mut nodes = vec![node.clone()];
        while let Some(before) = nodes.last().and_then(|node| self.get(node.origin()).before.clone()) {
            nodes.push(before);
        }
        nodes.reverse();
        nodes
    }

    /// The location where the value of a node was written, and the location that it was copied from.
    pub fn place(&self, node: &Node) -> Place {
        let asked = self.get(node.origin()).span;
        let own = node.span();
        // A text is the origin of all values that are read from it.
        if asked.source == own.source && asked.start <= own.start && own.end <= asked.end {
            Place { at: own, from: None }
        } else {
            Place { at: asked, from: Some(own) }
        }
    }

    /// The number of origins.
    pub fn len(&self) -> usize {
        self.origins.len()
    }

    /// Whether nothing has been written yet.
    pub fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    fn push(&mut self, origin: Origin) -> OriginId {
        if self.forgets && !self.origins.is_empty() {
            return OriginId::new(0);
        }
        // What a step adds to many objects has one origin.
        let is_last = |last: &Origin| (last.step, last.span) == (origin.step, origin.span) && last.before.is_none();
        if origin.before.is_some() || !self.origins.last().is_some_and(is_last) {
            self.origins.push(origin);
        }
        OriginId::new(self.origins.len() as u32 - 1)
    }
}

/// The means to write values: which step writes, and which text requests it.
#[derive(Debug)]
pub struct Edit<'a> {
    provenance: &'a mut Provenance,
    step: StepId,
    span: Span,
}

impl<'a> Edit<'a> {
    /// An edit by `step`, requested by the text at `span`.
    pub fn new(provenance: &'a mut Provenance, step: StepId, span: Span) -> Self {
        Edit { provenance, step, span }
    }

    /// The same step, on behalf of another location.
    pub fn at(&mut self, span: Span) -> Edit<'_> {
        Edit { provenance: self.provenance, step: self.step, span }
    }

    /// Counts the nodes of a value that is copied.
    ///
    /// # Errors
    /// The build copies too much; the location is that of the request.
    pub fn count_copy(&mut self, value: &Node) -> Result<(), Diagnostic> {
        self.count(value.weight(COPIED_NODES - self.provenance.copied.min(COPIED_NODES)))
    }

    /// Counts the bytes of a string that is written again; a short one is free.
    ///
    /// # Errors
    /// As [`Edit::count_copy`].
    pub fn count_text(&mut self, bytes: usize) -> Result<(), Diagnostic> {
        self.count(bytes / BYTES_PER_NODE)
    }

    fn count(&mut self, nodes: usize) -> Result<(), Diagnostic> {
        self.provenance.copied = self.provenance.copied.saturating_add(nodes);
        if self.provenance.copied <= COPIED_NODES {
            return Ok(());
        }
        let message = format!("patches, replacements, and vars of the build copy more than {COPIED_NODES} values");
        Err(usage::exceeded(message).at(self.span))
    }

    /// What the values of this run were written by.
    pub fn provenance(&self) -> &Provenance {
        self.provenance
    }

    /// The location that requests the value.
    pub fn span(&self) -> Span {
        self.span
    }

    /// An origin for a value that replaces `before`.
    pub(crate) fn over(&mut self, before: &Node) -> OriginId {
        let before = (!self.provenance.forgets).then(|| before.clone());
        self.provenance.push(Origin { step: self.step, span: self.span, before })
    }

    /// An origin for a value that replaces nothing.
    pub(crate) fn fresh(&mut self) -> OriginId {
        self.provenance.push(Origin { step: self.step, span: self.span, before: None })
    }
}
