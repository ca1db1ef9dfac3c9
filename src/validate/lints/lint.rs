//! The type of a lint: its code, its page, and its check.

use super::reporter::Reporter;
use super::set::Set;

/// A lint, which reports findings of one code.
pub struct Lint {
    /// Its code.
    pub code: &'static str,
    /// The source text of its file: the comment at the top is the page.
    pub file: &'static str,
    /// Checks all objects.
    pub check: fn(&Set<'_>, &mut Reporter<'_, '_>),
}
