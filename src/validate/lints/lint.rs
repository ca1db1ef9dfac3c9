//! What a lint is: its code, its page, and its check.

use super::set::Set;
use super::told::Told;

/// One kind of finding.
pub struct Lint {
    /// Its code.
    pub code: &'static str,
    /// The text of its file: the comment at its head is the page.
    pub file: &'static str,
    /// Looks at all objects.
    pub check: fn(&Set<'_>, &mut Told<'_, '_>),
}
