//! `render validate [PATH...]`: checks overlays, plain manifests, whole repositories, and standard input.
//!
//! The objects of a kustomization are complete: the objects they refer to should be among them. Plain manifests may be part of
//! something larger; all manifests that are named on one command line are checked together. A directory that is not a kustomization
//! is searched: kustomizations that no other one uses are built, and files that no kustomization uses are plain manifests.

mod batch;
mod inputs;
mod kinds;
mod parts;
mod sharing;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use batch::{Chosen, Found, Part};
use inputs::Selected;
pub(super) use inputs::tree;
use kinds::KindFlags;
use parts::{Group, Manifest, Parts};
use rustc_hash::FxHashSet;

use super::checking::{CheckFlags, Plans};
use super::flags::BuildFlags;
use super::{manifest, output};
use crate::check::{Plan, Reason, Report, of_build, of_files};
use crate::commands::outcome::Outcome;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::jobs;
use crate::load::Input;
use crate::records::Records;
use crate::report::{FORMATS, Format, format};
use crate::repository::{Patterns, Shard, Tree};

/// Arguments of `validate`.
#[derive(clap::Args)]
pub struct Args {
    /// Overlays, manifests, or directories to search; `-` reads standard input
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Leave out files and directories, as in `.gitignore`: `*.tmpl.yaml`, `docs/`, `/tests/broken`; may be repeated
    #[arg(long, value_name = "GLOB")]
    ignore: Vec<String>,
    #[command(flatten)]
    kinds: KindFlags,
    /// Check only this part of the overlays and directories, such as `3/16`, so that each machine of several gets one of equal cost
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Accept input without objects
    #[arg(long)]
    allow_empty: bool,
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
    let mut run = Run {
        args,
        plans: Plans::new(&args.check),
        records: Records::default(),
        report: Report::default(),
        parts: Parts::default(),
        failures: Vec::new(),
        objects: 0,
        has_searched: false,
        here: Here::default(),
        read: Read::default(),
    };
    let ignore = Arc::new(Patterns::new(args.ignore.iter().map(String::as_str)));
    let mut paths = args.paths.iter();
    while !paths.as_slice().is_empty() {
        let batch = match args.shard {
            None => batch::next(&mut paths, &ignore, &mut run.plans, &mut run.records),
            Some(shard) => batch::part(&mut paths, shard, &ignore, &mut run.plans, &mut run.records),
        };
        let parts: Vec<Part<'_>> = batch.iter().flat_map(Chosen::parts).collect();
        let builds = batch.iter().map(Chosen::builds).sum();
        let records = run.records.for_builds(args.flags.options().access());
        let work = |part: &Part<'_>| part.work(&args.flags, &records);
        jobs::in_order(args.flags.threads().min(builds), &parts, work, |part, found| run.take(part, found));
    }
    run.finish()
}

/// A run of the command.
struct Run<'a> {
    args: &'a Args,
    plans: Plans<'a>,
    records: Records,
    report: Report,
    parts: Parts,
    failures: Vec<Diagnostic>,
    /// The number of objects found so far.
    objects: usize,
    has_searched: bool,
    here: Here,
    read: Read,
}

/// The path that is being checked.
#[derive(Default)]
struct Here {
    /// Whether there was anything to check.
    is_checked: bool,
    /// Whether anything could not be checked.
    has_failed: bool,
}

/// The files that builds have read.
#[derive(Default)]
struct Read {
    /// As they were read.
    known: FxHashSet<PathBuf>,
    /// Without symbolic links.
    real: FxHashSet<PathBuf>,
}

