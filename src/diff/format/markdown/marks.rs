//! Markup of a comment: names as code, and fences that their content can't close.
//!
//! Position: the lowest part of `--format markdown`; the table and the sections use it.

use crate::diff::format::text::clipped;
use crate::escape::{line, markdown_code};

/// The maximum number of characters of a name in the title and the table.
pub const LONGEST_NAME: usize = 60;

/// A fence that the text can't close.
pub fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}

/// A name for use in a table, in HTML, and in running text.
pub fn code(text: &str, most: usize) -> String {
    markdown_code(&clipped(&line(text), most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_in_names_are_escaped() {
        assert_eq!(code("overlays/dev", 60), "<code>overlays/dev</code>");
        assert_eq!(code("a|b\n", 4), "<code>a&#124;b…</code>");
        assert_eq!([fence("a"), fence("``` ````")], ["```", "`````"]);
    }
}
