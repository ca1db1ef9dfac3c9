//! The hidden command `__complete`: the scripts of the shells pass it an unfinished command line, and it prints what can follow.

use super::super::command::Tree;
use super::choices::{Choices, Directive, NAME, choices};

/// The name of the hidden command for shells that do not show descriptions.
const NAME_BRIEF: &str = "__completeNoDesc";

/// What the command prints to standard output and to standard error. `words` is the whole command line, `unfinished` the part of it
/// that is to be completed.
pub(in super::super) fn answer(tree: &Tree, words: &[String], unfinished: &[String]) -> (String, String) {
    let Choices { mut lines, directive, mut remarks } = choices(tree, unfinished);
    if is_brief(tree.program, words) {
        for line in &mut lines {
            line.truncate(line.find('\t').unwrap_or(line.len()));
        }
    }
    let mut out = String::new();
    for line in &lines {
        out += line.split('\n').next().unwrap_or_default().trim();
        out.push('\n');
    }
    let (number, name) = match directive {
        Directive::Default => (0, "ShellCompDirectiveDefault"),
        Directive::NoFiles => (4, "ShellCompDirectiveNoFileComp"),
    };
    out += &format!(":{number}\n");
    remarks += &format!("Completion ended with directive: {name}\n");
    (out, remarks)
}

/// Whether choices have no descriptions: because of the name of the command, or of a variable of the environment.
fn is_brief(program: &str, words: &[String]) -> bool {
    let called = words.iter().find(|word| *word == NAME || *word == NAME_BRIEF);
    if called.is_some_and(|word| word == NAME_BRIEF) {
        return true;
    }
    let variable = |name: &str| std::env::var(format!("{name}_COMPLETION_DESCRIPTIONS")).ok().filter(|value| !value.is_empty());
    let value = variable(&program.to_uppercase()).or_else(|| variable("COBRA"));
    value.is_some_and(|value| matches!(value.as_str(), "0" | "f" | "F" | "FALSE" | "false" | "False"))
}
