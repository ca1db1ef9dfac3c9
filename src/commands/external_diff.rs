//! Command lines of `kubectl diff` with `KUBECTL_EXTERNAL_DIFF="render diff ..."`.
//!
//! kubectl puts the words after the program behind the two directories that it wrote, and drops those with other characters than
//! letters, digits, `-`, and `=`: `render LIVE MERGED diff --allow-empty`. The words are moved back to where they are in the variable.
//! Behavior: kubectl's `DiffProgram.getCommand`.

use std::ffi::OsString;

/// The variable that names the program and its arguments.
pub const VARIABLE: &str = "KUBECTL_EXTERNAL_DIFF";

/// The words of a command line, the program first, in the order in which the user wrote them.
pub fn in_order(mut words: Vec<OsString>, variable: Option<&str>) -> Vec<OsString> {
    let after = variable.into_iter().flat_map(|variable| variable.split(' ').skip(1)).filter(|word| is_passed_on(word));
    let moved: Vec<OsString> = after.map(OsString::from).collect();
    if !moved.is_empty() && words.len() == moved.len() + 3 && words.ends_with(&moved) {
        words[1..].rotate_right(moved.len());
    }
    words
}

fn is_passed_on(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(words: &str, variable: Option<&str>) -> String {
        let words = in_order(words.split(' ').map(OsString::from).collect(), variable);
        words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_words_of_the_variable_come_first() {
        let variable = Some("render diff --allow-empty  --filter=server-fields --ignore=spec.replicas");
        let words = "render /tmp/LIVE-1 /tmp/MERGED-1 diff --allow-empty --filter=server-fields";
        assert_eq!(ordered(words, variable), "render diff --allow-empty --filter=server-fields /tmp/LIVE-1 /tmp/MERGED-1");
    }

    #[test]
    fn other_command_lines_stay_as_they_are() {
        for (words, variable) in [
            ("render diff a b", Some("render diff")),
            ("render a b diff", None),
            ("render a b diff", Some("diff -u")),
            ("render a b", Some("render")),
            ("render", Some("render diff")),
        ] {
            assert_eq!(ordered(words, variable), words);
        }
    }
}
