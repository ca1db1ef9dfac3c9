//! Help and usage, as cobra prints them.

use std::fmt::Write;

use super::command::{Flag, Kind, Tree};
use crate::kustomize_words::quote;

/// The least width of a column of names.
const NAME_WIDTH: usize = 11;

/// The help of a command.
pub(super) fn help(tree: &Tree, command: usize) -> String {
    let found = &tree.commands[command];
    let about = if found.long.is_empty() { &found.short } else { &found.long }.trim_end();
    let mut out = if about.is_empty() { String::new() } else { format!("{about}\n\n") };
    if found.runs || !found.children.is_empty() {
        out += &usage(tree, command, true);
    }
    out
}

/// How a command is used. `with_help`: the flag `--help` is known.
pub(super) fn usage(tree: &Tree, command: usize, with_help: bool) -> String {
    let found = &tree.commands[command];
    let name = tree.full_name(command);
    let mut out = String::from("Usage:");
    if found.runs {
        let _ = write!(out, "\n  {}", usage_line(tree, command));
    }
    let has_children = tree.has_available_children(command);
    if has_children {
        let _ = write!(out, "\n  {name} [command]");
    }
    if !found.aliases.is_empty() {
        let _ = write!(out, "\n\nAliases:\n  {}, {}", found.name(), found.aliases.join(", "));
    }
    if !found.example.is_empty() {
        let _ = write!(out, "\n\nExamples:\n{}", found.example);
    }
    if has_children {
        out += "\n\nAvailable Commands:";
        let width = tree.children(command).map(|child| tree.commands[child].name().len()).max();
        for child in tree.children(command) {
            let listed = &tree.commands[child];
            if tree.is_available(child) || listed.name() == "help" {
                let width = width.unwrap_or_default().max(NAME_WIDTH);
                let _ = write!(out, "\n  {:width$} {}", listed.name(), listed.short);
            }
        }
    }
    let own = flags(&found.flags, with_help.then_some(found.name()));
    if !own.is_empty() {
        let _ = write!(out, "\n\nFlags:\n{}", own.trim_end());
    }
    let inherited = flags(tree.inherited(command), None);
    if !inherited.is_empty() {
        let _ = write!(out, "\n\nGlobal Flags:\n{}", inherited.trim_end());
    }
    out += &topics(tree, command);
    if has_children {
        let _ = write!(out, "\n\nUse \"{name} [command] --help\" for more information about a command.");
    }
    out.push('\n');
    out
}

/// The pages of help among the commands.
fn topics(tree: &Tree, command: usize) -> String {
    let width = tree.children(command).map(|child| tree.full_name(child).len()).max();
    let width = width.unwrap_or_default().max(NAME_WIDTH);
    let rows: String = tree
        .children(command)
        .filter(|child| tree.is_topic(*child))
        .map(|child| format!("\n  {:width$} {}", tree.full_name(child), tree.commands[child].short))
        .collect();
    if rows.is_empty() { rows } else { format!("\n\nAdditional help topics:{rows}") }
}

/// The line that shows the arguments of a command.
fn usage_line(tree: &Tree, command: usize) -> String {
    let found = &tree.commands[command];
    let line = match found.parent {
        Some(parent) => format!("{} {}", tree.full_name(parent), found.usage),
        None => found.usage.to_owned(),
    };
    if found.is_without_flags || line.contains("[flags]") { line } else { format!("{line} [flags]") }
}

/// A table of flags; `help_for`: with `--help` for a command.
fn flags(flags: &[Flag], help_for: Option<&str>) -> String {
    let help = help_for.map(Flag::help);
    let mut shown: Vec<&Flag> = flags.iter().chain(&help).filter(|flag| !flag.is_hidden).collect();
    shown.sort_by_key(|flag| flag.name);
    let rows: Vec<(String, String)> = shown.into_iter().map(row).collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let indent = format!("\n{:width$}   ", "");
    rows.iter().map(|(name, usage)| format!("{name:width$}   {}\n", usage.replace('\n', &indent))).collect()
}

fn row(flag: &Flag) -> (String, String) {
    let mut name = match flag.letter {
        Some(letter) => format!("  -{letter}, --{}", flag.name),
        None => format!("      --{}", flag.name),
    };
    let (value, mut usage) = value_name(flag);
    if !value.is_empty() {
        name = format!("{name} {value}");
    }
    match flag.kind {
        Kind::Text if !flag.default.is_empty() => usage += &format!(" (default {})", quote(flag.default)),
        Kind::Bool if !matches!(flag.default, "" | "false") => usage += &format!(" (default {})", flag.default),
        _ => {}
    }
    if !flag.deprecated.is_empty() {
        usage += &format!(" (DEPRECATED: {})", flag.deprecated);
    }
    (name, usage)
}

/// The name of a flag's value, and its usage without the backquotes that mark the name.
fn value_name(flag: &Flag) -> (String, String) {
    if let Some((before, rest)) = flag.usage.split_once('`')
        && let Some((name, after)) = rest.split_once('`')
    {
        return (name.to_owned(), format!("{before}{name}{after}"));
    }
    let name = match flag.kind {
        Kind::Bool => "",
        Kind::Text => "string",
        Kind::Array => "stringArray",
        Kind::Slice => "strings",
    };
    (name.to_owned(), flag.usage.clone())
}
