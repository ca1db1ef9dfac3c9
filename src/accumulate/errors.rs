//! The errors of several items or stages, which are reported together.

use crate::diagnostic::{Diagnostic, Diagnostics, Result};

/// The errors so far.
#[derive(Default)]
pub struct Errors(Vec<Diagnostic>);

impl Errors {
    /// Starts with errors that are known already.
    pub fn new(known: &[Diagnostic]) -> Self {
        Errors(known.to_vec())
    }

    /// Keeps the errors of an item, or returns its result.
    pub fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|errors| self.0.extend(errors.into_vec())).ok()
    }

    /// Keeps those errors of an item that earlier ones can't have caused: what it applies to does not exist.
    pub fn take_unmatched(&mut self, result: Result<()>) {
        let errors = result.err().into_iter().flat_map(Diagnostics::into_vec);
        self.0.extend(errors.filter(|error| error.code == "no-match"));
    }

    /// Adds errors.
    pub fn add(&mut self, errors: Vec<Diagnostic>) {
        self.0.extend(errors);
    }

    /// Whether there are any.
    pub fn exist(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether a limit of the build is exceeded: whatever else is there would exceed it, too.
    pub fn are_final(&self) -> bool {
        self.0.iter().any(|error| matches!(error.code, "limit" | "alias-bomb"))
    }

    /// Whether the one that kustomize would report is among them: what it says about others is never printed.
    pub fn have_first(&self) -> bool {
        self.0.iter().any(|error| !error.words.is_late())
    }

    /// Fails if there are errors.
    ///
    /// # Errors
    /// All of them, without duplicates.
    pub fn check(self) -> Result<()> {
        Diagnostics::check(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_errors_are_kept() {
        let mut errors = Errors::default();
        assert_eq!(errors.take(Ok(1)), Some(1));
        assert!(!errors.exist());
        assert_eq!(errors.take::<()>(Err(Diagnostic::error("wrong-type", "one").into())), None);
        errors.take_unmatched(Err(Diagnostic::error("wrong-type", "a consequence").into()));
        errors.take_unmatched(Err(Diagnostic::error("no-match", "two").into()));
        assert!(errors.exist() && !errors.are_final());
        assert_eq!(errors.check().err().map(|errors| errors.iter().count()), Some(2));
    }
}
