//! The commands and flags of the program.

use crate::go_cli::Tree;

/// All commands and flags of kustomize 5.8.1. The pages of help that are not about commands have only their titles.
const TABLE: &str = include_str!("commands.txt");

/// The same, and the commands that only this program has.
const RENDER_TABLE: &str = concat!(include_str!("commands.txt"), include_str!("render_commands.txt"));

/// All commands. `name` is the name of the program that messages show: `kustomize` or `render`.
pub fn tree(name: &'static str) -> Tree {
    Tree::of_table(name, if name == "kustomize" { TABLE } else { RENDER_TABLE })
}
