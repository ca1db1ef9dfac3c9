//! The shape of the tree that Go builds from an expression, as far as its limits depend on it: height, size, and copies.
//!
//! Behavior: `checkLimits` and `repeatIsValid` of Go's `regexp/syntax`. Go merges characters to strings and single characters of
//! alternatives to classes, and lifts a concatenation out of a concatenation; all this changes the height.

use super::fault::Problem;

/// The maximum height of a tree.
const MAX_HEIGHT: u32 = 1000;
/// The maximum size of a program, in instructions.
const MAX_SIZE: u64 = (128 << 20) / 40;
/// The maximum number of copies that repetitions inside each other make.
const MAX_COPIES: u32 = 1000;

/// What a node is, as far as it matters to the nodes around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Characters, with or without case.
    Text {
        /// Upper and lower case are the same.
        fold: bool,
    },
    /// A class or `.`.
    Class,
    /// One after the other.
    Sequence,
    /// One of several.
    Choice,
    /// Everything else.
    Other,
}

/// A node of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    kind: Kind,
    height: u32,
    size: u64,
    copies: u32,
}

impl Shape {
    /// A node without nodes below it.
    pub fn leaf(kind: Kind) -> Self {
        Shape { kind, height: 1, size: 1, copies: 1 }
    }

    /// A group with a number.
    pub fn captured(self) -> Self {
        Shape { kind: Kind::Other, height: self.height + 1, size: self.size.saturating_add(2), copies: self.copies }
    }

    /// `*`, `+`, or `?`.
    pub fn starred(self) -> Self {
        self.captured()
    }

    /// A repetition with numbers; `None` if there are too many copies.
    pub fn repeated(self, low: u32, high: Option<u32>) -> Option<Self> {
        let most = high.unwrap_or(low);
        let copies = if high == Some(0) { 1 } else { self.copies.saturating_mul(most.max(1)) };
        let size = self.size.saturating_mul(u64::from(most.max(1))).saturating_add(u64::from(most - low) + 1);
        let is_valid = copies <= MAX_COPIES || most < 2;
        is_valid.then_some(Shape { kind: Kind::Other, height: self.height + 1, size, copies })
    }

    /// Checks Go's limits.
    pub fn check(self) -> Result<Self, Problem<'static>> {
        let reason = match self {
            _ if self.size > MAX_SIZE => "expression too large",
            _ if self.height > MAX_HEIGHT => "expression nests too deeply",
            _ => return Ok(self),
        };
        Err(Problem { reason, part: "" })
    }

    fn is_one_character(&self) -> bool {
        matches!(self.kind, Kind::Class) || matches!(self.kind, Kind::Text { .. }) && self.size == 1
    }
}

/// Nodes that follow each other, or of which one is chosen.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    kind: Kind,
    count: u32,
    last: Option<Shape>,
    height: u32,
    size: u64,
    copies: u32,
}

impl Row {
    /// An empty row of this kind.
    pub fn new(kind: Kind) -> Self {
        Row { kind, count: 0, last: None, height: 0, size: 0, copies: 1 }
    }

    /// Adds a node.
    pub fn push(&mut self, shape: Shape) {
        self.size = self.size.saturating_add(shape.size);
        self.copies = self.copies.max(shape.copies);
        if let Some(last) = &mut self.last {
            match (last.kind, shape.kind) {
                (Kind::Text { fold }, Kind::Text { fold: other }) if self.kind == Kind::Sequence && fold == other => {
                    last.size = last.size.saturating_add(shape.size);
                    return;
                }
                _ if self.kind == Kind::Choice && last.is_one_character() && shape.is_one_character() => {
                    last.kind = Kind::Class;
                    self.size -= shape.size;
                    return;
                }
                _ => {}
            }
        }
        self.height = self.height.max(if shape.kind == self.kind { shape.height - 1 } else { shape.height });
        self.count = self.count.saturating_add(1);
        self.last = Some(shape);
    }

    /// The node that the row is.
    pub fn finish(self) -> Result<Shape, Problem<'static>> {
        match self.last {
            None => Ok(Shape::leaf(Kind::Other)),
            Some(only) if self.count == 1 => only.check(),
            Some(_) => {
                let bars = if self.kind == Kind::Choice { u64::from(self.count) - 1 } else { 0 };
                Shape { kind: self.kind, height: self.height + 1, size: self.size.saturating_add(bars), copies: self.copies }
                    .check()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: Kind, shapes: &[Shape]) -> Shape {
        let mut row = Row::new(kind);
        shapes.iter().for_each(|shape| row.push(*shape));
        row.finish().expect("within the limits")
    }

    #[test]
    fn rows_are_merged_as_in_go() {
        let (text, class) = (Shape::leaf(Kind::Text { fold: false }), Shape::leaf(Kind::Class));
        assert_eq!(row(Kind::Sequence, &[text, text, text]).height, 1);
        assert_eq!(row(Kind::Sequence, &[text, Shape::leaf(Kind::Text { fold: true })]).height, 2);
        assert_eq!(row(Kind::Choice, &[text, class, text]).height, 1);
        let inner = row(Kind::Sequence, &[text, class]);
        assert_eq!(row(Kind::Sequence, &[inner, text]).height, 2);
        assert_eq!(row(Kind::Choice, &[inner, text]).height, 3);
        assert_eq!(row(Kind::Sequence, &[]).height, 1);
    }

    #[test]
    fn copies_are_multiplied() {
        let text = Shape::leaf(Kind::Text { fold: false });
        let many = text.repeated(1000, None).expect("1000 copies");
        assert_eq!(many.repeated(2, Some(2)), None);
        assert!(many.repeated(0, Some(1)).is_some() && many.captured().repeated(0, None).is_some());
        let three = text.repeated(1, Some(3)).expect("3 copies");
        assert!(three.repeated(0, Some(333)).is_some() && three.repeated(0, Some(334)).is_none());
    }
}
