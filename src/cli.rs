//! The command line: selects the command and turns its outcome into an exit code.
//!
//! Exit code 0: success. 1: the input is invalid. 2: the command line is invalid, or something outside the input failed.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::{ArgMatches, Args, FromArgMatches};

use crate::commands::kustomize::frame;
use crate::commands::outcome::Outcome;
use crate::commands::{
    affected, blame, build, catalogue, compare, deps, diff, explain, external_diff, output, render, schema, test, validate,
};
use crate::escape::lines;
use crate::jobs;
use crate::write;

/// The first line of the help.
const ABOUT: &str =
    "Render Kubernetes kustomizations byte for byte like `kustomize build`, and validate them as the API server would";

/// The end of the help.
const VARIABLES: &str = "\
Environment variables:
  RENDER_THREADS    How many directories are built at a time: 1 starts no threads [default: the number of processors]
  RENDER_CACHE_DIR  Directory for the copies of remote repositories and files";

/// The commands, in the order of the help.
static COMMANDS: &[&(dyn Command + Sync)] = &[
    &Own { name: "build", about: "Print exactly what `kustomize build` prints, with the same exit codes", run: build::run },
    &Own {
        name: "validate",
        about: "Validate overlays, manifests, or standard input as the API server would",
        run: validate::run,
    },
    &Own {
        name: "diff",
        about: "Show how objects differ between two overlays, two sets of manifests, or two git revisions",
        run: diff::run,
    },
    &Own { name: "test", about: "Compare overlays with their snapshots and check their assertions", run: test::run },
    &Own { name: "affected", about: "List the directories that a change in git affects", run: affected::run },
    &Own { name: "compare", about: "Show the differences between environments in one table", run: compare::run },
    &Own { name: "deps", about: "List every file that a build reads, or draw the files as a graph", run: deps::run },
    &Own {
        name: "blame",
        about: "Show which file and step wrote each line of the output, or the full history of a field",
        run: blame::run,
    },
    &Own { name: "explain", about: "Explain what a finding means and how to fix it", run: explain::run },
    &Own {
        name: "catalogue",
        about: "List the custom resources that are validated without their definitions",
        run: catalogue::run,
    },
    &Own { name: "schema", about: "Print the JSON Schema of an output in JSON", run: schema::run },
    &Kustomize {
        name: "edit",
        about: "Edit the kustomization in the working directory, changing only the lines that the edit concerns",
    },
    &Kustomize { name: "create", about: "Create a kustomization in the working directory" },
    &Kustomize {
        name: "localize",
        about: "Copy a kustomization with everything that it refers to, so that it builds without the network",
    },
    &Kustomize { name: "cfg", about: "Search and print files with objects: cat, count, grep, tree" },
    &Kustomize { name: "fn", about: "Run KRM functions on files with objects" },
    &Kustomize { name: "kustomize", about: "Do exactly what kustomize does, as if invoked by that name" },
];

/// A command of the command line.
trait Command {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Its arguments. They are built only if they are needed.
    fn define(&self) -> clap::Command;

    /// Runs it with the arguments that were parsed.
    fn run(&self, matches: &ArgMatches) -> Result<Outcome, clap::Error>;
}

/// A command with its own arguments.
struct Own<A> {
    name: &'static str,
    about: &'static str,
    run: fn(&A) -> Outcome,
}

/// A command that kustomize has, too, with the same arguments. Under the name `kustomize`, it does all that kustomize does.
struct Kustomize {
    name: &'static str,
    about: &'static str,
}

impl<A: Args> Command for Own<A> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn define(&self) -> clap::Command {
        clap::Command::new(self.name).about(self.about).defer(with_arguments::<A>)
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome, clap::Error> {
        Ok((self.run)(&A::from_arg_matches(matches)?))
    }
}

impl Command for Kustomize {
    fn name(&self) -> &'static str {
        self.name
    }

    fn define(&self) -> clap::Command {
        clap::Command::new(self.name).about(self.about).disable_help_flag(true).defer(with_arguments::<frame::Args>)
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome, clap::Error> {
        let args = frame::Args::from_arg_matches(matches)?;
        Ok(match self.name {
            "kustomize" => frame::run("kustomize", &args.after(&[])),
            name => frame::run("render", &args.after(&[name])),
        })
    }
}

/// Adds arguments to a command, which keeps its description.
fn with_arguments<A: Args>(command: clap::Command) -> clap::Command {
    let about = command.get_about().cloned().unwrap_or_default();
    A::augment_args(command).about(about).long_about(None)
}

/// Parses the arguments of the process and runs the command.
pub fn main() -> ExitCode {
    write::watch();
    std::panic::set_hook(Box::new(|panic| output::eprint(&format!("{panic}\n"))));
    let words: Vec<_> = std::env::args_os().collect();
    if words.first().is_some_and(|name| is_kustomize(name)) {
        return on_deep_stack(move || frame::run("kustomize", &words[1..]));
    }
    let words = external_diff::in_order(words, std::env::var(external_diff::VARIABLE).ok().as_deref());
    let named = COMMANDS.iter().find(|command| words.get(1).is_some_and(|word| word == command.name()));
    let matches = match definition(named.copied()).try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(text) => return printed(&text, 2),
    };
    on_deep_stack(move || {
        run(&matches).unwrap_or_else(|error| {
            print_usage_error(&error);
            Outcome::Failure
        })
    })
}

/// The whole command line. If its first word is the name of a command, only that command is necessary.
fn definition(named: Option<&(dyn Command + Sync)>) -> clap::Command {
    let program = clap::Command::new("render").version(env!("CARGO_PKG_VERSION")).max_term_width(110);
    match named {
        Some(command) => program.subcommand(command.define()),
        None => with_arguments::<render::Args>(program.about(ABOUT))
            .args_conflicts_with_subcommands(true)
            .arg_required_else_help(true)
            .after_help(VARIABLES)
            .subcommands(COMMANDS.iter().map(|command| command.define())),
    }
}

fn run(matches: &ArgMatches) -> Result<Outcome, clap::Error> {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok(render::run(&render::Args::from_arg_matches(matches)?));
    };
    let named = COMMANDS.iter().find(|command| command.name() == name);
    named.map_or(Ok(Outcome::Failure), |command| command.run(matches))
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
    match if is_terminal { text.print() } else { write::stdout(&[text.render().to_string()]) } {
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
    let work = std::thread::Builder::new().stack_size(jobs::STACK).spawn(command);
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
