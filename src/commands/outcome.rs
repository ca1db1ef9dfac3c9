//! How a command ended.

/// How a command ended.
pub enum Outcome {
    /// All is well.
    Success,
    /// The input is wrong; that was told.
    Findings,
    /// Something else failed; that was told.
    Failure,
}
