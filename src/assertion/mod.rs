//! Assertions about the objects of an overlay: documents in files named `NAME.render-test.yaml`, and the items of `assert` in
//! `.render.yaml`. Independent of the command line.
//!
//! ```text
//! text -> Assertion: a name, a target, conditions -> the objects that the target selects -> a case with its findings
//! ```

mod contains;
mod expression;
mod file;
mod run;
mod shared;

pub use file::{Assertion, ENDING, Malformed, read};
pub use run::{run, run_shared};
pub use shared::{Reach, SharedAssertion, SharedAssertions};
