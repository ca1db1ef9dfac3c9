//! `render affected --since REV [DIR...]`: the directories that a change affects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::choice::{SettingsFlags, Whose};
use super::flags::BuildFlags;
use super::kustomize::glob;
use super::output;
use super::stand_ins::RuleSet;
use crate::affected::{Changes, Inputs, Side};
use crate::check::Revisions;
use crate::commands::outcome::Outcome;
use crate::deps::relative;
use crate::diagnostic::{Diagnostic, Result};
use crate::escape::{self, line, own_line};
use crate::jobs;
use crate::load::{Disk, GitRepository, GitTree, reason, tidy};
use crate::options::BuildOptions;
use crate::records::Records;
use crate::report::human;
use crate::repository::{Kustomizations, Shard, costs, directories};

/// Arguments of `affected`.
#[derive(clap::Args)]
#[command(after_long_help = NOTES)]
pub struct Args {
    /// Directories to check [default: all kustomizations below the working directory that are not used by others there]
    #[arg(value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// Revision to use as the old side: a branch, a tag, or a commit
    #[arg(long, value_name = "REV")]
    since: String,
    /// Revision to use as the new side [default: the working tree]
    #[arg(long, value_name = "REV")]
    until: Option<String>,
    /// Compare with the merge base (best common ancestor) of both sides, like `git diff --merge-base`
    #[arg(long)]
    merge_base: bool,
    /// Also check bases: every kustomization except components
    #[arg(long, conflicts_with = "directories")]
    all: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Print only this part of the affected directories, such as `3/16`, so that each machine of several gets one of equal cost
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    #[command(flatten)]
    settings: SettingsFlags,
    #[command(flatten)]
    flags: BuildFlags,
}

const NOTES: &str = "\
`--since REV` compares a revision with the working tree, like `git diff REV`: committed, staged, and unstaged changes, and \
also untracked files that are not ignored. With `--until`, two revisions are compared, like `git diff A B`; the working tree is \
neither needed nor read. In a pull request whose base branch has moved on, `--merge-base --since origin/main` selects only the \
changes of the pull request, like `git diff origin/main...`.

A directory is affected if its build, on either side, reads a file that was changed, added, or removed, or looks for a file \
that was added; `.render.yaml` counts as such a file, unless `--settings` or `--settings-from` makes the settings of both sides \
the same. A directory that does not build on one of the sides is affected, and the \
errors are printed to standard error. Remote repositories and files, files that git ignores (unless `revisions.missing` in `.render.yaml` names a file to read in their \
place), and files that external programs \
read on their own are not compared.

Exit code 0: the affected directories are printed, if any. 2: git failed, or a directory has no kustomization on either side.";

/// `--format`
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// One directory per line; removed directories are reported on standard error
    Text,
    /// A list of objects: `directory`, `change`, the changed `files`, and the sides on which the build `fails`
    Json,
}

/// An affected directory.
#[derive(Serialize)]
struct Affected {
    directory: String,
    change: &'static str,
    files: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fails: Vec<&'static str>,
}

/// Prints the affected directories.
pub fn run(args: &Args) -> Outcome {
    let records = Records::default();
    let between = Between {
        since: &args.since,
        until: args.until.as_deref(),
        merge_base: args.merge_base,
        help: "name both revisions: `--since A --until B`",
        settings: &args.settings,
    };
    match Comparison::new(&between, &args.flags, &records).and_then(|comparison| comparison.run(args)) {
        Ok(affected) => match args.format {
            Format::Text => output::print(&text(&affected)),
            Format::Json => {
                output::print(&(escape::json(&serde_json::to_string_pretty(&affected).unwrap_or_default()).into_owned() + "\n"))
            }
        },
        Err(errors) => {
            output::failed(&errors.into_vec(), &records);
            Outcome::Failure
        }
    }
}

fn text(affected: &[Affected]) -> String {
    let (gone, there): (Vec<_>, Vec<_>) = affected.iter().partition(|affected| affected.change == "removed");
    output::eprint(&gone.iter().map(|gone| format!("# note: `{}` was removed\n", line(&gone.directory))).collect::<String>());
    there.iter().map(|affected| format!("{}\n", own_line(&affected.directory))).collect()
}

