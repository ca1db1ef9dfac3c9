//! The commands of kustomize, for callers who invoke this program by that name: table [`COMMANDS`].
//!
//! `commands.txt` lists all commands with their flags and texts, as kustomize 5.8.1 prints them; `frame.rs` runs them.

mod cfg_cat;
mod cfg_count;
mod cfg_grep;
mod cfg_tree;
pub mod frame;
mod log;
mod package_output;
mod style;

use crate::go_cli::Call;
pub use style::style;

/// Runs a command. An error is printed the way kustomize prints it: `Error: `, the text, and the usage of the command.
type Run = fn(&Call) -> anyhow::Result<()>;

/// The commands: the words that invoke each one, and what it does.
const COMMANDS: &[(&str, Run)] = &[
    ("cfg cat", cfg_cat::run),
    ("cfg count", cfg_count::run),
    ("cfg grep", cfg_grep::run),
    ("cfg tree", cfg_tree::run),
];
