//! How much of its limits a build has used, and the error beyond them.

use std::cell::Cell;

use crate::diagnostic::Diagnostic;
use crate::limits::{CODE, DEPTH, FILES, KUSTOMIZATIONS, READ_BYTES, SUGGESTIONS, VALUE_BYTES};

/// The error for input beyond a limit.
pub fn exceeded(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(CODE, message)
}

/// Checks the length of a string that a replacement or a var extends.
///
/// # Errors
/// It is too long; the error has no location yet.
pub fn value(bytes: usize) -> Result<(), Diagnostic> {
    match bytes > VALUE_BYTES {
        true => Err(exceeded(format!("the string would have more than {} MiB", VALUE_BYTES >> 20))),
        false => Ok(()),
    }
}

/// What the loaders and the layers of a build have used so far. They share it, so it changes through a shared reference.
#[derive(Debug, Default)]
pub struct Usage {
    files: Cell<usize>,
    bytes: Cell<usize>,
    kustomizations: Cell<usize>,
    depth: Cell<usize>,
    suggestions: Cell<usize>,
}

impl Usage {
    /// Starts again, for another build.
    pub fn clear(&self) {
        let counts = [&self.files, &self.bytes, &self.kustomizations, &self.depth, &self.suggestions];
        counts.iter().for_each(|count| count.set(0));
    }

    /// Counts a file that was read.
    ///
    /// # Errors
    /// There are too many, or they are too large together.
    pub fn read(&self, bytes: usize) -> Result<(), Diagnostic> {
        if add(&self.files, 1) > FILES {
            return Err(exceeded(format!("the build reads more than {FILES} files")));
        }
        if add(&self.bytes, bytes) > READ_BYTES {
            return Err(exceeded(format!("the build reads more than {} MiB of files", READ_BYTES >> 20)));
        }
        Ok(())
    }

    /// Counts a kustomization that is going to run.
    ///
    /// # Errors
    /// There are too many, or too many inside each other.
    pub fn enter(&self) -> Result<(), Diagnostic> {
        if add(&self.kustomizations, 1) > KUSTOMIZATIONS {
            return Err(exceeded(format!("the build runs more than {KUSTOMIZATIONS} kustomizations"))
                .help("a base runs once per path that leads to it: list bases that several others share only once"));
        }
        if self.depth.get() >= DEPTH {
            return Err(exceeded(format!("more than {DEPTH} kustomizations are nested")));
        }
        add(&self.depth, 1);
        Ok(())
    }

    /// Whether to search all objects for what was meant: a build with many items without effect gets help for the first ones.
    pub fn may_suggest(&self) -> bool {
        add(&self.suggestions, 1) <= SUGGESTIONS
    }

    /// Notes that a kustomization has run.
    pub fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }
}

fn add(count: &Cell<usize>, more: usize) -> usize {
    count.set(count.get().saturating_add(more));
    count.get()
}
