//! The scanner: text to tokens. `scan` is the loop, `ahead` its shortcuts; the other files scan one kind of token each.

mod ahead;
mod block_scalar;
mod chars;
mod plain;
mod properties;
mod queue;
mod quoted;
mod scan;
mod space;

pub(super) use ahead::{Depth, Next};
pub(super) use queue::{Kind, Token};
pub(super) use scan::Scanner;
