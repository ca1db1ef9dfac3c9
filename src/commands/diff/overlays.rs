//! Compares overlays, several at a time. If there is only one, both of its sides are built at the same time.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{Args, name};
use super::checks::{Checks, SettingsOf};
use super::side::{Loaded, has_kustomization};
use super::touched::touched;
use crate::check::Revisions;
use crate::commands::affected::{Between, Comparison};
use crate::commands::choice::Whose;
use crate::diagnostic::Diagnostic;
use crate::diff::{Diff, Options, OverlayDiff, compare_checked};
use crate::escape::line;
use crate::jobs;
use crate::load::{Files, tidy};
use crate::records::Records;
use crate::report::human;
use crate::source::Sources;

/// The name of the new side without `--head`.
pub const WORKING_TREE: &str = "working tree";

/// Why nothing can be compared, formatted for people.
pub struct Failure {
    /// The reason.
    pub text: String,
    /// Whether the command line is the reason, so that no format reports it.
    pub is_usage: bool,
}

impl Failure {
    /// The command line is invalid.
    pub fn usage(message: &str) -> Self {
        Failure { text: format!("error: {}\n", line(message)), is_usage: true }
    }
}

impl From<Diagnostic> for Failure {
    fn from(error: Diagnostic) -> Self {
        Failure { text: human::diagnostic(&error, &Sources::default()), is_usage: false }
    }
}

/// Compares two paths.
pub fn pair(old: &Path, new: &Path, args: &Args, options: &Options) -> Result<Diff, Failure> {
    if old == Path::new("-") && new == Path::new("-") {
        return Err(Failure::usage("standard input can be used for one side only"));
    }
    let sides = [name(old), name(new)];
    let shown = if sides[0] == sides[1] { sides[0].clone() } else { sides.join(" -> ") };
    let run = Records::default().for_builds(args.flags.options().access());
    let checks = Checks { validate: !args.no_validate, settings: None, revisions: &Revisions::default() };
    let load = |path: &&Path| Loaded::path(path, args, &checks, &run);
    let loaded = jobs::all(args.flags.threads(), &[old, new], load).into_iter().collect::<Result<Vec<_>, _>>();
    let compare = |mut loaded: Vec<Loaded>| {
        Loaded::name_alike(&mut loaded);
        both(&shown, &loaded, options)
    };
    let overlay = loaded.and_then(compare);
    let overlay = overlay.unwrap_or_else(|error| OverlayDiff { name: shown, error: Some(error), ..OverlayDiff::default() });
    Ok(Diff { sides, overlays: vec![overlay], ..Diff::default() })
}

/// Compares overlays of a revision with those of the working tree or another revision.
pub fn revisions(base: &str, args: &Args, options: &Options) -> Result<Diff, Failure> {
    let records = Records::default();
    let between = Between {
        since: base,
        until: args.head.as_deref(),
        merge_base: args.merge_base,
        help: "name both revisions: `--base A --head B`",
        settings: &args.settings,
    };
    let failed = |errors: crate::diagnostic::Diagnostics| {
        let texts: Vec<String> = errors.into_vec().iter().map(|error| human::diagnostic(error, &records.sources)).collect();
        Failure { text: texts.join("\n"), is_usage: false }
    };
    let comparison = Comparison::new(&between, &args.flags, &records).map_err(failed)?;
    let mut directories: Vec<PathBuf> = match args.paths.as_slice() {
        [] if args.all => comparison.leaves(),
        [] => comparison.touched(),
        paths => {
            let named: Vec<_> = paths.iter().map(|path| comparison.named(path)).collect::<Result<_, _>>().map_err(failed)?;
            let mut seen = BTreeSet::new();
            named.into_iter().flatten().filter(|directory| seen.insert(directory.clone())).collect()
        }
    };
    let share = comparison.share(args.shard, directories.iter().cloned().collect());
    directories.retain(|directory| share.contains(directory));
    let (threads, run) = (args.flags.threads(), &records);
    let threads_of_side = if directories.len() < 2 { threads } else { 1 };
    let sides = Sides { comparison: &comparison, args, run, revisions: comparison.revisions(), threads: threads_of_side };
    let overlays = jobs::all(threads, &directories, |directory| {
        let shown = tidy(&comparison.shown(directory)).display().to_string();
        let found = overlay(&shown, directory, &sides, options);
        found.unwrap_or_else(|error| OverlayDiff { name: shown, error: Some(error), ..OverlayDiff::default() })
    });
    let head = args.head.clone().unwrap_or_else(|| WORKING_TREE.into());
    Ok(Diff { sides: [comparison.since.clone(), head], overlays, ..Diff::default() })
}

