//! The command line: which command, and what its outcome means for the shell.
//!
//! Exit code 0: done. 1: the input is wrong. 2: the command line is wrong, or something outside the input failed.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::outcome::Outcome;
use crate::commands::{affected, blame, build, compare, deps, diff, explain, render, test, validate, version};

/// Deeply nested documents are walked recursively: the work runs on a thread with a stack that is deep enough (bytes).
const STACK: usize = 1 << 30;

/// Renders Kubernetes kustomizations: the bytes of `kustomize build`, checked as the API server would check them.
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
    /// Check overlays, manifests or standard input as the API server would
    Validate(validate::Args),
    /// Tell what a change does to every object: two overlays, two sets of manifests, or revisions in git
    Diff(Box<diff::Args>),
    /// Compare overlays with their snapshots, and check what is asserted about them
    Test(Box<test::Args>),
    /// List the directories that a change in git touches
    Affected(affected::Args),
    /// Show what differs between environments, as one table
    Compare(Box<compare::Args>),
    /// List every file that builds read, or draw which kustomization reads which
    Deps(deps::Args),
    /// Tell who wrote each line of the output, or all values that a field ever had
    Blame(blame::Args),
    /// Tell what the code of a finding means
    Explain(explain::Args),
}

/// The command line under the name `kustomize`: a link to the program stands in for it in scripts and tools.
#[derive(Parser)]
#[command(name = "kustomize", about = "Builds kustomizations as kustomize does", max_term_width = 110)]
struct Kustomize {
    #[command(subcommand)]
    command: KustomizeCommand,
}

#[derive(Subcommand)]
enum KustomizeCommand {
    /// Print what a kustomization makes
    Build(Box<build::Args>),
    /// Print the version of kustomize that this stands in for
    Version(version::Args),
}

/// Runs the command line of the process.
pub fn main() -> ExitCode {
    if std::env::args_os().next().is_some_and(|name| Path::new(&name).file_stem().is_some_and(|stem| stem == "kustomize")) {
        return kustomize();
    }
    let cli = Cli::parse();
    on_deep_stack(move || match cli.command {
        Some(Command::Affected(args)) => affected::run(&args),
        Some(Command::Build(args)) => build::run(&args),
        Some(Command::Validate(args)) => validate::run(&args),
        Some(Command::Compare(args)) => compare::run(&args),
        Some(Command::Deps(args)) => deps::run(&args),
        Some(Command::Diff(args)) => diff::run(&args),
        Some(Command::Test(args)) => test::run(&args),
        Some(Command::Blame(args)) => blame::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        None => render::run(&cli.render),
    })
}

/// As kustomize: whatever fails is exit code 1, a wrong command line too.
fn kustomize() -> ExitCode {
    match Kustomize::try_parse() {
        Ok(cli) => on_deep_stack(move || match cli.command {
            KustomizeCommand::Build(args) => build::run(&args),
            KustomizeCommand::Version(args) => version::run(&args),
        }),
        Err(error) => {
            let _ = error.print();
            ExitCode::from(u8::from(error.use_stderr()))
        }
    }
}

fn on_deep_stack(command: impl FnOnce() -> Outcome + Send + 'static) -> ExitCode {
    let work = std::thread::Builder::new().stack_size(STACK).spawn(command);
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