impl Run<'_> {
    /// Adds what a build found, or checks what else a path selects.
    fn take(&mut self, part: &Part<'_>, found: Option<Found>) {
        match (part, found) {
            (Part::Build(job), Some(found)) => {
                let new = found.read.into_iter().filter(|path| self.read.known.insert(path.clone()));
                self.read.real.extend(new.filter_map(|path| std::fs::canonicalize(path).ok()));
                let result = found.built.join(job, &mut self.records);
                let checked = result.and_then(|found| self.built(found, job.plan.as_ref().map_err(Clone::clone)?));
                self.note(checked);
            }
            (Part::Begin(chosen), _) => self.records.findings.extend(chosen.findings.iter().cloned()),
            (Part::End(chosen), _) => {
                let checked =
                    chosen.selected.as_ref().map_err(Clone::clone).and_then(|selected| self.path(chosen.path, selected));
                self.note(checked);
                let here = std::mem::take(&mut self.here);
                if !here.is_checked && !here.has_failed && !self.args.allow_empty && !chosen.is_part {
                    self.failures.push(no_objects(chosen.path, &self.report));
                }
            }
            (Part::Build(_), None) => {}
        }
    }

    fn note(&mut self, checked: Result<bool>) {
        match checked {
            Ok(is_checked) => self.here.is_checked |= is_checked,
            Err(errors) => self.fail(errors),
        }
    }

    /// Adds what was found in a build; returns whether it has objects.
    fn built(&mut self, (report, objects): (Report, usize), plan: &Plan) -> Result<bool> {
        self.report.extend(of_build(plan, &mut self.records));
        self.report.extend(report);
        self.objects += objects;
        Ok(objects > 0)
    }

    /// Checks what a path selects, except its builds; returns whether there was anything to check.
    fn path(&mut self, path: &Path, selected: &Selected) -> Result<bool> {
        match selected {
            Selected::Stream => {
                let path = Path::new("<stdin>");
                let manifest = parts::named(path, manifest::stdin()?, &mut self.records)?;
                self.add(manifest, Path::new("."), Group::Stream)
            }
            Selected::File(path) => {
                let manifest = parts::named(path, Input::of_user(path).read()?, &mut self.records)?;
                let directory = path.parent().filter(|path| *path != Path::new("")).unwrap_or(Path::new("."));
                self.add(manifest, directory, Group::Named)
            }
            Selected::Build(_) => Ok(false),
            Selected::Directory(tree) => self.search(path, tree),
            Selected::Nothing(left_out) => {
                self.report.searched.left_out.extend(left_out);
                Ok(true)
            }
        }
    }

    fn add(&mut self, manifest: Manifest, directory: &Path, group: Group) -> Result<bool> {
        let plan = self.plans.on_disk(directory, &mut self.records)?;
        self.report.extend(of_files(&plan, &mut self.records));
        self.objects += manifest.objects.len();
        self.failures.extend(manifest.errors);
        self.parts.add(plan, group, manifest.objects);
        Ok(manifest.is_checked)
    }

    /// Reads the files of a directory that none of its kustomizations uses.
    fn search(&mut self, path: &Path, tree: &Tree) -> Result<bool> {
        self.has_searched = true;
        let mut is_checked = false;
        let roots = &tree.roots;
        self.report.searched.builds += roots.len();
        self.report.searched.left_out.extend(&tree.left_out);
        let mut bytes = 0;
        for (file, below) in &tree.files {
            if !roots.is_empty() && std::fs::canonicalize(&file.path).is_ok_and(|real| self.read.real.contains(&real)) {
                self.report.searched.left_out.add(Reason::Used, 1);
                continue;
            }
            let manifest = match parts::found(file, below.as_deref(), &mut bytes, &mut self.report.searched, &mut self.records) {
                Ok(manifest) => manifest,
                Err(errors) => {
                    self.fail(errors);
                    continue;
                }
            };
            if manifest.is_checked {
                let directory = file.path.parent().filter(|path| *path != Path::new("")).unwrap_or(path);
                is_checked |= self.add(manifest, directory, Group::Directory(directory.to_owned()))?;
            }
        }
        Ok(is_checked)
    }

    /// Records errors.
    fn fail(&mut self, errors: Diagnostics) {
        self.here.has_failed = true;
        self.failures.extend(errors.into_vec());
    }

    /// Prints the report.
    fn finish(mut self) -> Outcome {
        let is_io = |failure: &Diagnostic| failure.io;
        // A search goes on: what can be checked is reported.
        if self.failures.iter().any(is_io) && !self.has_searched {
            return output::failed(&self.failures, &self.records);
        }
        let parts = std::mem::take(&mut self.parts).check(&mut self.records);
        self.report.extend(parts);
        if self.report.findings().any(|finding| is_io(&finding.diagnostic)) {
            let failures: Vec<Diagnostic> = self.report.findings().map(|finding| finding.diagnostic.clone()).collect();
            return output::failed(&failures, &self.records);
        }
        let Run { args, plans, mut records, mut report, mut failures, objects, .. } = self;
        let is_io = failures.iter().any(is_io);
        report.gather(&records.sources);
        args.kinds.select(&mut report);
        if report.objects.is_empty() && objects > 0 && !args.allow_empty {
            let error = Diagnostic::error("no-objects", "all objects are of kinds that `--skip-kind` or `--only` excludes");
            failures.push(error.help("pass `--allow-empty` to accept this"));
        }
        let mut reported = FxHashSet::default();
        failures.retain(|failure| {
            reported.insert((failure.code, failure.span.map(|span| records.sources.place(span)), failure.message.clone()))
        });
        // What another part has used is not known here.
        let is_known = args.shard.is_none();
        let unused = plans.silences().flat_map(|silences| silences.refused().chain(silences.unused().filter(|_| is_known)));
        failures.into_iter().chain(unused).for_each(|diagnostic| report.add(diagnostic));
        records.findings.drain(..).for_each(|finding| report.apart.push(finding));
        match output::print(&args.format.print(&report, &records.sources)) {
            Outcome::Success if is_io => Outcome::Failure,
            Outcome::Success if report.has_errors() => Outcome::Findings,
            outcome => outcome,
        }
    }
}

/// The error for a path without objects: a check of nothing is not a success.
fn no_objects(path: &Path, report: &Report) -> Diagnostic {
    let help = "pass `--allow-empty` to accept this";
    if path == Path::new("-") {
        let error = Diagnostic::error("no-objects", "standard input contains no objects");
        return error.help(format!("check whether the command that writes it failed; {help}"));
    }
    let error = Diagnostic::error("no-objects", format!("`{}` contains no objects to check", path.display()));
    match report.searched.left_out.count(Reason::Chart) {
        0 => error.help(help),
        _ => error.help(format!("render a Helm chart with `helm template CHART | render validate -`; {help}")),
    }
}
