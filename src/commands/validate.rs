//! `render validate PATH...`: checks overlays, plain manifests, directories of them, and standard input.
//!
//! The objects of a kustomization are complete: the objects they refer to should be among them. Plain manifests may be part of
//! something larger; all manifests that are named on one command line are checked together.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::checking::{CheckFlags, Plans, options};
use super::flags::BuildFlags;
use super::{manifest, output};
use crate::check::{Plan, Report, Whole, check, of_build};
use crate::commands::outcome::Outcome;
use crate::diagnostic::{Diagnostic, Result};
use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, Input};
use crate::pipeline::build;
use crate::records::Records;
use crate::report::{FORMATS, Format, format};
use crate::resource::ResMap;
use crate::yaml::Node;

/// Arguments of `validate`.
#[derive(clap::Args)]
pub struct Args {
    /// Overlays, manifests, or directories of manifests; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Output format
    #[arg(long, default_value = FORMATS[0].name, value_name = "FORMAT", value_parser = formats())]
    format: &'static Format,
    #[command(flatten)]
    check: CheckFlags,
    #[command(flatten)]
    flags: BuildFlags,
}

fn formats() -> impl clap::builder::TypedValueParser<Value = &'static Format> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.purpose));
    PossibleValuesParser::new(names).map(|name| format(&name).unwrap_or(&FORMATS[0]))
}

/// Checks everything and prints the findings.
pub fn run(args: &Args) -> Outcome {
    let mut records = Records::default();
    let mut report = Report::default();
    let mut failures: Vec<Diagnostic> = Vec::new();
    let mut plans = Plans::new(&args.check);
    let mut parts: Vec<(Plan, Vec<Node>)> = Vec::new();
    for path in &args.paths {
        match look(path, &mut plans, &args.flags, &mut records) {
            Ok(Found { plan, objects, whole: Some((whole, resources)), .. }) => {
                report.extend(of_build(&resources, &plan, &mut records));
                report.extend(check(&objects, &whole, &plan, &mut records));
            }
            Ok(Found { plan, objects, errors, whole: None }) => {
                failures.extend(errors);
                match parts.iter_mut().find(|(other, _)| other.is_like(&plan)) {
                    Some((_, all)) => all.extend(objects),
                    None => parts.push((plan, objects)),
                }
            }
            Err(errors) => failures.extend(errors.into_vec()),
        }
    }
    if failures.iter().any(|failure| failure.io) {
        return output::failed(&failures, &records);
    }
    for (plan, objects) in parts {
        report.extend(check(&objects, &Whole::Part, &plan, &mut records));
    }
    if report.findings().any(|finding| finding.diagnostic.io) {
        let failures: Vec<Diagnostic> = report.findings().map(|finding| finding.diagnostic.clone()).collect();
        return output::failed(&failures, &records);
    }
    report.gather(&records.sources);
    let unused = plans.silences().flat_map(|silences| silences.refused().chain(silences.unused()));
    failures.into_iter().chain(unused).for_each(|diagnostic| report.add(diagnostic));
    records.findings.drain(..).for_each(|finding| report.apart.push(finding));
    match output::print(&args.format.print(&report, &records.sources)) {
        Outcome::Success if report.has_errors() => Outcome::Findings,
        outcome => outcome,
    }
}

/// The contents of a path.
struct Found {
    plan: Plan,
    objects: Vec<Node>,
    /// Manifests that can't be read as YAML.
    errors: Vec<Diagnostic>,
    /// The build and all objects it produced; `None` for plain manifests.
    whole: Option<(Whole, ResMap)>,
}

fn look(path: &Path, plans: &mut Plans<'_>, flags: &BuildFlags, records: &mut Records) -> Result<Found> {
    if path == Path::new("-") {
        let plan = plans.on_disk(Path::new("."), records)?;
        let (objects, errors) = manifest::read_valid(Path::new("<stdin>"), manifest::stdin()?, records)?;
        return Ok(Found { plan, objects, errors, whole: None });
    }
    if FILE_NAMES.iter().any(|name| path.join(name).is_file()) {
        let plan = plans.on_disk(path, records)?;
        let resources = build(path, Rc::new(Disk), &options(flags, &plan), records)?;
        let objects = resources.iter().map(|resource| resource.node().clone()).collect();
        return Ok(Found { plan, objects, errors: Vec::new(), whole: Some((Whole::build(path), resources)) });
    }
    let files = Input::of_user(path).files()?;
    let directory =
        if path.is_dir() { path } else { path.parent().filter(|path| *path != Path::new("")).unwrap_or(Path::new(".")) };
    let plan = plans.on_disk(directory, records)?;
    let mut objects = Vec::new();
    let mut errors = Vec::new();
    for file in files {
        let content = file.read()?;
        match manifest::read_valid(&file.path, content, records) {
            Ok((found, wrong)) => {
                objects.extend(found);
                errors.extend(wrong);
            }
            Err(wrong) => errors.extend(wrong.into_vec()),
        }
    }
    Ok(Found { plan, objects, errors, whole: None })
}