/// Which revisions are compared.
pub(super) struct Between<'a> {
    /// The revision of the old side.
    pub since: &'a str,
    /// The revision of the new side; `None` for the working tree.
    pub until: Option<&'a str>,
    /// Whether to use the merge base of both revisions as the old side.
    pub merge_base: bool,
    /// What to do if there is no working tree.
    pub help: &'static str,
    /// Which settings the sides have.
    pub settings: &'a SettingsFlags,
}

/// Both sides and the files that differ between them.
pub(super) struct Comparison<'a> {
    /// The actual revision of the old side: the merge base, if it was requested.
    pub since: String,
    pub old: Side,
    pub new: Side,
    /// The directories with a kustomization on each side, below the working directory.
    directories: [BTreeSet<PathBuf>; 2],
    pub changes: Changes,
    /// The working directory, relative to the root of the repository.
    here: PathBuf,
    root: PathBuf,
    options: BuildOptions,
    /// How many builds may run at a time.
    threads: usize,
    records: &'a Records,
}

impl<'a> Comparison<'a> {
    /// Opens both sides and finds the files that differ.
    pub fn new(between: &Between<'_>, flags: &BuildFlags, records: &'a Records) -> Result<Self> {
        let repository = GitRepository::discover(Path::new("."))?;
        if repository.root().is_none() && between.until.is_none() {
            let message = "there is no working tree to compare with: the repository is bare, or this directory is not in it";
            return Err(Diagnostic::error("git", message).io().help(between.help).into());
        }
        let mut since = between.since.to_owned();
        let commit = repository.commit(&since)?;
        let until = between.until.map(|until| repository.commit(until)).transpose()?;
        let mut old = commit.clone();
        if between.merge_base {
            let other = until.clone().map_or_else(|| repository.commit("HEAD"), Ok)?;
            old = repository.merge_base(&commit, &other)?;
            // The name that the user gave is not the revision that is compared.
            since = if old == commit { since } else { old.get(..12).unwrap_or(&old).to_owned() };
        }
        let changes = repository.changes(&old, until.as_deref())?;
        let here = match repository.root() {
            Some(root) => below(root)?,
            None => PathBuf::new(),
        };
        let settings_count = !between.settings.are_fixed();
        let mut all = RuleSet::new(between.settings);
        let tree = GitTree::open(&repository, &since)?;
        let old_directories = directories(tree.files(), &here);
        let old = all.add_tree(tree, Whose::Base, settings_count);
        let mut known = None;
        let (new, new_directories) = match between.until {
            Some(until) => {
                let tree = GitTree::open(&repository, until)?;
                let directories = directories(tree.files(), &here);
                (all.add_tree(tree, Whose::Head, settings_count), directories)
            }
            None => {
                let root = repository.root().unwrap_or(Path::new("")).to_owned();
                let files = repository.files()?;
                let there = files.iter().map(PathBuf::as_path).filter(|file| root.join(file).is_file());
                let directories = directories(there, &here);
                let side = Side::new(Arc::new(Disk), root, here.clone(), settings_count);
                all.add(&side, Whose::Head, &files);
                known = Some(files);
                (side, directories)
            }
        };
        let (old, new) = (old.with_stand_ins(&all.rules, None), new.with_stand_ins(&all.rules, known.as_ref()));
        let root = repository.root().unwrap_or(Path::new("")).to_owned();
        let (options, threads) = (flags.options(), flags.threads());
        // All builds of the run share the files that are fetched.
        records.remote(options.access());
        let directories = [old_directories, new_directories];
        Ok(Comparison { since, old, new, directories, changes, here, root, options, threads, records })
    }

    /// The affected directories that no other one uses, relative to the root of the repository.
    pub fn touched(&self) -> Vec<PathBuf> {
        self.findings(false).into_keys().collect()
    }

    /// All directories that no other one uses, relative to the root of the repository, including those that do not build.
    pub fn leaves(&self) -> Vec<PathBuf> {
        let [old, new] = self.kustomizations();
        let (all, roots): ([_; 2], [_; 2]) = ([old.all(), new.all()], [old.roots(), new.roots()]);
        let is_leaf = |directory: &PathBuf| {
            all.iter().zip(&roots).all(|(all, roots)| roots.contains(directory) || !all.contains(directory))
        };
        roots[0].union(&roots[1]).filter(|directory| is_leaf(directory)).cloned().collect()
    }