/// The sides to compare.
struct Sides<'a> {
    comparison: &'a Comparison<'a>,
    args: &'a Args,
    run: &'a Records,
    revisions: Revisions,
    /// How many of them may be built at a time.
    threads: usize,
}

/// Compares an overlay. If it does not exist on a side, that side has no objects.
fn overlay(shown: &str, directory: &Path, sides: &Sides<'_>, options: &Options) -> Result<OverlayDiff, String> {
    let Sides { comparison: Comparison { old, new, .. }, args, run, revisions, threads } = sides;
    let on_disk = tidy(&crate::deps::relative(&new.start, directory));
    let place = |files: &Arc<dyn Files>| {
        let path = if files.on_disk() { on_disk.as_path() } else { directory };
        if path == Path::new("") { Path::new(".") } else { path }.to_owned()
    };
    let load = |files: &&Arc<dyn Files>| {
        let path = place(files);
        let settings = match args.settings.side() {
            None => files,
            Some(Whose::Base) => &old.files,
            Some(Whose::Head) => &new.files,
        };
        let (root, flags) = (revisions.root.as_path(), &args.settings);
        let settings = SettingsOf { files: settings, directory: &place(settings), flags, root };
        // The settings of the base decide about the findings of both sides.
        let base = (!args.settings.are_fixed() && !Arc::ptr_eq(files, &old.files)).then(|| place(&old.files));
        let base = base.as_deref().map(|directory| SettingsOf { files: &old.files, directory, flags, root });
        let checks = Checks { validate: !args.no_validate, settings: base, revisions };
        if !has_kustomization(files.as_ref(), &path) {
            return Ok(None);
        }
        Loaded::overlay(files, &path, &settings, &checks, &args.flags, run).map(Some)
    };
    let loaded = jobs::all(*threads, &[&old.files, &new.files], load);
    let loaded = loaded.into_iter().collect::<Result<Vec<_>, _>>()?;
    if loaded.iter().all(Option::is_none) {
        let error = Diagnostic::error("no-kustomization", format!("`{shown}` has no kustomization on either side")).io();
        let error = error.help("name the directory of a kustomization, relative to the working directory");
        return Err(human::diagnostic(&error, &Sources::default()));
    }
    let loaded: Vec<Loaded> = loaded.into_iter().map(|side| side.unwrap_or_else(Loaded::nothing)).collect();
    let found = both(shown, &loaded, options)?;
    let touched = if args.format.annotates { touched(sides.comparison, &loaded) } else { Vec::new() };
    Ok(OverlayDiff { touched, remarks: replaced(sides.comparison, &loaded), ..found })
}

/// The files that were read in the place of files that git does not have.
fn replaced(comparison: &Comparison<'_>, loaded: &[Loaded]) -> Vec<String> {
    let sides = [&comparison.old, &comparison.new].into_iter().zip(loaded);
    let pairs: BTreeSet<(PathBuf, PathBuf)> = sides.flat_map(|(side, loaded)| side.replaced(&loaded.reads())).collect();
    let shown = |path: &Path| tidy(&comparison.shown(path)).display().to_string();
    pairs.iter().map(|(file, other)| format!("`{}` is not in git: `{}` is used", shown(file), shown(other))).collect()
}

/// Compares two sides.
fn both(shown: &str, sides: &[Loaded], options: &Options) -> Result<OverlayDiff, String> {
    let [old, new] = sides else { return Ok(OverlayDiff::default()) };
    let found = compare_checked(shown, [&old.side(), &new.side()], [old.findings(), new.findings()], options);
    old.check(found.objects.iter().filter_map(|object| object.old.as_ref()).map(|side| side.position))?;
    new.check(found.objects.iter().filter_map(|object| object.new.as_ref()).map(|side| side.position))?;
    Ok(found)
}
