//! `render test [PATH...]`: compares overlays with their snapshots and checks their assertions.

mod places;

use std::path::PathBuf;
use std::sync::Arc;

use super::building::Job;
use super::checking::{CheckFlags, Plans};
use super::choice::{BaseFlag, SettingsFlags};
use super::flags::BuildFlags;
use super::output;
use crate::assertion::{self, Assertion, Malformed};
use crate::check::{Report, find_effects, of_build};
use crate::commands::outcome::Outcome;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::finding::Finding;
use crate::jobs;
use crate::load::{Disk, Files, Input};
use crate::records::Records;
use crate::report::tests::{FORMATS, Format, format};
use crate::repository::{Shard, costs};
use crate::resource::ResMap;
use crate::snapshot::{Folder, Missing, Plan, Snapshot, TestSettings, compare, take};
use crate::suite::{Case, Subject, Suite, Suites, Update};
use places::Place;

/// Arguments of `test`.
#[derive(clap::Args)]
#[command(after_long_help = NOTES)]
pub struct Args {
    /// Overlays, directories with overlays, or test files [default: all overlays below the working directory that have tests]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Create, update, and remove snapshots so that they match the current output
    #[arg(long, conflicts_with = "ci")]
    update: bool,
    /// Also fail on missing and obsolete snapshots; this is the default if the environment variable CI is set
    #[arg(long)]
    ci: bool,
    /// Store snapshots below this directory, under the path of each overlay, instead of next to the overlay
    #[arg(long, value_name = "DIR")]
    snapshots: Option<PathBuf>,
    /// Test only this part of the overlays, such as `3/16`, so that each machine of several gets one of equal cost
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Output format
    #[arg(long, default_value = FORMATS[0].name, value_name = "FORMAT", value_parser = formats())]
    format: &'static Format,
    #[command(flatten)]
    settings: SettingsFlags,
    #[command(flatten)]
    base: BaseFlag,
    #[command(flatten)]
    flags: BuildFlags,
}

const NOTES: &str = "\
Snapshots are stored in the directory `__snapshots__` next to the kustomization, one file per object, for example \
`deployment-shop-web.yaml`. Hashes in generated names are written as `HASH`, values of Secrets as digests, and fields that \
`.render.yaml` masks as `<masked>`. Nothing is written without `--update`.

An assertion is a YAML document in a file `NAME.render-test.yaml` next to the kustomization. It has a `name`, a `target`, and a \
condition for the objects that the target selects: `contains`, `exactly`, `assert` (a CEL expression), `count`, or `absent: true`.

Exit code 0: all tests passed. 1: a test failed, or an overlay or a test file is invalid. 2: something else failed, or there are \
no tests.";

fn formats() -> impl clap::builder::TypedValueParser<Value = &'static Format> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.purpose));
    PossibleValuesParser::new(names).map(|name| format(&name).unwrap_or(&FORMATS[0]))
}

/// Runs the tests and prints the results.
pub fn run(args: &Args) -> Outcome {
    let flags = CheckFlags::of(&args.settings, &args.base);
    let mut records = Records::default();
    match tests(args, &mut Plans::new(&flags), &mut records) {
        Ok(suites) => match output::print(&args.format.print(&suites, &records.sources)) {
            Outcome::Success if suites.failures() > 0 => Outcome::Findings,
            outcome => outcome,
        },
        Err(errors) => output::failed(&errors.into_vec(), &records),
    }
}

fn tests(args: &Args, plans: &mut Plans<'_>, records: &mut Records) -> Result<Suites> {
    let mut suites = Suites::default();
    let mut places = places::find(&args.paths, args.snapshots.as_deref(), plans, records)?;
    if let Some(shard) = args.shard {
        let directories: Vec<PathBuf> = places.iter().map(|place| place.directory.clone()).collect();
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let costs = costs(&disk, &directories);
        let share = shard.select(directories.into_iter().zip(costs));
        places.retain(|place| share.contains(&place.directory));
    }
    let tests: Vec<Test<'_>> = places.iter().map(|place| Test::new(place, args, plans, records)).collect();
    let run = records.for_builds(args.flags.options().access());
    let (mut failed, mut pending, mut used) = (Vec::new(), Vec::new(), Vec::<Arc<TestSettings>>::new());
    let mut report = Report::default();
    jobs::in_order(
        args.flags.threads(),
        &tests,
        |test| test.run(&run),
        |test, tested| {
            let Tested { mut suite, pending: plan, used: settings, found, result, records: done } = tested;
            records.join(done);
            report.extend(found);
            pending.extend(plan);
            used.extend(
                settings.into_iter().filter(|settings| !used.iter().any(|used| Arc::ptr_eq(used, settings))).collect::<Vec<_>>(),
            );
            if let Err(errors) = result {
                if errors.is_io() || args.update {
                    failed.extend(errors.into_vec());
                    return;
                }
                let mut case = Case::new(Subject::Build, "build", &test.place.directory);
                case.findings = errors.into_vec().into_iter().map(Finding::from).collect();
                suite.cases.push(case);
            }
            suites.list.push(suite);
        },
    );
    output::findings_of_builds(report, records);
    Diagnostics::check(failed)?;
    // The snapshots are written after all overlays have been built.
    for plan in pending {
        plan.apply().map_err(|cause| Diagnostic::error("not-written", format!("{cause:#}")).io())?;
    }
    // What another part has used is not known here.
    if args.shard.is_none() {
        let all = args.paths.is_empty();
        suites.apart = used.iter().flat_map(|settings| settings.masks.unused(all)).collect();
    }
    Ok(suites)
}

