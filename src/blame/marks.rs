//! The position of each value of a printed document in its text, as reported by the printer.

use std::ops::Range;

use crate::yaml::{Node, Observer, Part};

/// One value of a document.
#[derive(Clone, Debug)]
pub struct Mark<'n> {
    /// The list or mapping around it; `None` for the document.
    pub parent: Option<usize>,
    /// Its relation to the parent.
    pub part: Option<Part<'n>>,
    /// The value.
    pub node: &'n Node,
    /// Where its key or dash begins; where the value begins if it has neither.
    pub entered: usize,
    /// The bytes of the value, without the last line break.
    pub range: Range<usize>,
}

impl Mark<'_> {
    /// Whether it contains other values.
    pub fn holds_others(&self) -> bool {
        let has_entries = self.node.as_mapping().is_some_and(|mapping| !mapping.is_empty());
        has_entries || self.node.as_sequence().is_some_and(|items| !items.is_empty())
    }
}

/// The marks of a document, each one after the mark that contains it.
#[derive(Debug, Default)]
pub struct Marks<'n> {
    list: Vec<Mark<'n>>,
    open: Vec<usize>,
    entered: Option<(Part<'n>, usize)>,
}

impl<'n> Marks<'n> {
    /// All marks, in the order of the text.
    pub fn list(&self) -> &[Mark<'n>] {
        &self.list
    }

    /// The values that a value contains.
    pub fn children(&self, of: usize) -> impl Iterator<Item = usize> + '_ {
        (of + 1..self.list.len()).take_while(move |&at| self.is_below(at, of)).filter(move |&at| self.list[at].parent == Some(of))
    }

    /// Whether a value is equal to another one or inside it.
    pub fn is_below(&self, at: usize, above: usize) -> bool {
        let (inner, outer) = (&self.list[at], &self.list[above]);
        at == above || at > above && inner.range.start >= outer.range.start && inner.range.end <= outer.range.end
    }

    /// The parts that lead from the document to a value.
    pub fn parts(&self, at: usize) -> Vec<Part<'n>> {
        let chain = std::iter::successors(Some(at), |&at| self.list[at].parent);
        let mut parts: Vec<Part<'n>> = chain.filter_map(|at| self.list[at].part).collect();
        parts.reverse();
        parts
    }
}

impl<'n> Observer<'n> for Marks<'n> {
    fn enters(&mut self, part: Part<'n>, offset: usize) {
        self.entered = Some((part, offset));
    }

    fn begins(&mut self, node: &'n Node, offset: usize) {
        let entered = self.entered.take();
        self.list.push(Mark {
            parent: self.open.last().copied(),
            part: entered.map(|(part, _)| part),
            node,
            entered: entered.map_or(offset, |(_, at)| at),
            range: offset..offset,
        });
        self.open.push(self.list.len() - 1);
    }

    fn ends(&mut self, offset: usize) {
        if let Some(at) = self.open.pop() {
            let range = &mut self.list[at].range;
            range.end = offset.saturating_sub(1).max(range.start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::yaml::{Dialect, emit_observed};

    #[test]
    fn every_value_is_marked_at_its_position() {
        let mut records = Records::default();
        let source = records.sources.add("a.yaml", "b: [[1], {c: x}]\na: |\n  y\n  z\nd: {}\n");
        let step = records.provenance.step("", "test");
        let documents = records.documents(source, step, Dialect::Manifest).expect("YAML");
        let (mut text, mut marks) = (String::from("---\n"), Marks::default());
        emit_observed(&documents[0], &mut text, &mut marks).expect("it prints");
        let found: Vec<&str> = marks.list().iter().skip(1).map(|mark| &text[mark.range.clone()]).collect();
        assert_eq!(found, ["|\n  y\n  z", "- - 1\n- c: x", "- 1", "1", "c: x", "x", "{}"]);
        let entered: Vec<&str> = marks.list().iter().skip(1).map(|mark| &text[mark.entered..mark.entered + 2]).collect();
        assert_eq!(entered, ["a:", "b:", "- ", "- ", "- ", "c:", "d:"]);
        assert_eq!(marks.children(0).collect::<Vec<_>>(), [1, 2, 7]);
        assert_eq!(marks.children(2).collect::<Vec<_>>(), [3, 5]);
    }
}
