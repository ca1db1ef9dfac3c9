//! Tests one overlay: its snapshots, its assertions, and those of the settings.

use std::path::Path;
use std::sync::Arc;

use super::filter::{Filter, takes, takes_overlay};
use super::places::{Place, applicable};
use crate::assertion::{self, Assertion, Malformed, SharedAssertion, SharedAssertions};
use crate::check::{Report, find_effects, of_build};
use crate::commands::building::Job;
use crate::commands::checking::Plans;
use crate::commands::flags::BuildFlags;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::finding::Finding;
use crate::load::Input;
use crate::records::Records;
use crate::resource::ResMap;
use crate::snapshot::{Folder, Missing, Plan, Snapshot, TestSettings, compare, take, title};
use crate::suite::{Case, Subject, Suite, Update};

/// How overlays are tested.
pub struct Options<'a> {
    /// Whether snapshots are to be updated.
    pub update: bool,
    /// How missing snapshots are treated.
    pub missing: Missing,
    /// Which tests run.
    pub filter: &'a [Filter],
    /// How overlays are built.
    pub flags: &'a BuildFlags,
}

/// An overlay to test.
pub struct Test<'a> {
    options: &'a Options<'a>,
    /// The overlay.
    pub place: &'a Place,
    job: Job,
    settings: Vec<Arc<TestSettings>>,
    /// The assertions of the settings that apply to its directory.
    pub shared: Vec<Arc<SharedAssertions>>,
}

/// The result of testing an overlay.
pub struct Tested {
    /// The tests.
    pub suite: Suite,
    /// The snapshots to write at the end of the run.
    pub pending: Option<Plan>,
    /// The settings whose masks were used.
    pub used: Vec<Arc<TestSettings>>,
    /// The number of tests that the filter left out; `None` without a filter.
    pub filtered: Option<usize>,
    /// What its build found about itself.
    pub found: Report,
    /// Errors outside of any test.
    pub result: Result<()>,
    /// What was read.
    pub records: Records,
}

impl<'a> Test<'a> {
    /// Reads the settings of an overlay.
    pub fn new(place: &'a Place, options: &'a Options<'a>, plans: &mut Plans<'_>, records: &mut Records) -> Self {
        let mut job = Job::new(&place.directory, plans, records);
        let (mut settings, mut shared) = (Vec::new(), Vec::new());
        if job.plan.is_ok() {
            let found = plans.tests(&place.directory, records);
            match found.and_then(|found| Ok((found, plans.assertions(&place.directory, records)?))) {
                Ok(found) => (settings, shared) = found,
                Err(errors) => job.plan = Err(errors),
            }
        }
        Test { options, place, job, settings, shared }
    }

    /// Tests the overlay; its records are those of a build in the run of `run`.
    pub fn run(&self, run: &Records) -> Tested {
        let suite = Suite { directory: self.place.directory.clone(), ..Suite::default() };
        let filtered = (!self.options.filter.is_empty()).then_some(0);
        let (found, records) = (Report::default(), Records::default());
        let mut tested = Tested { suite, pending: None, used: Vec::new(), filtered, found, result: Ok(()), records };
        if let Some(count) = self.left_out() {
            return Tested { filtered: Some(count), ..tested };
        }
        let built = self.job.run(self.options.flags, run, |resources, plan, records| {
            find_effects(&resources, records);
            tested.found = of_build(plan, records);
            self.test(&resources, &mut tested, records)
        });
        tested.result = built.result;
        tested.records = built.records.finished();
        tested.records.findings.clear();
        tested
    }

    /// The number of tests if the filter matches none of them, as far as their names are known before the build.
    fn left_out(&self) -> Option<usize> {
        if self.takes_all() {
            return None;
        }
        let mut names: Vec<(String, &Path)> = Vec::new();
        names.extend(self.applicable().map(|shared| (shared.assertion.name.clone(), Path::new(""))));
        for file in &self.place.tests {
            let read = assertion::read(file, &mut Records::default()).into_iter().flatten();
            let name = |read| match read {
                Ok(Assertion { name, .. }) | Err(Malformed { name, .. }) => name,
            };
            names.extend(read.map(|read| (name(read), file.path.as_path())));
        }
        // A snapshot that can't be read is reported when the overlay is tested.
        let folder = Folder::read(&self.place.snapshots, &self.place.guard).ok()?;
        let kept = folder.files.iter().filter(|_| self.place.is_whole);
        let files: Vec<(String, std::path::PathBuf)> =
            kept.filter_map(|(file, content)| Some((title(content)?, folder.path.join(file)))).collect();
        names.extend(files.iter().map(|(title, file)| (title.clone(), file.as_path())));
        let is_taken = names.iter().any(|(name, file)| self.takes(name, file));
        (!is_taken).then_some(names.len())
    }

    /// Whether all tests of the overlay are to run.
    fn takes_all(&self) -> bool {
        takes_overlay(self.options.filter, &self.place.directory)
    }

    /// Whether a test is to run.
    fn takes(&self, name: &str, file: &Path) -> bool {
        self.takes_all() || takes(self.options.filter, name, file)
    }

    /// The assertions of the settings that apply to the overlay.
    fn applicable(&self) -> impl Iterator<Item = &SharedAssertion> {
        let shared = self.shared.iter().filter(|_| self.place.is_whole);
        shared.flat_map(|shared| applicable(shared, &self.place.directory, self.place.takes_all))
    }

