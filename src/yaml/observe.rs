//! Who listens to the printer: where in the text each value of a document came to stand.
//!
//! The printer calls an [`Observer`] as it goes, so nothing that was printed must be read again. Nobody listens with `()`, and
//! that costs nothing: the printer is compiled for it anew.

use super::{Key, Node};

/// How a value hangs in the one around it.
#[derive(Clone, Copy, Debug)]
pub enum Part<'n> {
    /// Under this key of a mapping.
    Key(&'n Key),
    /// As this element of a list, counted from 0.
    Index(usize),
}

/// Is told what is printed where; offsets are those of the text that grows.
pub trait Observer<'n> {
    /// A key or the dash of a list begins at `offset`. Its value follows.
    fn enters(&mut self, _part: Part<'n>, _offset: usize) {}

    /// A value begins at `offset`. What it holds follows.
    fn begins(&mut self, _node: &'n Node, _offset: usize) {}

    /// The value that began last, and is open, ended; `offset` is behind its last line break.
    fn ends(&mut self, _offset: usize) {}
}

/// Nobody.
impl Observer<'_> for () {}
