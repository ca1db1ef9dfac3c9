//! Observers of the printer: they receive the position of each value of a document in the text.
//!
//! The printer calls an [`Observer`] during printing, so the output need not be read again. The observer `()` does nothing and
//! has no cost: the printer is compiled separately for it.

use super::{Key, Node};

/// The relation of a value to its parent.
#[derive(Clone, Copy, Debug)]
pub enum Part<'n> {
    /// Under this key of a mapping.
    Key(&'n Key),
    /// As this item of a list, counted from 0.
    Index(usize),
}

/// Receives the printed parts with their positions; offsets are relative to the growing text.
pub trait Observer<'n> {
    /// A key or the dash of a list item begins at `offset`. Its value follows.
    fn enters(&mut self, _part: Part<'n>, _offset: usize) {}

    /// A value begins at `offset`. Its content follows.
    fn begins(&mut self, _node: &'n Node, _offset: usize) {}

    /// The innermost open value ended; `offset` is after its last line break.
    fn ends(&mut self, _offset: usize) {}
}

/// Does nothing.
impl Observer<'_> for () {}
