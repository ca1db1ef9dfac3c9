//! The scanner: text to tokens. `scan` is the loop; the other files scan one kind of token each.

mod block_scalar;
mod chars;
mod plain;
mod properties;
mod queue;
mod quoted;
mod scan;
mod space;

pub(super) use queue::{Kind, Token};
pub(super) use scan::Scanner;
