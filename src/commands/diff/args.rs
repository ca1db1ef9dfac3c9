//! Arguments of `diff`, and its `--help`.

use std::path::{Path, PathBuf};

use crate::commands::choice::SettingsFlags;
use crate::commands::flags::BuildFlags;
use crate::diff::format::{FORMATS, Format, LEAST_SIZE, LONGEST_TITLE, format};
use crate::diff::{Class, Diff, FILTERS, Filters};
use crate::repository::Shard;

/// Arguments of `diff`.
#[derive(clap::Args)]
#[command(after_long_help = NOTES)]
pub struct Args {
    /// OLD and NEW: each an overlay, a file of manifests or other YAML, a directory of such files, or `-` for standard input. With
    /// `--base`: overlays, or patterns such as `'overlays/*'`, which match overlays of both sides
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Accept a side without objects
    #[arg(long, conflicts_with = "base")]
    pub(super) allow_empty: bool,
    /// Compare overlays with a git revision: a branch, a tag, or a commit
    #[arg(long, value_name = "REV", required_if_eq_any([("settings_from", "base"), ("settings_from", "head")]))]
    pub(super) base: Option<String>,
    /// Revision to use as the new side [default: the working tree]
    #[arg(long, value_name = "REV", requires = "base")]
    pub(super) head: Option<String>,
    /// Compare with the merge base (best common ancestor) of both sides, like `git diff --merge-base`
    #[arg(long, requires = "base")]
    pub(super) merge_base: bool,
    /// Include all overlays, not only those that the change affects
    #[arg(long, requires = "base", conflicts_with = "paths")]
    pub(super) all: bool,
    /// Compare only this part of the overlays, such as `3/16`, so that each machine of several gets one of equal cost
    #[arg(long, requires = "base", value_name = "I/N")]
    pub(super) shard: Option<Shard>,
    /// If an overlay does not build, print the differences of the others anyway; the exit code is still 2
    #[arg(long, requires = "base")]
    pub(super) keep_going: bool,
    /// Treat the sides as two environments: match objects by name without prefix, suffix, and namespace, and omit notes about
    /// effects in a cluster
    #[arg(long)]
    pub(super) compare_environments: bool,
    /// Output format
    #[arg(long, default_value = FORMATS[0].name, value_name = "FORMAT", value_parser = formats())]
    pub(super) format: &'static Format,
    /// Title of the report in `markdown` and `html` output. Comments with different titles can coexist on a pull request
    #[arg(long, value_name = "TEXT", value_parser = title)]
    pub(super) title: Option<String>,
    /// Maximum size of `markdown` output in characters, as GitHub and GitLab count them; larger output is reduced to changed paths
    /// or to object names [default: 65536, the maximum on GitHub; on GitLab it is 1000000]
    #[arg(long, value_name = "CHARACTERS", value_parser = clap::value_parser!(u64).range(LEAST_SIZE as u64..))]
    pub(super) max_size: Option<u64>,
    /// Show each object by itself, even if several objects or overlays have the same changes
    #[arg(long)]
    pub(super) no_fold: bool,
    /// Show the whole of objects that are added or removed, not only what they contain in a few words
    #[arg(long)]
    pub(super) full: bool,
    /// Show the values of Secrets
    #[arg(long)]
    pub(super) show_secrets: bool,
    /// Hide a field and everything below it: `spec.replicas`, `metadata.annotations[a/*]`, `Deployment/web:spec.replicas`
    #[arg(long, value_name = "PATH", value_parser = path)]
    pub(super) ignore: Vec<String>,
    /// Hide all objects of a kind
    #[arg(long, value_name = "KIND")]
    pub(super) ignore_kind: Vec<String>,
    /// Hide common noise
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = named_filters())]
    pub(super) filter: Vec<String>,
    /// When to color the output
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: Color,
    /// Differences for which the exit code is 1: any difference, or only those with these effects in a cluster [default: any]
    #[arg(long, value_name = "EFFECT", value_delimiter = ',', conflicts_with_all = ["exit_zero", "compare_environments"])]
    pub(super) fail_on: Vec<FailOn>,
    /// Exit with 0 even if there are differences
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Exit with 1 if the new side has errors that the old side does not have, even with `--exit-zero`
    #[arg(long)]
    pub(super) check: bool,
    /// Compare only the findings of the builds, without validating the objects
    #[arg(long)]
    pub(super) no_validate: bool,
    #[command(flatten)]
    pub(super) settings: SettingsFlags,
    #[command(flatten)]
    pub(super) flags: BuildFlags,
}

const NOTES: &str = "\
Objects are matched by the names they had before the build changed them, and list items by their merge keys. If the name of a \
generated object changes with its content, the new name is shown once, at the object, and not at each reference to it. Values \
of Secrets are masked.

