//! `render test [PATH...]`: compares overlays with their snapshots and checks their assertions.

mod filter;
mod overlay;
mod places;

use std::path::PathBuf;
use std::sync::Arc;

use super::checking::{CheckFlags, Plans};
use super::choice::{BaseFlag, SettingsFlags};
use super::flags::BuildFlags;
use super::output;
use crate::assertion::{SharedAssertion, SharedAssertions};
use crate::check::Report;
use crate::commands::outcome::Outcome;
use crate::diagnostic::{Diagnostic, Diagnostics, Result, Severity};
use crate::finding::Finding;
use crate::jobs;
use crate::load::{Disk, Files};
use crate::records::Records;
use crate::report::tests::{FORMATS, Format, format};
use crate::repository::{Shard, costs};
use crate::snapshot::{Missing, TestSettings};
use crate::suite::{Case, Subject, Suites};
use filter::Filter;
use overlay::{Options, Test, Tested};
use places::Found;

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
    /// Run only tests whose name, file, or overlay contains this text, or matches it if it contains `*`; may be repeated
    #[arg(long, value_name = "TEXT", conflicts_with = "update")]
    filter: Vec<Filter>,
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
condition for the objects that the target selects: `contains`, `exactly`, `assert` (a CEL expression), `count`, or `absent: true`. \
With `severity: warning`, a failure is only reported.

Assertions under `assert` in `.render.yaml` have the same form and apply to every overlay: to each directory below the given ones \
that no other kustomization uses, to each with tests of its own, and to those that are named. With `overlays`, an assertion \
applies to the directories that match a path or one of several, written as in `.gitignore`: `overlays/production/*`.

One invalid assertion, test file, or overlay fails and does not affect the others. With `--filter`, overlays without a matching \
test are not built; it is an error if no test matches.

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
            Outcome::Success if suites.has_io_errors() => Outcome::Failure,
            Outcome::Success if suites.failures() > 0 => Outcome::Findings,
            outcome => outcome,
        },
        Err(errors) => output::failed(&errors.into_vec(), &records),
    }
}

fn tests(args: &Args, plans: &mut Plans<'_>, records: &mut Records) -> Result<Suites> {
    let mut suites = Suites::default();
    let Found { mut places, errors } = places::find(&args.paths, args.snapshots.as_deref(), plans, records)?;
    if args.update {
        Diagnostics::check(errors)?;
    } else {
        suites.apart = errors;
    }
    if let Some(shard) = args.shard {
        let directories: Vec<PathBuf> = places.iter().map(|place| place.directory.clone()).collect();
        let disk: Arc<dyn Files> = Arc::new(Disk);
        let costs = costs(&disk, &directories);
        let share = shard.select(directories.into_iter().zip(costs));
        places.retain(|place| share.contains(&place.directory));
    }
    let missing = if args.ci || is_ci() { Missing::Fails } else { Missing::IsReported };
    let options = Options { update: args.update, missing, filter: &args.filter, flags: &args.flags };
    let tests: Vec<Test<'_>> = places.iter().map(|place| Test::new(place, &options, plans, records)).collect();
    let run = records.for_builds(args.flags.options().access());
    let (mut failed, mut pending, mut used) = (Vec::new(), Vec::new(), Vec::new());
    let mut report = Report::default();
    jobs::in_order(
        args.flags.threads(),
        &tests,
        |test| test.run(&run),
        |test, tested| {
            let Tested { mut suite, pending: plan, used: settings, found, result, filtered, records: done } = tested;
            records.join(done);
            report.extend(found);
            pending.extend(plan);
            used.extend(settings);
            if let Some(filtered) = filtered {
                *suites.filtered.get_or_insert(0) += filtered;
            }
            if let Err(errors) = result {
                if args.update {
                    failed.extend(errors.into_vec());
                    return;
                }
                let mut case = Case::new(Subject::Build, "build", &test.place.directory);
                case.findings = errors.into_vec().into_iter().map(Finding::from).collect();
                suite.cases.push(case);
            }
            if filtered.is_none() || !suite.cases.is_empty() {
                suites.list.push(suite);
            }
        },
    );
    output::findings_of_builds(report, records);
    let shared = each_once(tests.iter().flat_map(|test| &test.shared));
    suites.apart.extend(shared.iter().flat_map(|shared| malformed(shared)));
    if args.update {
        let broken = suites.apart.iter().filter(|found| found.severity == Severity::Error).cloned();
        failed.extend(broken);
    }
    Diagnostics::check(failed)?;
    // The snapshots are written after all overlays have been built.
    for plan in pending {
        plan.apply().map_err(|cause| Diagnostic::error("not-written", format!("{cause:#}")).io())?;
    }
    if suites.filtered.is_some() && suites.list.is_empty() && suites.failures() == 0 {
        return Err(nothing_matches(args, suites.filtered).into());
    }
    // What another part has used, or what the filter leaves out, is not known here.
    if args.shard.is_none() && args.filter.is_empty() {
        let all = args.paths.is_empty();
        let used: Vec<Arc<TestSettings>> = each_once(used.iter());
        suites.apart.extend(used.iter().flat_map(|settings| settings.masks.unused(all)));
        if all {
            suites.apart.extend(shared.iter().flat_map(|shared| shared.valid().filter_map(SharedAssertion::unused)));
        }
    }
    Ok(suites)
}

/// The settings, each once, in order.
fn each_once<'t, T: 't>(settings: impl Iterator<Item = &'t Arc<T>>) -> Vec<Arc<T>> {
    let mut list: Vec<Arc<T>> = Vec::new();
    for one in settings {
        if !list.iter().any(|other| Arc::ptr_eq(other, one)) {
            list.push(Arc::clone(one));
        }
    }
    list
}

/// The errors of the assertions in a settings file that are not valid, each with the name of its assertion.
fn malformed(shared: &SharedAssertions) -> impl Iterator<Item = Diagnostic> {
    shared.malformed().flat_map(|wrong| {
        let is_named = wrong.name != shared.file().display().to_string();
        let named = move |mut error: Diagnostic| {
            if is_named {
                error.message = format!("{}: {}", wrong.name, error.message);
            }
            error
        };
        wrong.errors.iter().cloned().map(named)
    })
}

fn nothing_matches(args: &Args, filtered: Option<usize>) -> Diagnostic {
    let filters = args.filter.iter().map(|filter| format!("`{filter}`")).collect::<Vec<_>>().join(" or ");
    let count = filtered.unwrap_or(0);
    let message = format!("no test matches {filters}; {count} filtered out");
    Diagnostic::error("no-tests", message).io().help("run `render test --format json` to list the names of all tests")
}

/// Whether the environment variable CI is set.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}
