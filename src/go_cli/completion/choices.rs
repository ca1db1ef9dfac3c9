//! What can follow an unfinished command line: commands, flags, values of flags, and arguments, each with a description.

use super::super::command::{Flag, Kind, Tree};
use super::super::find::find;
use super::super::flags::{Flags, Stop};
use super::flag_value::Unfinished;

/// The path of the hidden command.
pub(in super::super) const NAME: &str = "__complete";

/// What can follow.
#[derive(Default)]
pub(super) struct Choices {
    /// The choices: a word, a tab, and a description.
    pub(super) lines: Vec<String>,
    /// What the shell does besides.
    pub(super) directive: Directive,
    /// Remarks for standard error.
    pub(super) remarks: String,
}

/// What a shell does besides offering the choices.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Directive {
    /// It offers names of files if there are no choices.
    #[default]
    Default,
    /// It does not offer names of files.
    NoFiles,
}

impl Choices {
    fn new(lines: Vec<String>, directive: Directive) -> Self {
        Choices { lines, directive, remarks: String::new() }
    }

    fn error(text: &str) -> Self {
        Choices { remarks: format!("[Debug] [Error] {text}\n"), ..Choices::default() }
    }
}

/// What can follow, or complete the last word.
pub(super) fn choices(tree: &Tree, words: &[String]) -> Choices {
    let Some((last, before)) = words.split_last() else { return Choices::default() };
    let Ok((command, rest)) = find(tree, before) else {
        return Choices::error(&format!("unable to find a command for arguments: [{}]", before.join(" ")));
    };
    if tree.commands[command].path == NAME {
        return of_request(tree, command, last);
    }
    let unfinished = Unfinished::new(tree, command, last, &rest);
    let flags = match Flags::read(tree, command, unfinished.before) {
        Ok(flags) => flags,
        Err(Stop(cause)) => {
            let words = unfinished.before.join(" ");
            return Choices::error(&format!("Error while parsing flags from args [{words}]: {cause}"));
        }
    };
    // The flags are read twice; the second time, the remarks of the first time are printed again.
    let remarks = flags.remarks.repeat(3);
    let found = after(tree, command, &unfinished, &flags);
    Choices { remarks: remarks + &found.remarks, ..found }
}

/// What can follow the flags of a command.
fn after(tree: &Tree, command: usize, unfinished: &Unfinished, flags: &Flags) -> Choices {
    // There are no flags behind `--`.
    let allows_flags = flags.dash.is_none();
    if let Some(name) = unfinished.fault.as_ref().filter(|_| allows_flags) {
        let command = tree.commands[command].name();
        let command = if command.is_empty() { tree.program } else { command };
        return Choices::error(&format!("Subcommand '{command}' does not support flag '{name}'"));
    }
    if flags.help.is_some() {
        return Choices::new(Vec::new(), Directive::NoFiles);
    }
    let word = unfinished.word;
    match unfinished.flag {
        Some(name) if allows_flags => match tree.flag(command, name).filter(|flag| !flag.choices.is_empty()) {
            Some(flag) => Choices::new(flag.choices.iter().map(ToString::to_string).collect(), Directive::NoFiles),
            None => Choices::default(),
        },
        Some(_) => arguments_of_help(tree, command, &flags.arguments, word, Choices::default()),
        None if allows_flags && word.starts_with('-') && !word.contains('=') => {
            Choices::new(flags_with(tree, command, word, flags), Directive::NoFiles)
        }
        None => nouns(tree, command, word, flags),
    }
}

/// The flags of a command that begin like a word. Those that can't be repeated are not offered again.
fn flags_with(tree: &Tree, command: usize, word: &str, flags: &Flags) -> Vec<String> {
    let found = &tree.commands[command];
    let help = Flag::help(found.name());
    let mut own: Vec<&Flag> = found.flags.iter().chain([&help]).collect();
    own.sort_by_key(|flag| flag.name);
    let mut lines = Vec::new();
    for flag in tree.inherited(command).iter().chain(own) {
        let can_repeat = matches!(flag.kind, Kind::Array | Kind::Slice);
        let is_set = flags.values.iter().any(|(name, _)| *name == flag.name);
        if !flag.is_offered() || is_set && !can_repeat {
            continue;
        }
        let names = [Some(format!("--{}", flag.name)), flag.letter.map(|letter| format!("-{letter}"))];
        let names = names.into_iter().flatten().filter(|name| name.starts_with(word));
        lines.extend(names.map(|name| format!("{name}\t{}", flag.usage)));
    }
    lines
}

/// The commands and arguments that begin like a word.
fn nouns(tree: &Tree, command: usize, word: &str, flags: &Flags) -> Choices {
    let found = &tree.commands[command];
    let mut choices = Choices::default();
    let has_own_flags = command != 0 && found.flags.iter().any(|flag| flags.values.iter().any(|(name, _)| *name == flag.name));
    if flags.arguments.is_empty() && !has_own_flags && tree.children(command).any(|child| tree.is_offered(child)) {
        choices = Choices::new(commands_with(tree, command, word), Directive::NoFiles);
    }
    if !found.one_of.is_empty() {
        if flags.arguments.is_empty() {
            let words = found.one_of.iter().filter(|choice| choice.starts_with(word));
            choices.lines.extend(words.map(ToString::to_string));
            choices.directive = Directive::NoFiles;
        }
        return choices;
    }
    arguments_of_help(tree, command, &flags.arguments, word, choices)
}

/// The arguments of `help` are commands.
fn arguments_of_help(tree: &Tree, command: usize, arguments: &[String], word: &str, mut choices: Choices) -> Choices {
    if tree.commands[command].path == "help" {
        choices.directive = Directive::NoFiles;
        if let Ok((about, _)) = find(tree, arguments) {
            choices.lines.extend(commands_with(tree, about, word));
        }
    }
    choices
}

/// The commands of a command that begin like a word.
fn commands_with(tree: &Tree, command: usize, word: &str) -> Vec<String> {
    let offered = tree.children(command).filter(|child| tree.is_offered(*child)).map(|child| &tree.commands[child]);
    let found = offered.filter(|child| child.name().starts_with(word));
    found.map(|child| format!("{}\t{}", child.name(), child.short)).collect()
}

/// What can follow the hidden command itself, which reads no flags.
fn of_request(tree: &Tree, command: usize, word: &str) -> Choices {
    if word.starts_with('-') && !word.contains('=') {
        return Choices::new(flags_with(tree, command, word, &Flags::default()), Directive::NoFiles);
    }
    Choices::default()
}
