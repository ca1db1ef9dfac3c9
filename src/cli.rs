//! The command line: selects the command and turns its outcome into an exit code.
//!
//! Exit code 0: success. 1: the input is invalid. 2: the command line is invalid, or something outside the input failed.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::outcome::Outcome;
use crate::commands::{affected, blame, build, catalogue, compare, deps, diff, explain, output, render, test, validate, version};
use crate::escape::lines;
use crate::write;

/// Stack size of the worker thread, in bytes. Deeply nested documents are walked recursively.
const STACK: usize = 1 << 30;

/// Render Kubernetes kustomizations byte for byte like `kustomize build`, and validate them as the API server would.
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
    /// Print exactly what `kustomize build` prints, with the same exit codes
    Build(build::Args),
    /// Validate overlays, manifests, or standard input as the API server would
    Validate(validate::Args),
    /// Show how objects differ between two overlays, two sets of manifests, or two git revisions
    Diff(Box<diff::Args>),
    /// Compare overlays with their snapshots and check their assertions
    Test(Box<test::Args>),
    /// List the directories that a change in git affects
    Affected(affected::Args),
    /// Show the differences between environments in one table
    Compare(Box<compare::Args>),
    /// List every file that a build reads, or draw the files as a graph
    Deps(deps::Args),
    /// Show which file and step wrote each line of the output, or the full history of a field
    Blame(blame::Args),
    /// Explain what a finding means and how to fix it
    Explain(explain::Args),
    /// List the custom resources that are validated without their definitions
    Catalogue(catalogue::Args),
}

/// The command line when the program is invoked as `kustomize`, for example through a link that scripts and tools call.
#[derive(Parser)]
#[command(name = "kustomize", about = "Build kustomizations the way kustomize does", max_term_width = 110)]
struct Kustomize {
    #[command(subcommand)]
    command: KustomizeCommand,
}

#[derive(Subcommand)]
enum KustomizeCommand {
    /// Build a kustomization and print its objects
    Build(Box<build::Args>),
    /// Print the version of kustomize that this program replaces
    Version(version::Args),
}

/// Parses the arguments of the process and runs the command.
pub fn main() -> ExitCode {
    write::watch();
    std::panic::set_hook(Box::new(|panic| output::eprint(&format!("{panic}\n"))));
    if std::env::args_os().next().is_some_and(|name| Path::new(&name).file_stem().is_some_and(|stem| stem == "kustomize")) {
        return kustomize();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(text) => return printed(&text, 2),
    };
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
        Some(Command::Catalogue(args)) => catalogue::run(&args),
        None => render::run(&cli.render),
    })
}

/// Behaves like kustomize: every failure is exit code 1, including an invalid command line.
fn kustomize() -> ExitCode {
    match Kustomize::try_parse() {
        Ok(cli) => on_deep_stack(move || match cli.command {
            KustomizeCommand::Build(args) => build::run_as_kustomize(&args),
            KustomizeCommand::Version(args) => match version::run(&args) {
                Outcome::Failure => Outcome::Findings,
                other => other,
            },
        }),
        Err(text) => printed(&text, 1),
    }
}

/// Prints the help, the version, or an error of the command line; the exit code of an error is `failure`.
fn printed(text: &clap::Error, failure: u8) -> ExitCode {
    if text.use_stderr() {
        print_usage_error(text);
        return ExitCode::from(failure);
    }
    let is_terminal = std::io::stdout().is_terminal();
    match if is_terminal { text.print() } else { write::stdout(&text.render().to_string()) } {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            output::eprint(&format!("error: can't write to standard output: {cause}\n"));
            ExitCode::from(failure)
        }
    }
}

/// Prints an error of the command line. Arguments may come from file names of a tree, such as `overlays/*`.
fn print_usage_error(error: &clap::Error) {
    let text = error.render().to_string();
    if lines(&text) == text {
        let _ = error.print();
    } else {
        output::eprint(&text);
    }
}

fn on_deep_stack(command: impl FnOnce() -> Outcome + Send + 'static) -> ExitCode {
    let work = std::thread::Builder::new().stack_size(STACK).spawn(command);
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Outcome::Success)) => ExitCode::SUCCESS,
        Ok(Ok(Outcome::Findings)) => ExitCode::from(1),
        Ok(Ok(Outcome::Failure)) | Ok(Err(_)) => ExitCode::from(2),
        Err(cause) => {
            output::eprint(&format!("error: can't start a thread: {cause}\n"));
            ExitCode::from(2)
        }
    }
}
