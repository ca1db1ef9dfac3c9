//! Whether the word to complete is the value of a flag.

use super::super::command::{Kind, Tree};

/// A word to complete, with the words before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unfinished<'w> {
    /// The name of the flag whose value is completed, if it is one. `-h` is among them.
    pub(super) flag: Option<&'static str>,
    /// What there is of the word or of the value.
    pub(super) word: &'w str,
    /// The words before it, without the name of that flag.
    pub(super) before: &'w [String],
    /// The flag that the command does not have.
    pub(super) fault: Option<String>,
}

impl<'w> Unfinished<'w> {
    /// A word that is not the value of a flag.
    pub(super) fn plain(word: &'w str, before: &'w [String]) -> Self {
        Unfinished { flag: None, word, before, fault: None }
    }

    /// Looks at the word and the one before it.
    pub(super) fn new(tree: &Tree, command: usize, whole: &'w str, before: &'w [String]) -> Self {
        let mut word = whole;
        let mut rest = before;
        let mut name = String::new();
        let is_joined = whole.starts_with('-') && whole.contains('=');
        if whole.starts_with('-') {
            let Some((flag, value)) = whole.split_once('=') else { return Self::plain(whole, before) };
            name = flag.strip_prefix("--").map_or_else(|| last_byte(flag), ToOwned::to_owned);
            word = value;
        }
        if name.is_empty()
            && let Some((last, others)) = before.split_last()
            && is_flag(last)
            && !last.contains('=')
        {
            name = last.strip_prefix("--").map_or_else(|| last_byte(last), ToOwned::to_owned);
            rest = others;
        }
        if name.is_empty() {
            return Self::plain(word, rest);
        }
        let Some((flag, kind)) = flag_of(tree, command, &name) else {
            return Unfinished { fault: Some(name), ..Self::plain(whole, before) };
        };
        // A switch has no value unless it is joined with `=`.
        if !is_joined && kind == Kind::Bool {
            return Self::plain(word, before);
        }
        Unfinished { flag: Some(flag), ..Self::plain(word, rest) }
    }
}

/// Whether a word consists of a flag.
fn is_flag(word: &str) -> bool {
    word.len() >= 3 && word.starts_with("--") || word.len() >= 2 && word.starts_with('-') && !word.starts_with("--")
}

/// The last byte, which is the letter of a flag if it is one.
fn last_byte(text: &str) -> String {
    text.as_bytes().last().map(|byte| String::from_utf8_lossy(&[*byte]).into_owned()).unwrap_or_default()
}

/// The name and the type of a flag with a name of one or more letters.
fn flag_of(tree: &Tree, command: usize, name: &str) -> Option<(&'static str, Kind)> {
    let found = match name.as_bytes() {
        [letter] => tree.flag_of_letter(command, char::from(*letter)),
        _ => tree.flag(command, name),
    };
    match found {
        Some(flag) => Some((flag.name, flag.kind)),
        None => matches!(name, "h" | "help").then_some(("help", Kind::Bool)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "= .\nuse: tool\nflag: bool verbose v\nflag: string output o\nruns\n";

    #[test]
    fn values_of_flags() {
        let tree = Tree::of_table("tool", SMALL);
        let seen = |word: &str, before: &[&str]| {
            let before: Vec<String> = before.iter().map(ToString::to_string).collect();
            let Unfinished { flag, word, before, fault } = Unfinished::new(&tree, 0, word, &before);
            format!("{} {word} {} {}", flag.unwrap_or("-"), before.join(","), fault.unwrap_or_default())
        };
        assert_eq!(seen("js", &["a", "--output"]), "output js a ");
        assert_eq!(seen("js", &["-vo"]), "output js  ");
        assert_eq!(seen("-vo=js", &["a"]), "output js a ");
        assert_eq!(seen("--verbose=t", &[]), "verbose t  ");
        assert_eq!(seen("t", &["-v"]), "- t -v ");
        assert_eq!(seen("-", &["-o"]), "- - -o ");
        assert_eq!(seen("--wide=", &["a"]), "- --wide= a wide");
        assert_eq!(seen("-=é", &[]), "- -=é  -");
    }
}
