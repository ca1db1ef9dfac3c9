//! `render compare DIR DIR...`: the differences between environments in one table.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::building::Job;
use super::checking::{CheckFlags, Plans};
use super::choice::{BaseFlag, SettingsFlags};
use super::flags::BuildFlags;
use super::output;
use crate::check::{Plan, Report, find_effects, of_build};
use crate::commands::outcome::Outcome;
use crate::compare::format::{FORMATS, Format, Layout, format};
use crate::compare::views::{VIEWS, View, view};
use crate::compare::{Environment, Filter, Options, Sort, compare, from_directories, ranks};
use crate::confidential::Copies;
use crate::escape::line;
use crate::jobs;
use crate::pipeline::emit;
use crate::records::Records;
use crate::resource::{Pattern, ResMap};
use crate::yaml::provenance::Provenance;

/// Arguments of `compare`.
#[derive(clap::Args)]
#[command(after_long_help = notes())]
pub struct Args {
    /// Directories that contain a kustomization, one per environment
    #[arg(required = true, num_args = 2.., value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// Names of the environments, in the order of the directories [default: the last part of the paths that differs]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    name: Vec<String>,
    /// What to compare
    #[arg(long, default_value = VIEWS[0].name, value_name = "VIEW", value_parser = views())]
    view: &'static View,
    /// Compare every field; same as `--view all`
    #[arg(long, conflicts_with = "view")]
    all: bool,
    /// Include only objects of these kinds
    #[arg(long, value_name = "PATTERN", value_parser = Pattern::new)]
    kind: Vec<Pattern>,
    /// Include only objects with these names, or kinds and names (`Deployment/web`)
    #[arg(long, value_name = "PATTERN", value_parser = Pattern::new)]
    object: Vec<Pattern>,
    /// Include only these fields
    #[arg(long, value_name = "PATTERN", value_parser = Pattern::new)]
    field: Vec<Pattern>,
    /// Show only rows with differences (the default)
    #[arg(long, conflicts_with = "same")]
    only_different: bool,
    /// Also show rows without differences
    #[arg(long)]
    same: bool,
    /// Order of objects and fields
    #[arg(long, value_enum, default_value_t, value_name = "ORDER")]
    sort: Sort,
    /// Show whole lists, every field of what an environment does not have, and all lines of long values, as CSV and JSON always do
    #[arg(long)]
    full: bool,
    /// Show the values of Secrets
    #[arg(long)]
    show_secrets: bool,
    /// Output format
    #[arg(long, default_value = FORMATS[0].name, value_name = "FORMAT", value_parser = formats())]
    format: &'static Format,
    /// Line length at which text output is wrapped [default: that of the terminal; 60 per column if there is none]
    #[arg(long, value_name = "NUMBER")]
    width: Option<usize>,
    #[command(flatten)]
    settings: SettingsFlags,
    #[command(flatten)]
    base: BaseFlag,
    #[command(flatten)]
    flags: BuildFlags,
}

fn notes() -> String {
    let ranks = ranks().collect::<Vec<_>>().join("; ");
    format!(
        "\
Objects are matched by kind and by the name they had before prefixes, suffixes, and hashes; list items are matched by their \
merge keys. A PATTERN is a regular expression that must match the whole text, as in the target of a patch, and the option may \
be repeated. A cell is `-` if the environment does not have the object or the field. Values of Secrets are shown as `***`. If \
they differ, a number follows, and equal values have the same number.

The order of importance is: {ranks}. An object is as important as its most important difference.

Long values are wrapped. A list of more than four items has one row per item that differs. A list or mapping that an environment \
does not have is shown as its keys: `A, B, C (3 keys)`.

Exit code 0: the comparison is complete, with or without differences. 1: a directory does not build. 2: the command line is \
invalid, or something else failed."
    )
}

fn views() -> impl TypedValueParser<Value = &'static View> {
    let names = VIEWS.iter().map(|view| PossibleValue::new(view.name).help(view.purpose));
    PossibleValuesParser::new(names).map(|name| view(&name).unwrap_or(&VIEWS[0]))
}

