//! `render DIR...`: builds directories, validates the objects, and prints them as one stream.

use std::path::PathBuf;

use super::building::{self, Job};
use super::checking::{CheckFlags, Plans};
use super::depfile::DepfileFlags;
use super::flags::BuildFlags;
use super::output::{self, OutputFlags, Printed};
use crate::check::{Plan, Report, Whole, check, find_effects, of_build};
use crate::commands::outcome::Outcome;
use crate::deps::Needs;
use crate::diagnostic::Diagnostics;
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
    let mut printed = Vec::with_capacity(args.directories.len());
    let mut plans = Plans::new(&args.check);
    let jobs: Vec<Job> = args.directories.iter().map(|directory| Job::new(directory, &mut plans, &mut records)).collect();
    let then = |job: &Job, mut resources: ResMap, plan: &Plan, records: &mut Records| {
        Ok((checked(job, &resources, args, plan, records), Printed::new(&mut resources, &output, records)))
    };
    building::each_in_order(&jobs, &args.flags, &mut records, then, |job, result, records| match (result, &job.plan) {
        (Ok((found, text)), Ok(plan)) => {
            report.extend(of_build(plan, records));
            report.extend(found);
            printed.push(text);
        }
        (result, _) => errors.extend(result.err().into_iter().flat_map(Diagnostics::into_vec)),
    });
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
    if let Some(outcome) = args.depfile.write(&printed, &output, &records, checks) {
        return outcome;
    }
    output::write(printed, &output, &records)
}

/// The findings in the objects of a build.
fn checked(job: &Job, resources: &ResMap, args: &Args, plan: &Plan, records: &mut Records) -> Report {
    find_effects(resources, records);
    if args.no_validate {
        return Report::default();
    }
    let objects: Vec<Node> = resources.iter().map(|resource| resource.node().clone()).collect();
    check(&objects, &Whole::build(&job.directory), plan, records)
}
