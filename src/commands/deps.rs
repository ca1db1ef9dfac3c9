//! `render deps DIR...`: every file that a build reads, as a list or a graph; or the objects of the build.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checking::{CheckFlags, Plans};
use super::choice::{BaseFlag, SettingsFlags};
use super::depfile;
use super::flags::BuildFlags;
use super::output;
use crate::commands::outcome::Outcome;
use crate::deps::{self, Engine, Graph, Needs, ObjectGraph, Request, draw_objects};
use crate::diagnostic::{Diagnostic, Result};
use crate::jobs;
use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, Files, tidy};
use crate::pipeline::{build, emit};
use crate::records::Records;
use crate::resource::ResMap;
use crate::settings;
use crate::yaml::Node;

/// Arguments of `deps`.
#[derive(clap::Args)]
pub struct Args {
    /// Directories that contain a kustomization
    #[arg(required = true, value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// Print the objects and what they refer to, select, and create, instead of the files
    #[arg(long)]
    objects: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Target of a rule with `--format make` or `ninja`: the file that the output of the directory is written to; `{}` stands for the
    /// directory
    #[arg(long, value_name = "FILE", default_value = "{}.yaml")]
    target: String,
    /// Omit files that are only read for validation: `.render.yaml` and the definitions that it names
    #[arg(long)]
    no_validate: bool,
    /// Settings file to use in place of each `.render.yaml`; `none` uses no settings
    #[arg(long, value_name = "FILE|none")]
    settings: Option<PathBuf>,
    #[command(flatten)]
    flags: BuildFlags,
}

/// `--format`
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// One path or URL per line, sorted; a directory with a trailing slash includes everything in it. With `--objects`: one object
    /// per line, followed by its references
    Text,
    /// An object with `nodes` (path and kind) and `edges` (which node reads which, and through which field). With `--objects`, nodes
    /// have an id, and edges a relation
    Json,
    /// A Graphviz graph
    Dot,
    /// A Mermaid graph
    Mermaid,
    /// A rule for GNU make per directory: its target depends on every file that the build reads. See `--target`; remote files are
    /// left out
    Make,
    /// The same for ninja
    Ninja,
}

impl Format {
    fn engine(self) -> Option<Engine> {
        match self {
            Format::Make => Some(Engine::Make),
            Format::Ninja => Some(Engine::Ninja),
            Format::Text | Format::Json | Format::Dot | Format::Mermaid => None,
        }
    }
}

/// Builds all directories and prints the files that were read. If there is any error, nothing is printed.
pub fn run(args: &Args) -> Outcome {
    if let Some(engine) = args.format.engine() {
        return rules(args, engine);
    }
    let mut records = Records::default();
    let mut errors: Vec<Diagnostic> = Vec::new();
    let mut objects = ObjectGraph::default();
    let mut reads = Vec::new();
    let run = records.for_builds(args.flags.options().access());
    jobs::in_order(
        args.flags.threads(),
        &args.directories,
        |directory| one(directory, args, &run),
        |_, (built, read, done)| {
            records.join(done);
            reads.extend(read);
            match built {
                Ok(nodes) => objects.add(&nodes),
                Err(error) => errors.extend(error.into_vec()),
            }
        },
    );
    if !errors.is_empty() {
        return output::failed(&errors, &records);
    }
    if args.objects {
        return output::print(&match args.format {
            Format::Text | Format::Make | Format::Ninja => draw_objects::text(&objects),
            Format::Json => draw_objects::json(&objects),
            Format::Dot => draw_objects::dot(&objects),
            Format::Mermaid => draw_objects::mermaid(&objects),
        });
    }
    let mut graph = Graph::of(&reads, &Disk);
    for directory in args.directories.iter().filter(|_| !args.no_validate) {
        if let Err(errors) = checks(directory, args.settings.as_deref(), &mut graph, &mut records) {
            return output::failed(&errors.into_vec(), &records);
        }
    }
    let print = match args.format {
        Format::Text | Format::Make | Format::Ninja => deps::text,
        Format::Json => deps::json,
        Format::Dot => deps::dot,
        Format::Mermaid => deps::mermaid,
    };
    output::print(&print(&graph))
}

/// Prints one rule per directory. If there is any error, nothing is printed.
fn rules(args: &Args, engine: Engine) -> Outcome {
    if args.objects {
        output::eprint("error: `--objects` can't be used with `--format make` or `ninja`, whose rules are about files\n");
        return Outcome::Failure;
    }
    let targets = match depfile::targets(&args.directories, &args.target) {
        Ok(targets) => targets,
        Err(error) => return output::failed(&[error], &Records::default()),
    };
    let flags = CheckFlags::of(&SettingsFlags::of(args.settings.clone()), &BaseFlag::default());
    let mut plans = Plans::new(&flags);
    let mut run = Records::default();
    let builds = run.for_builds(args.flags.options().access());
    let mut errors: Vec<Diagnostic> = Vec::new();
    let mut text = String::new();
    let jobs: Vec<_> = args.directories.iter().zip(&targets).collect();
    let work = |(directory, _): &(&PathBuf, &PathBuf)| {
        let mut records = builds.for_next_build();
        (needs(directory, args, &mut records), records)
    };
    jobs::in_order(args.flags.threads(), &jobs, work, |(directory, target), (needs, mut records)| {
        let rule = needs.and_then(|mut needs| {
            if !args.no_validate {
                plans.add_needs(directory, &mut needs, &mut records)?;
            }
            needs.rule(target, engine, &Disk)
        });
        match rule {
            Ok(rule) => text += &rule,
            Err(error) => {
                errors.extend(error.into_vec());
                run.sources.extend(records.sources);
            }
        }
    });
    if errors.is_empty() { output::print(&text) } else { output::failed(&errors, &run) }
}

/// Builds a directory, and returns what its output depends on.
fn needs(directory: &Path, args: &Args, records: &mut Records) -> Result<Needs> {
    let resources = build(directory, Arc::new(Disk), &args.flags.options(), records)?;
    emit(&resources, records)?;
    Needs::of(&records.reads.list(), &Disk)
}

/// Builds a directory: the objects, if they are needed, what was read, and the rest of the records.
fn one(directory: &Path, args: &Args, run: &Records) -> (Result<Vec<Node>>, Vec<Request>, Records) {
    let mut records = run.for_next_build();
    let built = build(directory, Arc::new(Disk), &args.flags.options(), &mut records);
    let built = built.and_then(|resources| emit(&resources, &records).map(|_| resources));
    let nodes = |resources: ResMap| resources.iter().filter(|_| args.objects).map(|resource| resource.node().clone()).collect();
    (built.map(nodes), Request::of_build(&records), records.finished())
}

/// Adds the settings files that apply to a directory and the definitions that they name.
fn checks(directory: &Path, chosen: Option<&Path>, graph: &mut Graph, records: &mut Records) -> Result<()> {
    let names = FILE_NAMES.iter().map(|name| tidy(&directory.join(name)));
    let Some(kustomization) = names.into_iter().find(|path| path.is_file()) else { return Ok(()) };
    let disk: Arc<dyn Files> = Arc::new(Disk);
    let found = chosen.map_or_else(|| settings::find(&disk, directory), settings::Place::chosen);
    for file in found {
        graph.add_check(&kustomization, None, &file.path, "settings");
        for (at, path) in settings::load(&file, records)?.crds.iter().enumerate() {
            for (definitions, _) in path.files()? {
                graph.add_check(&file.path, Some(format!("crds[{at}]")), &tidy(&definitions.path), "definitions");
            }
        }
    }
    Ok(())
}
