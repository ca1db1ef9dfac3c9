//! Failures to fetch, and retries if the cause may be temporary.
//!
//! Used by `git` and `http`; `remote` turns the remaining failures into diagnostics.

use std::time::Duration;

use super::credentials::mask;
use crate::diagnostic::Diagnostic;

/// How long to wait before each further attempt.
const WAITS: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(1000)];

/// Why something could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The code of the diagnostic.
    pub code: &'static str,
    /// The reason, as it follows `can't fetch …: `.
    pub reason: String,
    /// What to do.
    pub help: Option<String>,
    /// Whether a retry may succeed.
    pub passing: bool,
    /// Whether the cause is the kustomization, not the environment.
    pub ours: bool,
    /// What kustomize says about it, if that is known.
    pub words: Option<String>,
}

impl Failure {
    /// A permanent failure.
    pub fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Failure { code, reason: reason.into(), help: None, passing: false, ours: false, words: None }
    }

    /// Adds what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to do, unless it is already set.
    pub fn help_else(mut self, help: Option<&str>) -> Self {
        self.help = self.help.or(help.map(str::to_owned));
        self
    }

    /// Marks the kustomization as the cause.
    pub fn ours(mut self) -> Self {
        self.ours = true;
        self
    }

    /// Sets what kustomize says about it.
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.words = Some(words.into());
        self
    }

    /// Sets whether a retry may succeed.
    pub fn passing(mut self, passing: bool) -> Self {
        self.passing = passing;
        self
    }

    /// The diagnostic for the thing that could not be fetched. Credentials in it are masked.
    pub fn diagnostic(self, what: &str) -> Diagnostic {
        let message = format!("can't fetch {what}: {}", self.reason);
        let error = Diagnostic::error(self.code, mask(&message)).help_if(self.help.as_deref().map(mask));
        let error = self.words.as_deref().map(mask).into_iter().fold(error, Diagnostic::words);
        if self.ours { error } else { error.io() }
    }
}

impl From<std::io::Error> for Failure {
    fn from(cause: std::io::Error) -> Self {
        Failure::new("cache", format!("the cache can't be used: {cause}")).help("set `RENDER_CACHE_DIR` to a writable directory")
    }
}

/// Tries, and retries after a short wait while the failure may be temporary.
///
/// # Errors
/// The last failure.
pub fn attempts<T>(mut attempt: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    for wait in WAITS {
        match attempt() {
            Err(failure) if failure.passing => std::thread::sleep(wait),
            result => return result,
        }
    }
    attempt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_temporary_failures_are_retried() {
        let mut count = 0;
        let mut fail = |passing: bool, until: usize| {
            count = 0;
            let result = attempts(|| {
                count += 1;
                if count == until { Ok(()) } else { Err(Failure::new("x", "y").passing(passing)) }
            });
            (result.is_ok(), count)
        };
        assert_eq!(fail(false, 2), (false, 1));
        assert_eq!(fail(true, 2), (true, 2));
    }
}
