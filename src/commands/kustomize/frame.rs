//! What all commands of kustomize have in common: finding the command, help, usage, and errors.

use std::ffi::OsString;

use super::printed::Printed;
use super::{COMMANDS, program};
use crate::commands::outcome::Outcome;
use crate::commands::output;
use crate::go_cli::{Call, Step, plan};

/// The words of `render kustomize`, `render edit`, and the like.
#[derive(clap::Args)]
pub struct Args {
    /// Command, flags, and arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    words: Vec<OsString>,
}

impl Args {
    /// The words after the given ones.
    pub fn after(&self, first: &[&str]) -> Vec<OsString> {
        first.iter().map(OsString::from).chain(self.words.iter().cloned()).collect()
    }
}

/// Runs the command that the words name. `name` is the name that messages show: `kustomize` or `render`. Every failure is
/// exit code 1.
pub fn run(name: &'static str, words: &[OsString]) -> Outcome {
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let tree = program::tree(name);
    match plan(&tree, &words) {
        Step::Show(text, remarks) => {
            if !remarks.is_empty() {
                output::eprint(&remarks);
            }
            match output::print(&text) {
                Outcome::Success => Outcome::Success,
                _ => Outcome::Findings,
            }
        }
        Step::Refuse(text) => {
            output::eprint(&text);
            Outcome::Findings
        }
        Step::Run(call) => call_command(&call),
    }
}

fn call_command(call: &Call) -> Outcome {
    if !call.remarks.is_empty() {
        output::eprint(&call.remarks);
    }
    let found = COMMANDS.iter().find(|(path, _)| *path == call.path);
    let result = match found {
        Some((_, run)) => run(call),
        None => Err(anyhow::anyhow!("`{} {}` is not available", call.program, call.path)),
    };
    match result {
        Ok(()) => Outcome::Success,
        Err(error) => {
            if !error.is::<Printed>() {
                output::eprint(&match call.program {
                    "kustomize" => format!("Error: {error:#}\n{}", call.usage),
                    _ => format!("error: {}\n", format!("{error:#}").trim_end()),
                });
            }
            Outcome::Findings
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_that_runs_is_in_the_table_of_texts() {
        let tree = program::tree("render");
        let known = |path: &str| tree.commands.iter().any(|command| command.path == path && command.runs);
        assert!(COMMANDS.iter().all(|(path, _)| known(path)));
    }
}
