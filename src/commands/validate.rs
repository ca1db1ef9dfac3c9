//! `render validate [PATH...]`: checks overlays, plain manifests, whole repositories, and standard input.
//!
//! The objects of a kustomization are complete: the objects they refer to should be among them. Plain manifests may be part of
//! something larger; all manifests that are named on one command line are checked together. A directory that is not a kustomization
//! is searched: kustomizations that no other one uses are built, and files that no kustomization uses are plain manifests.

mod inputs;
mod kinds;
mod parts;
mod sharing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use inputs::Selected;
use kinds::KindFlags;
use parts::{Group, Manifest, Parts};
use rustc_hash::FxHashSet;

use super::checking::{CheckFlags, Plans, options};
use super::flags::BuildFlags;
use super::{manifest, output};
use crate::check::{Reason, Report, Whole, check, of_build, of_files};
use crate::commands::outcome::Outcome;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::load::{Disk, Input};
use crate::pipeline::build;
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
    };
    let ignore = Arc::new(Patterns::new(args.ignore.iter().map(String::as_str)));
    if let Some(shard) = args.shard {
        run.part(shard, &ignore);
        return run.finish();
    }
    for path in &args.paths {
        let failures = run.failures.len();
        let checked =
            inputs::select(path, &ignore, &mut run.plans, &mut run.records).and_then(|selected| run.path(path, selected));
        let is_empty = match checked {
            Ok(is_checked) => !is_checked && failures == run.failures.len(),
            Err(errors) => run.fail(errors),
        };
        if is_empty && !args.allow_empty {
            run.failures.push(no_objects(path, &run.report));
        }
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
}

impl Run<'_> {
    /// Checks a part of what all paths select together.
    fn part(&mut self, shard: Shard, ignore: &Arc<Patterns>) {
        let (mut paths, mut selected) = (Vec::new(), Vec::new());
        for path in &self.args.paths {
            match inputs::select(path, ignore, &mut self.plans, &mut self.records) {
                Ok(found) => {
                    paths.push(path);
                    selected.push(found);
                }
                Err(errors) => _ = self.fail(errors),
            }
        }
        let is_any = sharing::share(&mut selected, shard);
        for (path, selected) in paths.iter().zip(selected) {
            if let Err(errors) = self.path(path, selected) {
                self.fail(errors);
            }
        }
        if let Some(path) = paths.first().filter(|_| !is_any && !self.args.allow_empty) {
            self.failures.push(no_objects(path, &self.report));
        }
    }

    /// Checks what a path selects; returns whether there was anything to check.
    fn path(&mut self, path: &Path, selected: Selected) -> Result<bool> {
        match selected {
            Selected::Stream => {
                let path = Path::new("<stdin>");
                let manifest = parts::named(path, manifest::stdin()?, &mut self.records)?;
                self.add(manifest, Path::new("."), Group::Stream)
            }
            Selected::File(path) => {
                let manifest = parts::named(&path, Input::of_user(&path).read()?, &mut self.records)?;
                let directory = path.parent().filter(|path| *path != Path::new("")).unwrap_or(Path::new("."));
                self.add(manifest, directory, Group::Named)
            }
            Selected::Build(directory) => self.build(&directory),
            Selected::Directory(tree) => self.search(path, *tree),
            Selected::Nothing(left_out) => {
                self.report.searched.left_out.extend(&left_out);
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

    fn build(&mut self, directory: &Path) -> Result<bool> {
        let plan = self.plans.on_disk(directory, &mut self.records)?;
        let resources = build(directory, Arc::new(Disk), &options(&self.args.flags, &plan), &mut self.records)?;
        let objects: Vec<_> = resources.iter().map(|resource| resource.node().clone()).collect();
        self.report.extend(of_build(&resources, &plan, &mut self.records));
        self.report.extend(check(&objects, &Whole::build(directory), &plan, &mut self.records));
        self.objects += objects.len();
        Ok(!objects.is_empty())
    }

    /// Builds the kustomizations of a directory that no other one uses, and reads the files that none of them uses.
    fn search(&mut self, path: &Path, tree: Tree) -> Result<bool> {
        self.has_searched = true;
        let mut is_checked = false;
        let roots = &tree.roots;
        for directory in roots {
            match self.build(directory) {
                Ok(found) => is_checked |= found,
                Err(errors) => is_checked |= self.fail(errors),
            }
        }
        self.report.searched.builds += roots.len();
        self.report.searched.left_out.extend(&tree.left_out);
        let read = if roots.is_empty() { BTreeSet::new() } else { self.read() };
        let mut bytes = 0;
        for (file, below) in &tree.files {
            if std::fs::canonicalize(&file.path).is_ok_and(|real| read.contains(&real)) {
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

    /// The files that builds have read, without symbolic links.
    fn read(&self) -> BTreeSet<PathBuf> {
        let list = self.records.reads.list();
        let paths: FxHashSet<&PathBuf> = list.iter().filter(|read| !read.what.is_remote()).map(|read| &read.path).collect();
        paths.into_iter().filter_map(|path| std::fs::canonicalize(path).ok()).collect()
    }

    /// Records errors; what has errors is not empty.
    fn fail(&mut self, errors: Diagnostics) -> bool {
        self.failures.extend(errors.into_vec());
        false
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
