//! Builds the directories of a command, several at a time. What they find is added to the records of the run in the order of the
//! directories, as if they had been built one after the other.
//!
//! Each build has its own records. What a command needs of a build must therefore be done where it is built: checking its objects,
//! printing them, comparing them with snapshots.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checking::{Plans, options};
use super::flags::BuildFlags;
use crate::check::Plan;
use crate::diagnostic::Result;
use crate::finding::Finding;
use crate::jobs;
use crate::load::Disk;
use crate::pipeline::build;
use crate::records::Records;
use crate::resource::ResMap;

/// A directory to build, and how its objects are checked.
pub struct Job {
    /// The directory.
    pub directory: PathBuf,
    /// How its objects are checked.
    pub plan: Result<Plan>,
    /// The findings about the settings files that were read for it.
    findings: Vec<Finding>,
}

impl Job {
    /// Reads the settings for a directory on disk.
    pub fn new(directory: &Path, plans: &mut Plans<'_>, records: &mut Records) -> Self {
        let before = records.findings.len();
        let plan = plans.on_disk(directory, records);
        Job { directory: directory.to_owned(), plan, findings: records.findings.split_off(before) }
    }

    /// Builds the directory, and calls `then` with its objects; the records of the build are those of one in the run of `run`.
    pub fn run<T>(
        &self,
        flags: &BuildFlags,
        run: &Records,
        then: impl FnOnce(ResMap, &Plan, &mut Records) -> Result<T>,
    ) -> Built<T> {
        let mut records = run.for_next_build();
        let result = self.plan.as_ref().map_err(Clone::clone).and_then(|plan| {
            let resources = build(&self.directory, Arc::new(Disk), &options(flags, plan), &mut records)?;
            then(resources, plan, &mut records)
        });
        Built { result, records }
    }
}

/// What became of a job.
pub struct Built<T> {
    /// The result, or the errors.
    pub result: Result<T>,
    /// The records of the build.
    pub records: Records,
}

impl<T> Built<T> {
    /// Drops the records that the rest of the run does not need.
    pub fn finished(self) -> Self {
        Built { records: self.records.finished(), ..self }
    }

    /// Adds the records of a job to those of the run, and returns the result.
    pub fn join(self, job: &Job, records: &mut Records) -> Result<T> {
        records.findings.extend(job.findings.iter().cloned());
        records.join(self.records);
        self.result
    }
}

/// Builds directories and calls `then` with the objects of each, where they were built; and `each` with the results, in order.
pub fn each_in_order<T: Send>(
    jobs: &[Job],
    flags: &BuildFlags,
    records: &mut Records,
    then: impl Fn(&Job, ResMap, &Plan, &mut Records) -> Result<T> + Sync,
    mut each: impl FnMut(&Job, Result<T>, &mut Records),
) {
    let run = records.for_builds(flags.options().access());
    let work = |job: &Job| job.run(flags, &run, |resources, plan, records| then(job, resources, plan, records)).finished();
    jobs::in_order(flags.threads(), jobs, work, |job, built| {
        let result = built.join(job, records);
        each(job, result, records);
    });
}
