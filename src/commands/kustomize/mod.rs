//! The commands of kustomize, for callers who invoke this program by that name: table [`COMMANDS`].
//!
//! `commands.txt` lists all commands with their flags and texts, as kustomize 5.8.1 prints them; `frame.rs` runs them.

mod built;
mod create;
mod detect;
mod edit_add_configmap;
mod edit_add_secret;
mod edit_fix;
mod edit_remove_configmap;
mod edit_remove_secret;
mod edit_set_configmap;
mod edit_set_secret;
mod edited_tree;
pub mod frame;
mod generator_entry;
mod generator_flags;
mod glob;
mod go_path;
mod key_values;
mod loader;
mod log;
mod vars_to_replacements;

use crate::go_cli::Call;

/// Runs a command. An error is printed the way kustomize prints it: `Error: `, the text, and the usage of the command.
type Run = fn(&Call) -> anyhow::Result<()>;

/// The commands: the words that invoke each one, and what it does.
const COMMANDS: &[(&str, Run)] = &[
    ("create", create::run),
    ("edit add configmap", edit_add_configmap::run),
    ("edit add secret", edit_add_secret::run),
    ("edit fix", edit_fix::run),
    ("edit remove configmap", edit_remove_configmap::run),
    ("edit remove secret", edit_remove_secret::run),
    ("edit set configmap", edit_set_configmap::run),
    ("edit set secret", edit_set_secret::run),
];