    /// The directories of a shard, or all of them. What exists only on the old side has the cost of building it there.
    pub fn share(&self, shard: Option<Shard>, directories: BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let Some(shard) = shard else { return directories };
        let is_new = |directory: &PathBuf| self.new.has_kustomization(directory);
        let (new, old): (Vec<PathBuf>, Vec<PathBuf>) = directories.into_iter().partition(is_new);
        let sides = [(&self.new, new), (&self.old, old)];
        shard.select(sides.into_iter().flat_map(|(side, directories)| {
            let paths: Vec<PathBuf> = directories.iter().map(|directory| side.path(directory)).collect();
            directories.into_iter().zip(costs(&side.files, &paths))
        }))
    }

    /// The kustomizations of each side.
    fn kustomizations(&self) -> [Kustomizations; 2] {
        let [old, new] = &self.directories;
        [self.old.kustomizations(old), self.new.kustomizations(new)]
    }

    /// The revisions of both sides. Without a working tree, their root is that of the file system.
    pub fn revisions(&self) -> Revisions {
        let root = if self.root == Path::new("") { PathBuf::from("/") } else { self.root.clone() };
        let trees = [&self.old.files, &self.new.files].into_iter().filter(|files| !files.on_disk());
        Revisions { prefixes: trees.map(|files| files.show(PathBuf::from("/")).display().to_string()).collect(), root }
    }

    /// The directories with a kustomization on either side that a path of the command line names: itself, or all that match it as a
    /// pattern, such as `overlays/*`.
    pub fn named(&self, path: &Path) -> Result<Vec<PathBuf>> {
        let pattern = tidy(path).display().to_string();
        let exists = |place: &PathBuf| self.directories.iter().any(|directories| directories.contains(place));
        if !pattern.contains(['*', '?', '[']) || self.place(path).is_ok_and(|place| exists(&place)) {
            return Ok(vec![self.place(path)?]);
        }
        let is_named = |directory: &&PathBuf| {
            let shown = tidy(&self.shown(directory)).display().to_string();
            glob::matches(&pattern, &shown).unwrap_or(false)
        };
        let [old, new] = self.kustomizations().map(|found| found.all());
        let found: Vec<PathBuf> = old.union(&new).filter(is_named).cloned().collect();
        if found.is_empty() {
            let message = format!("no directory with a kustomization matches `{pattern}` on either side");
            return Err(Diagnostic::error("no-kustomization", message).io().into());
        }
        Ok(found)
    }

    /// A directory as the user would write it.
    pub fn shown(&self, directory: &Path) -> PathBuf {
        relative(&self.here, directory)
    }

    fn run(&self, args: &Args) -> Result<Vec<Affected>> {
        if args.directories.is_empty() {
            return Ok(self.discovered(args.all, args.shard));
        }
        let (mut places, mut missing) = (Vec::new(), None);
        for directory in &args.directories {
            match self.existing(directory) {
                Ok(place) => places.push((place, tidy(directory))),
                Err(errors) => {
                    missing = Some(errors);
                    break;
                }
            }
        }
        let mut found = Vec::new();
        jobs::in_order(
            self.threads,
            &places,
            |(place, _)| self.compare(place),
            |(place, shown), (_, finding)| found.extend(finding.map(|finding| (place.clone(), shown.clone(), finding))),
        );
        let share = self.share(args.shard, found.iter().map(|(place, ..)| place.clone()).collect());
        let found = found.into_iter().filter(|(place, ..)| share.contains(place));
        let affected = found.map(|(_, shown, finding)| finding.named(shown)).collect();
        missing.map_or(Ok(affected), Err)
    }

    /// A directory from the command line that has a kustomization, relative to the root of the repository.
    fn existing(&self, directory: &Path) -> Result<PathBuf> {
        let place = self.place(directory)?;
        if !self.new.has_kustomization(&place) && !self.old.has_kustomization(&place) {
            let shown = tidy(directory);
            let error =
                Diagnostic::error("no-kustomization", format!("`{}` has no kustomization on either side", shown.display()));
            return Err(error.io().help("name the directory of a kustomization, relative to the working directory").into());
        }
        Ok(place)
    }

