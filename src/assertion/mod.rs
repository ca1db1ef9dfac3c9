//! Assertions about the objects of an overlay: documents in files named `NAME.render-test.yaml`. Independent of the command
//! line.
//!
//! ```text
//! text -> Assertion: a name, a target, conditions -> the objects that the target selects -> a case with its findings
//! ```

mod contains;
mod expression;
mod file;
mod run;

pub use file::{Assertion, ENDING, Malformed, read};
pub use run::run;