    fn test(&self, resources: &ResMap, tested: &mut Tested, records: &mut Records) -> Result<()> {
        let mut errors = Vec::new();
        let mut keep = |result: Result<()>| errors.extend(result.err().into_iter().flat_map(Diagnostics::into_vec));
        keep(self.snapshots(resources, tested, records));
        for file in &self.place.tests {
            keep(self.assertions(file, resources, tested, records));
        }
        let (taken, others): (Vec<_>, Vec<_>) =
            self.applicable().partition(|shared| self.takes(&shared.assertion.name, Path::new("")));
        leave_out(tested, others.len());
        let cases = assertion::run_shared(taken.into_iter(), &self.place.directory, resources, records);
        tested.suite.cases.extend(cases);
        Diagnostics::check(errors)
    }

    /// Compares or updates the snapshots, if the overlay has any or is to have some.
    fn snapshots(&self, resources: &ResMap, tested: &mut Tested, records: &mut Records) -> Result<()> {
        let Test { options, place, settings, .. } = self;
        let mut folder = Folder::read(&place.snapshots, &place.guard)?;
        let has_others = !place.tests.is_empty() || self.applicable().next().is_some();
        let is_requested = place.is_named && (options.update || !has_others);
        if !place.is_whole || (!is_requested && folder.is_empty()) {
            return Ok(());
        }
        if folder.is_empty() && !options.update {
            tested.suite.cases.push(self.no_tests(&folder));
            return Ok(());
        }
        let mut snapshots = take(resources, settings, records)?;
        tested.used.extend(settings.iter().cloned());
        if options.update {
            return self.update(&snapshots, &folder, tested);
        }
        let before = snapshots.len();
        let is_taken = |file: &str, name: &str| self.takes(name, &folder.path.join(file));
        let (taken, others): (Vec<Snapshot>, Vec<Snapshot>) =
            snapshots.into_iter().partition(|snapshot| is_taken(&snapshot.file, &snapshot.id.to_string()));
        snapshots = taken;
        leave_out(tested, before - snapshots.len());
        // The files of objects that are left out are not obsolete.
        let path = folder.path.clone();
        let is_left_out = |file: &str| others.iter().any(|other| other.file == file);
        folder.files.retain(|file, content| {
            let name = title(content).unwrap_or_default();
            !is_left_out(file) && (snapshots.iter().any(|one| one.file == *file) || self.takes(&name, &path.join(file)))
        });
        tested.suite.cases.extend(compare(&snapshots, &folder, options.missing, records));
        Ok(())
    }

    fn update(&self, snapshots: &[Snapshot], folder: &Folder, tested: &mut Tested) -> Result<()> {
        let plan = folder.plan(snapshots)?;
        let suite = &mut tested.suite;
        suite.update = Some(Update { written: plan.write.len(), removed: plan.remove.len(), unchanged: plan.unchanged });
        let file = |snapshot: &Snapshot| folder.path.join(&snapshot.file);
        let cases = snapshots.iter().map(|snapshot| Case::new(Subject::Snapshot, snapshot.id.to_string(), file(snapshot)));
        suite.cases.extend(cases);
        tested.pending = Some(plan);
        Ok(())
    }

    fn no_tests(&self, folder: &Folder) -> Case {
        let directory = self.place.directory.display();
        let message = format!("`{directory}` has neither snapshots nor a test file `*{}`", assertion::ENDING);
        let error =
            Diagnostic::error("no-tests", message).help(format!("run `render test --update {directory}` to create snapshots"));
        let mut case = Case::new(Subject::Build, "tests", &folder.path);
        case.findings.push(error.into());
        case
    }

    /// Runs the assertions of a file. A file that can't be read counts as a failed test.
    fn assertions(&self, file: &Input, resources: &ResMap, tested: &mut Tested, records: &mut Records) -> Result<()> {
        let shown = file.path.display().to_string();
        let read = assertion::read(file, records).unwrap_or_else(|errors| vec![Err(Malformed { name: shown, errors })]);
        let name = |read: &Result<Assertion, Malformed>| match read {
            Ok(Assertion { name, .. }) | Err(Malformed { name, .. }) => name.clone(),
        };
        let (taken, others): (Vec<_>, Vec<_>) = read.into_iter().partition(|read| self.takes(&name(read), &file.path));
        leave_out(tested, others.len());
        let (mut valid, mut wrong) = (Vec::new(), Vec::new());
        for read in taken {
            match read {
                Ok(assertion) => valid.push(assertion),
                Err(malformed) => wrong.push(malformed),
            }
        }
        if self.options.update && !wrong.is_empty() {
            return Diagnostics::check(wrong.into_iter().flat_map(|wrong| wrong.errors.into_vec()).collect());
        }
        for Malformed { name, errors } in wrong {
            let mut case = Case::new(Subject::Assertion, name, &file.path);
            case.findings = errors.into_vec().into_iter().map(Finding::from).collect();
            tested.suite.cases.push(case);
        }
        tested.suite.cases.extend(assertion::run(&valid, resources, records));
        Ok(())
    }
}

fn leave_out(tested: &mut Tested, count: usize) {
    if let Some(filtered) = &mut tested.filtered {
        *filtered += count;
    }
}