In a directory, a file is read if its name ends with `.yaml`, `.yml`, or `.json`, or if it contains only objects, so `kubectl diff` can \
use this program: `KUBECTL_EXTERNAL_DIFF=\"render diff --allow-empty\" kubectl diff -f DIR`. Documents that are not objects, such as Helm \
values, are matched by the path of their file; two files are compared document by document. A side without objects is an error, unless \
`--allow-empty` is given.

With `--base REV`, each overlay is built twice: once from the git objects of REV, and once from the working tree, or from `--head \
REV`, which requires no working tree. Without directories, all overlays below the working directory that the change affects are \
compared.

Both sides are validated like `render validate` does, and the findings of the new side that the old side does not have are shown: errors, \
warnings, and notes about objects and builds. Findings that only the old side has are counted.

Each side is built with its own settings (`.render.yaml`). With `--base`, the settings of the base decide about the findings of both sides, so \
that a change can't silence what it introduces. `--settings-from base` uses those of the base for the builds, too, and `--settings-from \
head` uses those of the new side for everything. Without `--base`, the settings of a side also decide about its findings.

A file that git ignores is in no revision. `revisions.missing` in `.render.yaml` names a file in the same directory that is read in its \
place on both sides, and each replaced file is reported. The entries of both sides count, unless `--settings` or `--settings-from` makes \
the settings of both sides the same.

With `--format json-patch`, the output is a JSON array with one entry per object: `overlay`, `change`, `old`, `new`, `notes`, `masked`, \
`patchable`, and, for an object on both sides, `patch`, a list of RFC 6902 operations. `patchable` is true if `kubectl patch --type=json` \
can make the change. A patch with masked values starts with a test that fails; `--show-secrets` writes the values.

Notes describe effects in a cluster. Those about data that is lost come first and are counted (`destroys data: 1`). Each has a class \
(`data-loss`, `recreate`, `restart`, or `info`) and a name; `render explain NAME` describes it. The notes assume that objects are deleted \
from the cluster when they are removed from the manifests.

Exit code 0: no differences, or none that `--fail-on` names. 1: differences found. 2: a side does not build, or the command line is \
invalid. If a side does not build, the formats `json`, `markdown`, `html`, `github`, and `gitlab` contain its errors and the differences \
of the other overlays, so that a job can post them. The other formats print nothing, unless `--keep-going` is given.";

/// `--fail-on`
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FailOn {
    /// Data is deleted, or pods start without it
    DataLoss,
    /// An object must be deleted and recreated
    Recreate,
    /// Pods restart
    Restart,
    /// Any difference
    Any,
}

/// `--color`
#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn formats() -> impl clap::builder::TypedValueParser<Value = &'static Format> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.purpose));
    PossibleValuesParser::new(names).map(|name| format(&name).unwrap_or(&FORMATS[0]))
}

fn named_filters() -> impl clap::builder::TypedValueParser<Value = String> {
    use clap::builder::{PossibleValue, PossibleValuesParser};
    PossibleValuesParser::new(FILTERS.iter().map(|filter| PossibleValue::new(filter.name).help(filter.purpose)))
}

/// Checks the length of a title and returns it unchanged.
fn title(text: &str) -> Result<String, String> {
    match text.chars().count() {
        0..=LONGEST_TITLE => Ok(text.to_owned()),
        length => Err(format!("expected at most {LONGEST_TITLE} characters, found {length}")),
    }
}

/// Checks the syntax of a path to hide and returns it unchanged.
fn path(text: &str) -> Result<String, String> {
    Filters::default().add_path(text).map(|()| text.to_owned())
}

impl Args {
    /// Whether the differences make the command fail.
    pub(super) fn fails(&self, diff: &Diff) -> bool {
        let is_met = self.fail_on.iter().any(|fail_on| fail_on.is_met(diff));
        let differs = !self.exit_zero && (is_met || (self.fail_on.is_empty() && FailOn::Any.is_met(diff)));
        differs || (self.check && diff.introduces_errors())
    }
}

impl FailOn {
    /// Whether a diff has such a difference.
    pub(super) fn is_met(self, diff: &Diff) -> bool {
        let class = match self {
            FailOn::DataLoss => Class::DataLoss,
            FailOn::Recreate => Class::Recreate,
            FailOn::Restart => Class::Restart,
            FailOn::Any => return !diff.is_empty(),
        };
        diff.overlays.iter().any(|overlay| overlay.noted(class) > 0)
    }
}

impl Color {
    pub(super) fn is_wanted(self) -> bool {
        use std::io::IsTerminal;
        let is_unwanted = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self {
            Color::Auto => !is_unwanted() && std::io::stdout().is_terminal(),
            Color::Always => true,
            Color::Never => false,
        }
    }
}

/// The name of a side in the output.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") { "<stdin>".into() } else { crate::load::tidy(path).display().to_string() }
}
