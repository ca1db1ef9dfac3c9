//! Writes values. Every change requires an [`Edit`], so each value records the step that wrote it and the previous value.

use ecow::EcoString;

use super::key::Key;
use super::mark::Mark;
use super::node::{Mapping, Node, Value};
use super::provenance::Edit;
use super::tagged::{Quotes, Scalar};
use crate::source::Span;

impl Node {
    /// A new node written by a step.
    pub fn new(value: Value, edit: &mut Edit<'_>) -> Self {
        Node::marked(value, edit.span(), Mark::new(edit.fresh(), false))
    }

    /// A new node that is copied from `from`: the location of the edit is only the one that requested the copy.
    pub fn copy(value: Value, from: Span, edit: &mut Edit<'_>) -> Self {
        Node::marked(value, from, Mark::new(edit.fresh(), false))
    }

    /// A new string written by a step.
    pub fn string(text: impl Into<EcoString>, edit: &mut Edit<'_>) -> Self {
        Node::new(Value::Scalar(Scalar::string(text)), edit)
    }

    /// A new empty mapping written by a step.
    pub fn mapping(edit: &mut Edit<'_>) -> Self {
        Node::new(Value::Mapping(Mapping::default()), edit)
    }

    /// Replaces the value, in brackets if the old one was; the old node becomes part of the new one's history.
    pub fn set(&mut self, value: Value, edit: &mut Edit<'_>) {
        self.set_copy(value, edit.span(), edit);
    }

    /// Replaces the value by a copy of the one at `from`: the location of the edit is only the one that requested the copy.
    pub fn set_copy(&mut self, mut value: Value, from: Span, edit: &mut Edit<'_>) {
        let origin = edit.over(self);
        let shared = self.as_scalar().map_or(0, |old| old.shared);
        let in_brackets = self.in_brackets() && !matches!(value, Value::Scalar(_));
        if let Value::Scalar(scalar) = &mut value {
            scalar.shared = shared;
        }
        *self = Node::marked(value, from, Mark::new(origin, in_brackets));
    }

    /// Replaces the value by a string in the quotes of the old value.
    pub fn set_string(&mut self, text: impl Into<EcoString>, edit: &mut Edit<'_>) {
        let mut scalar = Scalar::string(text);
        if let Some(old) = self.as_scalar() {
            scalar.quotes = if old.is_quoted() { old.quotes } else { Quotes::None };
        }
        self.set(Value::Scalar(scalar), edit);
    }

    /// Replaces the node by another one that keeps its own location; the old node becomes part of its history.
    pub fn replace_with(&mut self, node: Node, edit: &mut Edit<'_>) {
        self.set(node.value().clone(), &mut edit.at(node.span()));
    }
}

impl Mapping {
    /// The value of a key, created by `make` if it does not exist.
    pub fn get_or_insert_with(&mut self, key: &str, edit: &mut Edit<'_>, make: impl FnOnce(&mut Edit<'_>) -> Node) -> &mut Node {
        let at = self.position(key).unwrap_or_else(|| {
            let value = make(edit);
            self.push(Key::new(key, edit.span()), value);
            self.len() - 1
        });
        &mut self.entries.at_mut(at).value
    }
}
