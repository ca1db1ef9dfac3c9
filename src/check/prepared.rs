//! Objects as they are checked: with placeholders replaced, or with values that are not known.

use rustc_hash::FxHashSet;

use crate::finding::Finding;
use crate::source::{Sources, Span};
use crate::yaml::Node;

/// Objects as they are checked.
#[derive(Debug, Default)]
pub struct Prepared {
    /// The objects.
    pub objects: Vec<Node>,
    /// The locations of values that are not known.
    pub unknown: FxHashSet<Span>,
    /// The locations of values that were replaced.
    pub replaced: FxHashSet<Span>,
    /// Findings of the replacement, object by object.
    pub findings: Vec<Vec<Finding>>,
}

impl Prepared {
    /// The locations of values that are not known, from first to last.
    pub fn in_order(&self, sources: &Sources) -> Vec<Span> {
        let mut spans: Vec<Span> = self.unknown.iter().copied().collect();
        spans.sort_by_key(|&span| sources.order(span));
        spans
    }
}
