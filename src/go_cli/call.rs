//! From the words of a command line to what the program does next.

use super::command::Tree;
use super::completion;
use super::find::find;
use super::flags::{Flags, Set, Stop};
use super::help;
use crate::edit::Style;
use crate::kustomize_words::quote;

/// What the program does next.
pub enum Step {
    /// It prints a text to standard output, and another one to standard error.
    Show(String, String),
    /// It prints a text to standard error and fails.
    Refuse(String),
    /// It runs a command.
    Run(Call),
}

/// A call of a command: its arguments and its flags.
pub struct Call {
    /// The words that lead to the command, such as `edit add`.
    pub path: &'static str,
    /// Remarks about flags that are deprecated, for standard error.
    pub remarks: String,
    /// The usage that follows errors; empty if there is none.
    pub usage: String,
    /// The name of the program.
    pub program: &'static str,
    flags: Flags,
    defaults: Vec<(&'static str, &'static str)>,
}

impl Call {
    /// The arguments.
    pub fn args(&self) -> &[String] {
        &self.flags.arguments
    }

    /// How many of the arguments stand before `--`, if there is one.
    pub fn dash(&self) -> Option<usize> {
        self.flags.dash
    }

    /// The value of a flag that is a string.
    pub fn text(&self, flag: &str) -> &str {
        match self.set(flag) {
            Some(Set::Text(text)) => text,
            _ => self.default(flag),
        }
    }

    /// The value of a flag that is on or off.
    pub fn on(&self, flag: &str) -> bool {
        match self.set(flag) {
            Some(Set::Bool(on)) => *on,
            _ => self.default(flag) == "true",
        }
    }

    /// The values of a flag that is a list.
    pub fn list(&self, flag: &str) -> &[String] {
        match self.set(flag) {
            Some(Set::List(list)) => list,
            _ => &[],
        }
    }

    /// Whether a flag was set on the command line.
    pub fn changed(&self, flag: &str) -> bool {
        self.set(flag).is_some()
    }

    /// How a kustomization file is written: as kustomize does under its name, else by changing as little as possible.
    pub fn style(&self) -> Style {
        if self.program == "kustomize" { Style::Compat } else { Style::Surgical }
    }

    fn set(&self, flag: &str) -> Option<&Set> {
        self.flags.values.iter().find(|(name, _)| *name == flag).map(|(_, set)| set)
    }

    fn default(&self, flag: &str) -> &'static str {
        self.defaults.iter().find(|(name, _)| *name == flag).map_or("", |(_, default)| default)
    }
}

/// What the words of a command line, without the name of the program, ask for.
pub fn plan(tree: &Tree, line: &[String]) -> Step {
    let (command, words) = match find(tree, line) {
        Ok(found) => found,
        Err(error) => return Step::Refuse(format!("Error: {error}\nRun '{} --help' for usage.\n", tree.program)),
    };
    let found = &tree.commands[command];
    if found.path == completion::REQUEST {
        return complete(tree, command, line, &words);
    }
    let flags = match Flags::read(tree, command, &words) {
        Ok(flags) => flags,
        Err(Stop(error)) => return refused(tree, command, &error),
    };
    if flags.help == Some(true) || !found.runs {
        return Step::Show(help::help(tree, command), flags.remarks);
    }
    if let Err(error) = check(tree, command, &flags.arguments) {
        return refused(tree, command, &error);
    }
    if found.path == "help" {
        return help_about(tree, &flags.arguments);
    }
    let defaults = found.flags.iter().filter(|flag| !flag.default.is_empty());
    Step::Run(Call {
        path: found.path,
        remarks: flags.remarks.clone(),
        usage: usage_after_error(tree, command),
        program: tree.program,
        defaults: defaults.map(|flag| (flag.name, flag.default)).collect(),
        flags,
    })
}

fn refused(tree: &Tree, command: usize, error: &str) -> Step {
    Step::Refuse(format!("Error: {error}\n{}", usage_after_error(tree, command)))
}

fn usage_after_error(tree: &Tree, command: usize) -> String {
    if tree.commands[command].is_quiet { String::new() } else { format!("{}\n", help::usage(tree, command, true)) }
}

/// Checks the number of arguments.
fn check(tree: &Tree, command: usize, arguments: &[String]) -> Result<(), String> {
    let found = &tree.commands[command];
    let count = arguments.len();
    if let Some(most) = found.at_most.filter(|most| count > *most) {
        return Err(format!("accepts at most {most} arg(s), received {count}"));
    }
    if found.one_of.is_empty() {
        return Ok(());
    }
    match arguments {
        [argument] if found.one_of.contains(&argument.as_str()) => Ok(()),
        [argument] => Err(format!("invalid argument {} for {}", quote(argument), quote(&tree.full_name(command)))),
        _ => Err(format!("accepts 1 arg(s), received {count}")),
    }
}

/// `__complete COMMAND-LINE`
fn complete(tree: &Tree, command: usize, line: &[String], words: &[String]) -> Step {
    if words.is_empty() {
        return refused(tree, command, "requires at least 1 arg(s), only received 0");
    }
    let (out, remarks) = completion::answer(tree, line, words);
    Step::Show(out, remarks)
}

/// `help COMMAND`
fn help_about(tree: &Tree, words: &[String]) -> Step {
    match find(tree, words) {
        Ok((command, _)) if tree.commands[command].path != completion::REQUEST => {
            Step::Show(help::help(tree, command), String::new())
        }
        _ => {
            let topics: Vec<String> = words.iter().map(|word| backquoted(word)).collect();
            let usage = help::usage(tree, 0, false);
            Step::Show(String::new(), format!("Unknown help topic [{}]\n{usage}", topics.join(" ")))
        }
    }
}

/// A string in backquotes, as Go's `%#q` prints it, or in double quotes if that is not possible.
fn backquoted(text: &str) -> String {
    let is_plain = text.chars().all(|c| c != '`' && (c == '\t' || !c.is_control()));
    if is_plain { format!("`{text}`") } else { quote(text) }
}
