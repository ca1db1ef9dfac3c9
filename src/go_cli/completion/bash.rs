//! The functions of the script for bash: one per command, with its commands, flags, and arguments.

use std::fmt::Write;

use super::super::command::{Command, Flag, Kind, Tree};

/// The functions of all commands that are listed, children first. `running` is the path of the command that prints the script: only
/// that one has its flag `--help` at that moment.
pub(super) fn functions(tree: &Tree, running: &str) -> String {
    let mut out = String::new();
    add(tree, 0, running, &mut out);
    out
}

fn add(tree: &Tree, command: usize, running: &str, out: &mut String) {
    let children: Vec<usize> = tree.children(command).filter(|child| tree.is_offered(*child)).collect();
    for child in &children {
        add(tree, *child, running, out);
    }
    let found = &tree.commands[command];
    let name = tree.full_name(command).replace(' ', "_");
    let root = if command == 0 { "_root_command" } else { "" };
    let _ = writeln!(out, "_{name}{root}()\n{{\n    last_command=\"{name}\"\n\n    command_aliases=()\n\n    commands=()");
    for child in &children {
        let child = &tree.commands[*child];
        let _ = writeln!(out, "    commands+=(\"{}\")", child.name());
        aliases(child, out);
    }
    out.push_str("\n    flags=()\n    two_word_flags=()\n    local_nonpersistent_flags=()\n");
    out.push_str("    flags_with_completion=()\n    flags_completion=()\n\n");
    let help = Flag::help(found.name());
    let mut own: Vec<&Flag> = found.flags.iter().chain((found.path == running).then_some(&help)).collect();
    own.sort_by_key(|flag| flag.name);
    for flag in own.into_iter().filter(|flag| flag.is_offered()) {
        names(flag, tree.program, out);
        if command != 0 || flag.name == "help" {
            local_names(flag, out);
        }
    }
    for flag in tree.inherited(command).iter().filter(|flag| flag.is_offered()) {
        names(flag, tree.program, out);
    }
    arguments(found, out);
}

fn aliases(command: &Command, out: &mut String) {
    if command.aliases.is_empty() {
        return;
    }
    let mut aliases = command.aliases.clone();
    aliases.sort_unstable();
    out.push_str("    if [[ -z \"${BASH_VERSION:-}\" || \"${BASH_VERSINFO[0]:-}\" -gt 3 ]]; then\n");
    for alias in aliases {
        let name = command.name();
        let _ = writeln!(out, "        command_aliases+=(\"{alias}\")\n        aliashash[\"{alias}\"]=\"{name}\"");
    }
    out.push_str("    fi\n");
}

/// The names of a flag, and what completes its value.
fn names(flag: &Flag, program: &str, out: &mut String) {
    let has_value = flag.kind != Kind::Bool;
    let value = |name: &str, out: &mut String| {
        if !flag.choices.is_empty() {
            let _ = writeln!(out, "    flags_with_completion+=(\"{name}\")");
            let _ = writeln!(out, "    flags_completion+=(\"__{program}_handle_go_custom_completion\")");
        }
    };
    let long = format!("--{}", flag.name);
    let _ = writeln!(out, "    flags+=(\"{long}{}\")", if has_value { "=" } else { "" });
    if has_value {
        let _ = writeln!(out, "    two_word_flags+=(\"{long}\")");
    }
    value(&long, out);
    if let Some(letter) = flag.letter {
        let _ = writeln!(out, "    {}flags+=(\"-{letter}\")", if has_value { "two_word_" } else { "" });
        value(&format!("-{letter}"), out);
    }
}

/// The names of a flag after which commands can't follow.
fn local_names(flag: &Flag, out: &mut String) {
    let _ = writeln!(out, "    local_nonpersistent_flags+=(\"--{}\")", flag.name);
    if flag.kind != Kind::Bool {
        let _ = writeln!(out, "    local_nonpersistent_flags+=(\"--{}=\")", flag.name);
    }
    if let Some(letter) = flag.letter {
        let _ = writeln!(out, "    local_nonpersistent_flags+=(\"-{letter}\")");
    }
}

/// The arguments of a command, and the end of its function.
fn arguments(command: &Command, out: &mut String) {
    let mut words = command.one_of.clone();
    words.sort_unstable();
    out.push_str("\n    must_have_one_flag=()\n    must_have_one_noun=()\n");
    for word in words {
        let _ = writeln!(out, "    must_have_one_noun+=(\"{word}\")");
    }
    if command.path == "help" {
        out.push_str("    has_completion_function=1\n");
    }
    out.push_str("    noun_aliases=()\n}\n\n");
}
