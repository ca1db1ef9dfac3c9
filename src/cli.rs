//! The command line: selects the command and turns its outcome into an exit code.
//!
//! Exit code 0: success. 1: the input is invalid. 2: the command line is invalid, or something outside the input failed.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::kustomize::frame;
use crate::commands::outcome::Outcome;
use crate::commands::{affected, blame, build, catalogue, compare, deps, diff, explain, output, render, test, validate};
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
    /// Edit the kustomization in the working directory, changing only the lines that the edit concerns
    #[command(disable_help_flag = true)]
    Edit(frame::Args),
    /// Create a kustomization in the working directory
    #[command(disable_help_flag = true)]
    Create(frame::Args),
    /// Copy a kustomization with everything that it refers to, so that it builds without the network
    #[command(disable_help_flag = true)]
    Localize(frame::Args),
    /// Search and print files with objects: cat, count, grep, tree
    #[command(disable_help_flag = true)]
    Cfg(frame::Args),
    /// Run KRM functions on files with objects
    #[command(disable_help_flag = true)]
    Fn(frame::Args),
    /// Do exactly what kustomize does, as if invoked by that name
    #[command(disable_help_flag = true)]
    Kustomize(frame::Args),
}

/// Parses the arguments of the process and runs the command.
pub fn main() -> ExitCode {
    write::watch();
    std::panic::set_hook(Box::new(|panic| output::eprint(&format!("{panic}\n"))));
    let mut words = std::env::args_os();
    if words.next().is_some_and(|name| is_kustomize(&name)) {
        let words: Vec<_> = words.collect();
        return on_deep_stack(move || frame::run("kustomize", &words));
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
        Some(Command::Kustomize(args)) => frame::run("kustomize", &args.after(&[])),
        Some(Command::Edit(args)) => frame::run("render", &args.after(&["edit"])),
        Some(Command::Create(args)) => frame::run("render", &args.after(&["create"])),
        Some(Command::Localize(args)) => frame::run("render", &args.after(&["localize"])),
        Some(Command::Cfg(args)) => frame::run("render", &args.after(&["cfg"])),
        Some(Command::Fn(args)) => frame::run("render", &args.after(&["fn"])),
        None => render::run(&cli.render),
    })
}

/// Whether the program was invoked as kustomize. Scripts also call it by names such as `kustomize-v5.8.1` or `kustomize4`.
fn is_kustomize(program: &OsStr) -> bool {
    Path::new(program).file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"kustomize"))
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
