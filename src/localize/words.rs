//! Error messages as Go builds them: prefixes in front of causes, quoted strings, and causes of the operating system.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::kustomize_words::quote;

/// What failed, in kustomize's words.
#[derive(Debug)]
pub struct Failure(pub String);

/// The result of a step.
pub type Result<T> = std::result::Result<T, Failure>;

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// A failure with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Failure(message.into())
    }

    /// The failure behind a prefix. Behavior: kyaml's `errors.WrapPrefixf`.
    pub fn within(self, prefix: impl Display) -> Self {
        Failure(format!("{prefix}: {self}"))
    }
}

/// Prefixes of the failure in a result.
pub trait Within<T> {
    /// The result, with this prefix if it is a failure.
    ///
    /// # Errors
    /// The failure behind the prefix.
    fn within<P: Display>(self, prefix: impl FnOnce() -> P) -> Result<T>;
}

impl<T> Within<T> for Result<T> {
    fn within<P: Display>(self, prefix: impl FnOnce() -> P) -> Result<T> {
        self.map_err(|failure| failure.within(prefix()))
    }
}

/// A failed operation on a path. Behavior: Go's `fs.PathError`.
pub fn path_error(operation: &str, path: &Path, cause: &io::Error) -> Failure {
    // Errors that the program itself detects have no number of the system.
    let words = match cause.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::AlreadyExists => "file exists".to_owned(),
        _ => crate::kustomize_words::cause(cause),
    };
    Failure(format!("{operation} {}: {words}", path.display()))
}

/// A path in double quotes.
pub fn quoted_path(path: &Path) -> String {
    quote(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_behind_their_prefixes() {
        let cause = io::Error::from_raw_os_error(20);
        let failure = path_error("open", Path::new("a/b"), &cause).within("unable to load");
        assert_eq!(failure.to_string(), "unable to load: open a/b: not a directory");
    }
}
