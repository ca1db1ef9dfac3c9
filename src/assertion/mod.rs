//! Assertions about the objects of an overlay: documents in files called `NAME.render-test.yaml`. Knows no command line.
//!
//! ```text
//! text -> Assertion: a name, a target, what must hold -> the objects that the target selects -> a case with what does not hold
//! ```

mod contains;
mod expression;
mod file;
mod run;

pub use file::{Assertion, ENDING, read};
pub use run::run;