    /// The affected directories among all those below the working directory.
    fn discovered(&self, all: bool, shard: Option<Shard>) -> Vec<Affected> {
        let mut found = self.findings(all);
        let share = self.share(shard, found.keys().cloned().collect());
        found.retain(|directory, _| share.contains(directory));
        let found = found.into_iter();
        found.map(|(directory, finding)| finding.named(relative(&self.here, &directory))).collect()
    }

    fn findings(&self, all: bool) -> BTreeMap<PathBuf, Finding<'_>> {
        let directories = |found: &Kustomizations| if all { found.all() } else { found.roots() };
        let [old, new] = self.kustomizations().map(|found| directories(&found));
        let gone = old.into_iter().filter(|directory| !self.directories[1].contains(directory));
        let mut used = BTreeSet::new();
        let mut found = BTreeMap::new();
        let directories: Vec<PathBuf> = new.into_iter().chain(gone).collect();
        jobs::in_order(
            self.threads,
            &directories,
            |directory| self.compare(directory),
            |directory, (uses, finding)| {
                used.extend(uses);
                found.extend(finding.map(|finding| (directory.clone(), finding)));
            },
        );
        // What only a build knows, such as an object that configures a generator.
        found.retain(|directory, _| all || !used.contains(directory));
        found
    }

    /// Compares the builds of a directory: the directories that the builds use, and what differs; `None` if it is not affected.
    fn compare(&self, directory: &Path) -> (BTreeSet<PathBuf>, Option<Finding<'_>>) {
        let mut used = BTreeSet::new();
        let was = self.old.has_kustomization(directory);
        let is = self.new.has_kustomization(directory);
        let mut look = |side: &Side| {
            let mut inputs = side.inputs(directory, &self.options, self.records);
            used.append(&mut inputs.uses);
            inputs
        };
        let new = is.then(|| look(&self.new));
        if let Some(new) = &new
            && new.failure.is_none()
            && new.touched(&self.changes).is_empty()
        {
            return (used, None);
        }
        let old = was.then(|| look(&self.old));
        (used, Some(Finding { old, new, changes: &self.changes, here: &self.here }))
    }

    /// A directory from the command line, relative to the root of the repository.
    pub fn place(&self, directory: &Path) -> Result<PathBuf> {
        let absolute = std::fs::canonicalize(directory).ok().filter(|_| directory.is_absolute());
        let inside = match absolute.as_deref().or(directory.is_absolute().then_some(directory)) {
            Some(absolute) => absolute.strip_prefix(&self.root).ok().map(Path::to_owned),
            None => Some(tidy(&self.here.join(directory))).filter(|path| !path.starts_with("..")),
        };
        inside.ok_or_else(|| {
            let message = format!("`{}` is outside the repository", directory.display());
            Diagnostic::error("outside-root", message).io().into()
        })
    }
}

/// The inputs of a directory's builds on both sides, and the change that affects them.
struct Finding<'c> {
    old: Option<Inputs>,
    new: Option<Inputs>,
    changes: &'c Changes,
    here: &'c Path,
}

impl Finding<'_> {
    /// The result for a directory. Prints the errors of builds that fail.
    fn named(self, directory: PathBuf) -> Affected {
        let directory = directory.display().to_string();
        let change = match (&self.old, &self.new) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        let mut files = BTreeSet::new();
        let mut fails = Vec::new();
        for (name, side, inputs) in [("since", "old", &self.old), ("until", "new", &self.new)] {
            let Some(inputs) = inputs else { continue };
            files.extend(inputs.touched(self.changes));
            if let Some((errors, records)) = &inputs.failure {
                let texts: Vec<String> = errors.iter().map(|error| human::diagnostic(error, &records.sources)).collect();
                let shown = line(&directory);
                let head = format!("# note: `{shown}` does not build on the {side} side, so it is reported as affected\n");
                output::eprint(&(head + &texts.join("\n")));
                fails.push(name);
            }
        }
        let files = files.into_iter().map(|file| relative(self.here, file).display().to_string()).collect();
        Affected { directory, change, files, fails }
    }
}

/// The working directory, relative to the root of the working tree.
fn below(root: &Path) -> Result<PathBuf> {
    let here = std::fs::canonicalize(".")
        .map_err(|cause| Diagnostic::error("not-found", format!("can't open the working directory: {}", reason(&cause))).io())?;
    Ok(here.strip_prefix(root).map(Path::to_owned).unwrap_or_default())
}
