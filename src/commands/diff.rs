//! `render diff OLD NEW` and `render diff --base REV [DIR...]`: how a change affects objects.

mod args;
mod checks;
mod documents;
mod overlays;
mod side;
mod touched;

use super::output;
use crate::commands::outcome::Outcome;
use crate::diff::format::Style;
use crate::diff::{Diff, Filters, Options, OverlayDiff};
pub use args::Args;
use overlays::{Failure, WORKING_TREE};

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
        (None, _) => Err(Failure::usage(
            "expected two paths or a base revision: `render diff OLD NEW` or `render diff --base REV [DIR...]`",
        )),
        (Some(base), _) => overlays::revisions(base, args, &options),
    };
    match found {
        Ok(diff) => report(diff, args),
        Err(Failure { text, is_usage: false }) if args.format.shows_errors => report(nothing(text, args), args),
        Err(Failure { text, .. }) => {
            output::eprint(&text);
            Outcome::Failure
        }
    }
}

/// The result if nothing can be compared, for example because the base revision does not exist.
fn nothing(error: String, args: &Args) -> Diff {
    let head = args.head.clone().unwrap_or_else(|| WORKING_TREE.into());
    let sides = [args.base.clone().unwrap_or_default(), head];
    let overlay = OverlayDiff { name: ".".into(), error: Some(error), ..OverlayDiff::default() };
    Diff { sides, overlays: vec![overlay], ..Diff::default() }
}

fn report(diff: Diff, args: &Args) -> Outcome {
    let diff = Diff { title: args.title.clone().unwrap_or_default(), ..diff };
    let failed = diff.overlays.iter().filter_map(|overlay| overlay.error.as_deref()).collect::<Vec<_>>();
    output::eprint(&failed.join("\n"));
    if !failed.is_empty() && !args.keep_going && !args.format.shows_errors {
        return Outcome::Failure;
    }
    let max_size = args.max_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    let style = Style { color: args.color.is_wanted(), max_size, no_fold: args.no_fold, full: args.full };
    match output::print(&(args.format.write)(&diff, style)) {
        Outcome::Success if !failed.is_empty() => Outcome::Failure,
        Outcome::Success if args.fails(&diff) => Outcome::Findings,
        outcome => outcome,
    }
}