fn formats() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.purpose));
    PossibleValuesParser::new(names).map(|name| format(&name).unwrap_or(&FORMATS[0]))
}

/// Builds all directories and prints the differences. If there is any error, nothing is printed.
pub fn run(args: &Args) -> Outcome {
    let names = match names(args) {
        Ok(names) => names,
        Err(error) => {
            output::eprint(&format!("error: {}\n", line(&error)));
            return Outcome::Failure;
        }
    };
    let mut records = Records::default();
    let check = CheckFlags::of(&args.settings, &args.base);
    let mut plans = Plans::new(&check);
    let jobs: Vec<Job> = args.directories.iter().map(|directory| Job::new(directory, &mut plans, &mut records)).collect();
    let run = records.for_builds(args.flags.options().access());
    // Objects that can't be printed can't be compared.
    let printable = |objects: ResMap, plan: &Plan, records: &mut Records| {
        emit(&objects, records)?;
        find_effects(&objects, records);
        Ok((objects, of_build(plan, records)))
    };
    let (mut built, mut errors, mut found) = (Vec::new(), Vec::new(), Report::default());
    jobs::in_order(
        args.flags.threads(),
        &jobs,
        |job| job.run(&args.flags, &run, printable),
        |job, mut one| {
            let provenance = std::mem::take(&mut one.records.provenance);
            match one.join(job, &mut records) {
                Ok((objects, report)) => {
                    built.push((objects, provenance));
                    found.extend(report);
                }
                Err(error) => errors.extend(error.into_vec()),
            }
        },
    );
    if !errors.is_empty() {
        return output::failed(&errors, &records);
    }
    output::findings_of_builds(found, &records);
    let builds: Vec<(&ResMap, &Provenance)> = built.iter().map(|(objects, provenance)| (objects, provenance)).collect();
    let named = names.into_iter().zip(&builds);
    let environments: Vec<Environment<'_>> = named.map(|(name, (objects, _))| Environment { name, objects }).collect();
    let filter = Filter { kinds: args.kind.clone(), objects: args.object.clone(), fields: args.field.clone(), same: args.same };
    let copies = builds.iter().map(|(objects, provenance)| Copies::of_build(objects, &records.sources, provenance));
    let copies: Vec<Copies<'_>> = copies.collect();
    let view = if args.all { view("all").unwrap_or(args.view) } else { args.view };
    let full = args.full || args.format.is_complete;
    let table = compare(
        &environments,
        &Options { view, filter, copies: &copies, show_secrets: args.show_secrets, full, sort: args.sort },
    );
    let masks = copies.first().filter(|copies| !args.show_secrets && !copies.is_empty());
    let table = match masks {
        Some(copies) => table.map(|text| copies.cut(text)),
        None => table,
    };
    let text = (args.format.print)(&table, &Layout { width: args.width.or_else(terminal_width), full });
    output::print(&match masks {
        Some(copies) => copies.cut(text),
        None => text,
    })
}

/// The names of the environments.
fn names(args: &Args) -> std::result::Result<Vec<String>, String> {
    let count = args.directories.len();
    if !args.name.is_empty() && args.name.len() != count {
        return Err(format!("`--name` gives {} of {count} names; give one name per directory", args.name.len()));
    }
    let names = if args.name.is_empty() { from_directories(&args.directories) } else { args.name.clone() };
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        Some(name) => Err(format!("two environments are called `{name}`; use `--name` to give each directory a unique name")),
        None => Ok(names),
    }
}

/// The width of the terminal; `None` if standard output is not a terminal.
#[cfg(unix)]
fn terminal_width() -> Option<usize> {
    let stdout = std::io::stdout();
    let size = stdout.is_terminal().then(|| rustix::termios::tcgetwinsize(&stdout).ok())??;
    Some(usize::from(size.ws_col)).filter(|width| *width > 0)
}

#[cfg(not(unix))]
fn terminal_width() -> Option<usize> {
    let columns = std::io::stdout().is_terminal().then(|| std::env::var("COLUMNS").ok())??;
    columns.parse().ok().filter(|width| *width > 0)
}
