//! How a command ended.

/// How a command ended.
pub enum Outcome {
    /// No errors.
    Success,
    /// The input is invalid, and the errors were printed.
    Findings,
    /// Something else failed, and the failure was printed.
    Failure,
}
