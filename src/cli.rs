//! The command line: which command, and what its outcome means for the shell.
//!
//! Exit code 0: done. 1: the input is wrong. 2: the command line is wrong, or something outside the input failed.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{build, render};

/// Deeply nested documents are walked recursively: the work runs on a thread with a stack that is deep enough (bytes).
const STACK: usize = 1 << 30;

/// Renders Kubernetes kustomizations: the bytes of `kustomize build`, and the place of every value.
#[derive(Parser)]
#[command(name = "render", version, args_conflicts_with_subcommands = true, max_term_width = 110, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    render: render::Args,
}

#[derive(Subcommand)]
enum Command {
    /// Print what `kustomize build` prints: same bytes, same exit codes
    Build(build::Args),
}

/// How a command ended.
pub enum Outcome {
    /// All is well.
    Success,
    /// The input is wrong; that was told.
    Findings,
    /// Something else failed; that was told.
    Failure,
}

/// Runs the command line of the process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let work = std::thread::Builder::new().stack_size(STACK).spawn(move || match cli.command {
        Some(Command::Build(args)) => build::run(&args),
        None => render::run(&cli.render),
    });
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Outcome::Success)) => ExitCode::SUCCESS,
        Ok(Ok(Outcome::Findings)) => ExitCode::from(1),
        Ok(Ok(Outcome::Failure)) | Ok(Err(_)) => ExitCode::from(2),
        Err(cause) => {
            eprintln!("error: can't start a thread: {cause}");
            ExitCode::from(2)
        }
    }
}
