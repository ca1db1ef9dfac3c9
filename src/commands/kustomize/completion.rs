//! `kustomize completion SHELL`: the script that a shell loads to complete command lines.

use super::printed::Printed;
use super::program::tree;
use crate::commands::outcome::Outcome;
use crate::commands::output;
use crate::go_cli::{Call, script};

/// Prints the script.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let shell = call.args().first().map_or("", String::as_str);
    let text = script(&tree(call.program), shell, call.path).unwrap_or_default();
    match output::print(&text) {
        Outcome::Success => Ok(()),
        _ => Err(Printed.into()),
    }
}
