//! `render diff OLD NEW`, `render diff --base REV [DIR...]`: what a change does to objects.

mod overlays;
mod side;

use std::path::{Path, PathBuf};

use super::flags::BuildFlags;
use super::output;
use crate::cli::Outcome;
use crate::diff::format::{FORMATS, Format, LEAST_SIZE, Style, format};
use crate::diff::{Diff, FILTERS, Filters, Options};
use overlays::Failure;

/// Arguments of `diff`.
#[derive(clap::Args)]
#[command(after_long_help = NOTES)]
pub struct Args {
    /// OLD and NEW: overlays, manifests, directories of manifests; `-` is standard input. With `--base`: overlays
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Compare overlays with those of a revision: a branch, a tag, or a commit
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The new side, when it is not the work tree
    #[arg(long, value_name = "REV", requires = "base")]
    head: Option<String>,
    /// Compare with the best common ancestor of both sides, as `git diff --merge-base` does
    #[arg(long, requires = "base")]
    merge_base: bool,
    /// Name all overlays, not only those that the change touches
    #[arg(long, requires = "base", conflicts_with = "paths")]
    all: bool,
    /// Print the differences of the other overlays when one does not build; the exit code is 2 all the same
    #[arg(long, requires = "base")]
    keep_going: bool,
    /// The sides are two environments: names are compared without prefix, suffix and namespace, and what a change does to a
    /// cluster is not told
    #[arg(long)]
    compare_environments: bool,
    /// How differences are printed
    #[arg(long, default_value = FORMATS[0].name, value_name = "FORMAT", value_parser = formats())]
    format: &'static Format,
    /// The most bytes of `markdown`: where it is more, changes are told by their paths alone, or by names [default: 65536]
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(LEAST_SIZE as u64..))]
    max_size: Option<u64>,
    /// Show the values of Secrets
    #[arg(long)]
    show_secrets: bool,
    /// Hide a field and all below it: `spec.replicas`, `metadata.annotations[a/*]`, `Deployment/web:spec.replicas`
    #[arg(long, value_name = "PATH", value_parser = path)]
    ignore: Vec<String>,
    /// Hide the objects of a kind
    #[arg(long, value_name = "KIND")]
    ignore_kind: Vec<String>,
    /// Hide known noise
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = named_filters())]
    filter: Vec<String>,
    /// When the output is coloured
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,
    /// Exit with 0 although there are differences
    #[arg(long)]
    exit_zero: bool,
    #[command(flatten)]
    flags: BuildFlags,
}

const NOTES: &str = "\
Objects are one by what they were called before the build changed their names; lists are compared by their merge keys. A new name of \
generated content is told once, at the object, and not at each reference to it. Values of Secrets are masked.

With `--base REV` each overlay is built twice: from git's objects, and from the work tree (or from `--head REV`; then no work tree \
is needed). Without directories these are all overlays below the working directory that the change touches.

With `--format json-patch` the output is a JSON array with an entry per object: `overlay`, `change`, `old`, `new`, `notes`, `masked`, \
`patchable`, and for an object on both sides `patch`, a list of RFC 6902 operations. `patchable` is true if `kubectl patch --type=json` can \
make the change. A patch with masked values begins with a test that fails; `--show-secrets` writes the values.

Exit code 0: nothing differs. 1: something differs. 2: a side does not build, or the command line is wrong; nothing is printed then.";

/// `--color`
#[derive(Clone, Copy, clap::ValueEnum)]
enum Color {
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

/// A path that is hidden, as it was written.
fn path(text: &str) -> Result<String, String> {
    Filters::default().add_path(text).map(|()| text.to_owned())
}

/// Prints the differences.
pub fn run(args: &Args) -> Outcome {
    let mut filters = Filters::default();
    args.filter.iter().for_each(|name| _ = filters.add_named(name));
    args.ignore.iter().for_each(|path| _ = filters.add_path(path));
    args.ignore_kind.iter().for_each(|kind| filters.add_kind(kind));
    let across = args.base.is_none() && args.paths.iter().all(|path| path.is_dir());
    let options = Options { across, environments: args.compare_environments, show_secrets: args.show_secrets, filters };
    let found = match (&args.base, args.paths.as_slice()) {
        (None, [old, new]) => overlays::pair(old, new, args, &options),
        (None, _) => Err(Failure::usage("two paths are compared: `render diff OLD NEW`; or `render diff --base REV [DIR...]`")),
        (Some(base), _) => overlays::revisions(base, args, &options),
    };
    match found {
        Ok(diff) => tell(&diff, args),
        Err(Failure(text)) => {
            output::eprint(&text);
            Outcome::Failure
        }
    }
}

fn tell(diff: &Diff, args: &Args) -> Outcome {
    let failed = diff.overlays.iter().filter_map(|overlay| overlay.error.as_deref()).collect::<Vec<_>>();
    output::eprint(&failed.join("\n"));
    if !failed.is_empty() && !args.keep_going {
        return Outcome::Failure;
    }
    let max_size = args.max_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    let style = Style { color: args.color.is_wanted(), max_size };
    match output::print(&(args.format.write)(diff, style)) {
        Outcome::Success if !failed.is_empty() => Outcome::Failure,
        Outcome::Success if !diff.is_empty() && !args.exit_zero => Outcome::Findings,
        outcome => outcome,
    }
}

impl Color {
    fn is_wanted(self) -> bool {
        use std::io::IsTerminal;
        let is_unwanted = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self {
            Color::Auto => !is_unwanted() && std::io::stdout().is_terminal(),
            Color::Always => true,
            Color::Never => false,
        }
    }
}

/// The name of a side, as it is shown.
fn name(path: &Path) -> String {
    if path == Path::new("-") { "<stdin>".into() } else { crate::load::tidy(path).display().to_string() }
}
