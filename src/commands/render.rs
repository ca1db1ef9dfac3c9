//! `render DIR...`: builds directories, validates the objects, and prints them as one stream.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checking::{CheckFlags, Plans, options};
use super::depfile::DepfileFlags;
use super::flags::BuildFlags;
use super::output::{self, OutputFlags};
use crate::check::{Report, Whole, check, of_build};
use crate::commands::outcome::Outcome;
use crate::deps::Needs;
use crate::diagnostic::Result;
use crate::load::Disk;
use crate::pipeline::build;
use crate::records::Records;
use crate::resource::ResMap;
use crate::yaml::Node;

/// Arguments of `render` without a command.
#[derive(clap::Args)]
pub struct Args {
    /// Directories that contain a kustomization
    #[arg(required = true, value_name = "DIR")]
    directories: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    depfile: DepfileFlags,
    /// Print the objects without validating them
    #[arg(long)]
    no_validate: bool,
    #[command(flatten)]
    check: CheckFlags,
    #[command(flatten)]
    flags: BuildFlags,
}

/// Builds all directories and prints their objects. If there is any error, nothing is printed.
pub fn run(args: &Args) -> Outcome {
    let output = match args.output.output() {
        Ok(output) => output,
        Err(outcome) => return outcome,
    };
    if let Err(outcome) = args.depfile.check(&args.output) {
        return outcome;
    }
    let mut records = Records::default();
    let mut errors = Vec::new();
    let mut report = Report::default();
    let mut built: Vec<ResMap> = Vec::new();
    let mut plans = Plans::new(&args.check);
    for directory in &args.directories {
        match one(directory, args, &mut plans, &mut report, &mut records) {
            Ok(resources) => built.push(resources),
            Err(error) => errors.extend(error.into_vec()),
        }
    }
    report.gather(&records.sources);
    plans.silences().flat_map(|silences| silences.refused()).for_each(|warning| report.add(warning));
    output::warnings(&report, &records);
    if !errors.is_empty() {
        return output::failed(&errors, &records);
    }
    if report.has_errors() {
        return output::refused(&report, &records);
    }
    let mut settings = records.for_next_build();
    let checks = |needs: &mut Needs| args.directories.iter().try_for_each(|path| plans.add_needs(path, needs, &mut settings));
    if let Some(outcome) = args.depfile.write(&output, &records, checks) {
        return outcome;
    }
    output::write(&built, &output, &records)
}

fn one(directory: &Path, args: &Args, plans: &mut Plans<'_>, report: &mut Report, records: &mut Records) -> Result<ResMap> {
    let plan = plans.on_disk(directory, records)?;
    let resources = build(directory, Arc::new(Disk), &options(&args.flags, &plan), records)?;
    report.extend(of_build(&resources, &plan, records));
    if !args.no_validate {
        let objects: Vec<Node> = resources.iter().map(|resource| resource.node().clone()).collect();
        report.extend(check(&objects, &Whole::build(directory), &plan, records));
    }
    Ok(resources)
}
