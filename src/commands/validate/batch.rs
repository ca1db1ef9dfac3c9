//! Paths of the command line whose builds run at the same time, and what these builds find.
//!
//! Files are read between builds, and settings are read when the first file or build needs them. A batch therefore ends with the
//! first path that is more than a build.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::inputs::{Selected, select};
use super::sharing::share;
use crate::check::{Plan, Report, Whole, check, find_effects};
use crate::commands::building::{Built, Job};
use crate::commands::checking::Plans;
use crate::commands::flags::BuildFlags;
use crate::diagnostic::Result;
use crate::finding::Finding;
use crate::records::Records;
use crate::repository::{Patterns, Shard};
use crate::resource::ResMap;
use crate::yaml::Node;

/// A path with what it selects.
pub struct Chosen<'p> {
    /// The path.
    pub path: &'p Path,
    /// What it selects.
    pub selected: Result<Selected>,
    /// What was found when it was selected.
    pub findings: Vec<Finding>,
    /// Whether the rest of what it selects is in other shards.
    pub is_part: bool,
    /// Its builds.
    jobs: Vec<Job>,
}

/// A part of a batch, in order: the beginning of a path, its builds, then everything else that it selects.
pub enum Part<'b> {
    /// The beginning.
    Begin(&'b Chosen<'b>),
    /// A build.
    Build(&'b Job),
    /// The rest.
    End(&'b Chosen<'b>),
}

/// What a build found.
pub struct Found {
    /// The findings in its objects, and their number.
    pub built: Built<(Report, usize)>,
    /// The files that it read.
    pub read: Vec<PathBuf>,
}

/// The next batch of paths.
pub fn next<'p>(
    paths: &mut impl Iterator<Item = &'p PathBuf>,
    ignore: &Arc<Patterns>,
    plans: &mut Plans<'_>,
    records: &mut Records,
) -> Vec<Chosen<'p>> {
    let mut batch = Vec::new();
    for path in paths {
        let before = records.findings.len();
        let selected = select(path, ignore, plans, records);
        let findings = records.findings.split_off(before);
        let jobs = jobs(&selected, plans, records);
        let is_last = !matches!(selected, Ok(Selected::Build(_) | Selected::Nothing(_)));
        batch.push(Chosen { path, selected, findings, is_part: false, jobs });
        if is_last {
            break;
        }
    }
    batch
}

/// A part of what all paths select together, as one batch.
pub fn part<'p>(
    paths: &mut impl Iterator<Item = &'p PathBuf>,
    shard: Shard,
    ignore: &Arc<Patterns>,
    plans: &mut Plans<'_>,
    records: &mut Records,
) -> Vec<Chosen<'p>> {
    let mut batch: Vec<Chosen<'_>> = Vec::new();
    for path in paths {
        let before = records.findings.len();
        let selected = select(path, ignore, plans, records);
        let findings = records.findings.split_off(before);
        batch.push(Chosen { path, selected, findings, is_part: false, jobs: Vec::new() });
    }
    let is_part = share(batch.iter_mut().filter_map(|chosen| chosen.selected.as_mut().ok()).collect(), shard);
    for chosen in &mut batch {
        chosen.is_part = is_part;
        chosen.jobs = jobs(&chosen.selected, plans, records);
    }
    batch
}

fn jobs(selected: &Result<Selected>, plans: &mut Plans<'_>, records: &mut Records) -> Vec<Job> {
    let mut job = |directory: &PathBuf| Job::new(directory, plans, records);
    match selected {
        Ok(Selected::Build(directory)) => vec![job(directory)],
        Ok(Selected::Directory(tree)) => tree.roots.iter().map(job).collect(),
        _ => Vec::new(),
    }
}

impl Chosen<'_> {
    /// The number of builds.
    pub fn builds(&self) -> usize {
        self.jobs.len()
    }

    /// The parts, in order.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        [Part::Begin(self)].into_iter().chain(self.jobs.iter().map(Part::Build)).chain([Part::End(self)])
    }
}

impl Part<'_> {
    /// Builds and checks what is to be built. The records of the build are those of one in the run of `run`.
    pub fn work(&self, flags: &BuildFlags, run: &Records) -> Option<Found> {
        let Part::Build(job) = self else { return None };
        let built = job.run(flags, run, |resources, plan, records| Ok(checked(job, &resources, plan, records)));
        let list = built.records.reads.list().into_iter();
        let read = list.filter(|read| !read.what.is_remote()).map(|read| read.path).collect();
        Some(Found { built: built.finished(), read })
    }
}

fn checked(job: &Job, resources: &ResMap, plan: &Plan, records: &mut Records) -> (Report, usize) {
    find_effects(resources, records);
    let objects: Vec<Node> = resources.iter().map(|resource| resource.node().clone()).collect();
    (check(&objects, &Whole::build(&job.directory), plan, records), objects.len())
}
