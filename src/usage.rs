//! How much of its limits a build has used, and the error beyond them.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::diagnostic::Diagnostic;
use crate::limits::{DEPTH, FILES, KUSTOMIZATIONS, READ_BYTES, SUGGESTIONS, VALUE_BYTES};

/// The error for input beyond a limit.
pub fn exceeded(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("limit", message)
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
    files: AtomicUsize,
    bytes: AtomicUsize,
    kustomizations: AtomicUsize,
    depth: AtomicUsize,
    suggestions: AtomicUsize,
}

impl Usage {
    /// Starts again, for another build.
    pub fn clear(&self) {
        let counts = [&self.files, &self.bytes, &self.kustomizations, &self.depth, &self.suggestions];
        counts.iter().for_each(|count| count.store(0, Relaxed));
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
        if self.depth.load(Relaxed) >= DEPTH {
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
        self.depth.store(self.depth.load(Relaxed).saturating_sub(1), Relaxed);
    }
}

fn add(count: &AtomicUsize, more: usize) -> usize {
    let sum = count.load(Relaxed).saturating_add(more);
    count.store(sum, Relaxed);
    sum
}