/// An overlay to test.
struct Test<'a> {
    args: &'a Args,
    place: &'a Place,
    job: Job,
    settings: Vec<Arc<TestSettings>>,
}

/// The result of testing an overlay.
struct Tested {
    suite: Suite,
    /// The snapshots to write at the end of the run.
    pending: Option<Plan>,
    /// The settings whose masks were used.
    used: Vec<Arc<TestSettings>>,
    /// What its build found about itself.
    found: Report,
    result: Result<()>,
    records: Records,
}

impl<'a> Test<'a> {
    /// Reads the settings of an overlay.
    fn new(place: &'a Place, args: &'a Args, plans: &mut Plans<'_>, records: &mut Records) -> Self {
        let mut job = Job::new(&place.directory, plans, records);
        let mut settings = Vec::new();
        if job.plan.is_ok() {
            match plans.tests(&place.directory, records) {
                Ok(found) => settings = found,
                Err(errors) => job.plan = Err(errors),
            }
        }
        Test { args, place, job, settings }
    }

    /// Tests the overlay; its records are those of a build in the run of `run`.
    fn run(&self, run: &Records) -> Tested {
        let suite = Suite { directory: self.place.directory.clone(), ..Suite::default() };
        let records = Records::default();
        let mut tested = Tested { suite, pending: None, used: Vec::new(), found: Report::default(), result: Ok(()), records };
        let built = self.job.run(&self.args.flags, run, |resources, plan, records| {
            find_effects(&resources, records);
            tested.found = of_build(plan, records);
            self.test(&resources, &mut tested, records)
        });
        tested.result = built.result;
        tested.records = built.records.finished();
        tested.records.findings.clear();
        tested
    }

    fn test(&self, resources: &ResMap, tested: &mut Tested, records: &mut Records) -> Result<()> {
        let Test { args, place, settings, .. } = self;
        let folder = Folder::read(&place.snapshots, &place.guard)?;
        let wanted = place.is_named && (args.update || place.tests.is_empty());
        if place.is_whole && (wanted || !folder.is_empty()) {
            let snapshots = take(resources, settings, records)?;
            tested.used.extend(settings.iter().cloned());
            self.snapshots(&snapshots, &folder, tested, records)?;
        }
        place.tests.iter().try_for_each(|file| self.assertions(file, resources, &mut tested.suite, records))
    }

    fn snapshots(&self, snapshots: &[Snapshot], folder: &Folder, tested: &mut Tested, records: &mut Records) -> Result<()> {
        let suite = &mut tested.suite;
        if self.args.update {
            let plan = folder.plan(snapshots)?;
            suite.update = Some(Update { written: plan.write.len(), removed: plan.remove.len(), unchanged: plan.unchanged });
            let file = |snapshot: &Snapshot| folder.path.join(&snapshot.file);
            let cases = snapshots.iter().map(|snapshot| Case::new(Subject::Snapshot, snapshot.id.to_string(), file(snapshot)));
            suite.cases.extend(cases);
            tested.pending = Some(plan);
        } else if folder.is_empty() {
            let directory = suite.directory.display();
            let message = format!("`{directory}` has neither snapshots nor a test file `*{}`", assertion::ENDING);
            let error = Diagnostic::error("no-tests", message)
                .help(format!("run `render test --update {directory}` to create snapshots"));
            let mut case = Case::new(Subject::Build, "tests", &folder.path);
            case.findings.push(error.into());
            suite.cases.push(case);
        } else {
            let missing = if self.args.ci || is_ci() { Missing::Fails } else { Missing::IsReported };
            suite.cases.extend(compare(snapshots, folder, missing, records));
        }
        Ok(())
    }

    /// Runs the assertions of a file. A file that can't be read counts as a failed test.
    fn assertions(&self, file: &Input, resources: &ResMap, suite: &mut Suite, records: &mut Records) -> Result<()> {
        let malformed = |name: String, errors: Diagnostics| {
            let mut case = Case::new(Subject::Assertion, name, &file.path);
            case.findings = errors.into_vec().into_iter().map(Finding::from).collect();
            case
        };
        match assertion::read(file, records) {
            Ok(read) => {
                let (valid, wrong): (Vec<_>, Vec<_>) = read.into_iter().partition(|read| read.is_ok());
                let valid: Vec<Assertion> = valid.into_iter().filter_map(std::result::Result::ok).collect();
                let wrong: Vec<Malformed> = wrong.into_iter().filter_map(std::result::Result::err).collect();
                if self.args.update && !wrong.is_empty() {
                    let errors = wrong.into_iter().flat_map(|wrong| wrong.errors.into_vec());
                    return Diagnostics::check(errors.collect());
                }
                suite.cases.extend(wrong.into_iter().map(|Malformed { name, errors }| malformed(name, errors)));
                suite.cases.extend(assertion::run(&valid, resources, records));
            }
            Err(errors) if errors.is_io() || self.args.update => return Err(errors),
            Err(errors) => {
                suite.cases.push(malformed(file.path.display().to_string(), errors));
            }
        }
        Ok(())
    }
}

/// Whether the environment variable CI is set.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}
