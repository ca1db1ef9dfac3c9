//! Which command a command line means, as cobra finds it.

use super::command::{Kind, Tree};
use crate::kustomize_words::quote;

/// The command, and the words that are left for it.
///
/// # Errors
/// The program has no such command.
pub(super) fn find(tree: &Tree, words: &[String]) -> Result<(usize, Vec<String>), String> {
    let mut command = 0;
    let mut words = words.to_vec();
    loop {
        let names = without_flags(tree, command, &words);
        let Some(name) = names.first().map(|name| (*name).clone()) else { return Ok((command, words)) };
        match tree.children(command).find(|child| tree.commands[*child].is_called(&name)) {
            Some(child) => {
                remove(tree, command, &mut words, &name);
                command = child;
            }
            None if command == 0 => {
                let (name, program) = (quote(&name), quote(tree.program));
                return Err(format!("unknown command {name} for {program}{}", suggestions(tree, names[0])));
            }
            None => return Ok((command, words)),
        }
    }
}

/// The words that are neither flags nor their values.
fn without_flags<'w>(tree: &Tree, command: usize, words: &'w [String]) -> Vec<&'w String> {
    let mut names = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        at += 1;
        if word == "--" {
            break;
        }
        if takes_value(tree, command, word) {
            if words.len() - at < 1 {
                break;
            }
            at += 1;
        } else if !word.is_empty() && !word.starts_with('-') {
            names.push(word);
        }
    }
    names
}

/// Removes the word that named a command.
fn remove(tree: &Tree, command: usize, words: &mut Vec<String>, name: &str) {
    let mut at = 0;
    while at < words.len() && words[at] != "--" {
        if takes_value(tree, command, &words[at]) {
            at += 1;
        } else if words[at] == name {
            words.remove(at);
            return;
        }
        at += 1;
    }
}

/// Whether a word is a flag whose value is the next word. What is not known is thought to be one.
fn takes_value(tree: &Tree, command: usize, word: &str) -> bool {
    if word.contains('=') {
        return false;
    }
    let flag = match word.strip_prefix("--") {
        Some(name) => tree.flag(command, name),
        None if word.len() == 2 && word.starts_with('-') => {
            word.chars().nth(1).and_then(|letter| tree.flag_of_letter(command, letter))
        }
        None => return false,
    };
    flag.is_none_or(|flag| flag.kind != Kind::Bool)
}

/// The commands that a misspelled name may mean.
fn suggestions(tree: &Tree, name: &str) -> String {
    let lower = name.to_lowercase();
    let near = |command: &usize| {
        let known = tree.commands[*command].name().to_lowercase();
        tree.is_available(*command) && (distance(&lower, &known) <= 2 || known.starts_with(&lower))
    };
    let names: Vec<String> =
        tree.children(0).filter(near).map(|command| format!("\t{}\n", tree.commands[command].name())).collect();
    if names.is_empty() { String::new() } else { format!("\n\nDid you mean this?\n{}", names.concat()) }
}

/// How many bytes must be added, removed, or changed.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
