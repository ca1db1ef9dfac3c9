//! `render affected --since REV [DIR...]`: the directories that a change touches.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::Serialize;

use super::flags::BuildFlags;
use super::output;
use crate::affected::{Changes, Inputs, Side};
use crate::commands::outcome::Outcome;
use crate::deps::relative;
use crate::diagnostic::{Diagnostic, Result};
use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, GitRepository, GitTree, reason, tidy};
use crate::options::BuildOptions;
use crate::records::Records;
use crate::report::human;

/// Arguments of `affected`.
#[derive(clap::Args)]
#[command(after_long_help = NOTES)]
pub struct Args {
    /// Directories to ask about [default: every kustomization below the working directory that no other one there uses]
    #[arg(value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// The old side: a branch, a tag, or a commit
    #[arg(long, value_name = "REV")]
    since: String,
    /// The new side, when it is not the work tree
    #[arg(long, value_name = "REV")]
    until: Option<String>,
    /// Compare with the best common ancestor of both sides, as `git diff --merge-base` does
    #[arg(long)]
    merge_base: bool,
    /// Ask about bases, too: every kustomization but components
    #[arg(long, conflicts_with = "directories")]
    all: bool,
    /// How it is printed
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    flags: BuildFlags,
}

const NOTES: &str = "\
What is compared: `--since REV` with the work tree, as `git diff REV` does: what is committed, staged, not staged, and not tracked \
but not ignored. With `--until` two revisions are compared, as `git diff A B` does; no work tree is needed, and none is looked at. \
In a pull request, where the branch went on meanwhile, `--merge-base --since origin/main` asks for the request's own changes, as \
`git diff origin/main...` does.

A directory is affected when its build, on either side, reads a file that changed, appeared or went, or looks for one that appeared; \
also by `.render.yaml`. One that does not build on one of the sides is affected: the errors are told on standard error. What lies \
elsewhere (repositories and files by URL), what git ignores, and what started programs read by themselves is not compared.

Exit code 0: the affected directories are printed, perhaps none. 2: git fails, or a directory has no kustomization on any side.";

/// `--format`
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// One directory a line; those that are gone are told on standard error
    Text,
    /// A list of objects: `directory`, `change`, the changed `files`, and the sides that it `fails` on
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
        help: "name the other revision, too: `--since A --until B`",
    };
    match Comparison::new(&between, args.flags.options(), &records).and_then(|comparison| comparison.run(args)) {
        Ok(affected) => match args.format {
            Format::Text => output::print(&text(&affected)),
            Format::Json => output::print(&(serde_json::to_string_pretty(&affected).unwrap_or_default() + "\n")),
        },
        Err(errors) => {
            output::failed(&errors.into_vec(), &records);
            Outcome::Failure
        }
    }
}

fn text(affected: &[Affected]) -> String {
    let (gone, there): (Vec<_>, Vec<_>) = affected.iter().partition(|affected| affected.change == "removed");
    output::eprint(&gone.iter().map(|gone| format!("# note: `{}` is gone\n", gone.directory)).collect::<String>());
    there.iter().map(|affected| format!("{}\n", affected.directory)).collect()
}

/// Which revisions are compared.
pub(super) struct Between<'a> {
    /// The old side.
    pub since: &'a str,
    /// The new side, when it is not the work tree.
    pub until: Option<&'a str>,
    /// Whether the old side is the best common ancestor of both.
    pub merge_base: bool,
    /// What to do when there is no work tree.
    pub help: &'static str,
}

/// Both sides, and what differs between them.
pub(super) struct Comparison<'a> {
    /// The revision that the old side really is.
    pub since: String,
    pub old: Side,
    pub new: Side,
    /// The directories of kustomizations on each side, below the working directory.
    directories: [BTreeSet<PathBuf>; 2],
    changes: Changes,
    /// The working directory, below the root of the repository.
    here: PathBuf,
    root: PathBuf,
    options: BuildOptions,
    records: &'a Records,
}

impl<'a> Comparison<'a> {
    /// Finds both sides, and what differs between them.
    pub fn new(between: &Between<'_>, options: BuildOptions, records: &'a Records) -> Result<Self> {
        let repository = GitRepository::discover(Path::new("."))?;
        if repository.root().is_none() && between.until.is_none() {
            let error = Diagnostic::error("git", "this repository has no work tree to compare with, or one is not in it").io();
            return Err(error.help(between.help).into());
        }
        let mut since = between.since.to_owned();
        let commit = repository.commit(&since)?;
        let until = between.until.map(|until| repository.commit(until)).transpose()?;
        let mut old = commit.clone();
        if between.merge_base {
            let other = until.clone().map_or_else(|| repository.commit("HEAD"), Ok)?;
            old = repository.merge_base(&commit, &other)?;
            // The name of the revision would be wrong now.
            since = if old == commit { since } else { old.get(..12).unwrap_or(&old).to_owned() };
        }
        let changes = repository.changes(&old, until.as_deref())?;
        let here = match repository.root() {
            Some(root) => below(root)?,
            None => PathBuf::new(),
        };
        let tree = GitTree::open(&repository, &since)?;
        let old_directories = directories(tree.files(), &here);
        let old = Side::of_tree(tree);
        let (new, new_directories) = match between.until {
            Some(until) => {
                let tree = GitTree::open(&repository, until)?;
                let directories = directories(tree.files(), &here);
                (Side::of_tree(tree), directories)
            }
            None => {
                let root = repository.root().unwrap_or(Path::new("")).to_owned();
                let files = repository.files()?;
                let there = files.iter().map(PathBuf::as_path).filter(|file| root.join(file).is_file());
                let directories = directories(there, &here);
                (Side { files: Rc::new(Disk), root, start: here.clone() }, directories)
            }
        };
        let root = repository.root().unwrap_or(Path::new("")).to_owned();
        // All builds of the run share what is fetched.
        records.remote(options.offline);
        let directories = [old_directories, new_directories];
        Ok(Comparison { since, old, new, directories, changes, here, root, options, records })
    }

    /// The directories that a change touches, and that no other one uses, relative to the root of the repository.
    pub fn touched(&self) -> Vec<PathBuf> {
        self.findings(false).into_keys().cloned().collect()
    }

    /// All directories that no other one uses, relative to the root of the repository; also those that do not build.
    pub fn leaves(&self) -> Vec<PathBuf> {
        let mut used = BTreeSet::new();
        let mut leaves = BTreeSet::new();
        for (directories, side) in self.directories.iter().zip([&self.old, &self.new]) {
            for directory in directories.iter().rev() {
                if !used.contains(directory) && !side.is_component(directory, &self.options) {
                    used.append(&mut side.inputs(directory, &self.options, self.records).uses);
                    leaves.insert(directory.clone());
                }
            }
        }
        leaves.into_iter().filter(|directory| !used.contains(directory)).collect()
    }

    /// The directory of a place, as the user would write it.
    pub fn shown(&self, directory: &Path) -> PathBuf {
        relative(&self.here, directory)
    }

    fn run(&self, args: &Args) -> Result<Vec<Affected>> {
        if args.directories.is_empty() {
            return Ok(self.discovered(args.all));
        }
        let mut affected = Vec::new();
        for directory in &args.directories {
            let place = self.place(directory)?;
            if !self.new.has_kustomization(&place) && !self.old.has_kustomization(&place) {
                let shown = tidy(directory);
                let error =
                    Diagnostic::error("no-kustomization", format!("`{}` has no kustomization on any side", shown.display()));
                return Err(error.io().help("name the directory of a kustomization, relative to the working directory").into());
            }
            affected.extend(self.compare(&place, &mut BTreeSet::new()).map(|found| found.named(tidy(directory))));
        }
        Ok(affected)
    }

    /// The affected ones of all directories below the working directory.
    fn discovered(&self, all: bool) -> Vec<Affected> {
        let found = self.findings(all).into_iter();
        found.map(|(directory, finding)| finding.named(relative(&self.here, directory))).collect()
    }

    fn findings(&self, all: bool) -> BTreeMap<&PathBuf, Finding<'_>> {
        let [old, new] = &self.directories;
        let mut used = BTreeSet::new();
        let mut found: BTreeMap<&PathBuf, Finding<'_>> = BTreeMap::new();
        // Those that are used tend to stand before those that use them, and what is known to be used need not be built.
        let there = new.iter().rev().map(|directory| (directory, &self.new));
        let gone = old.iter().rev().filter(|directory| !new.contains(*directory)).map(|directory| (directory, &self.old));
        for (directory, side) in there.chain(gone) {
            if (!all && used.contains(directory)) || side.is_component(directory, &self.options) {
                continue;
            }
            found.extend(self.compare(directory, &mut used).map(|finding| (directory, finding)));
        }
        found.retain(|directory, _| all || !used.contains(*directory));
        found
    }

    /// Compares the builds of a directory; `None` when nothing touches it. `used` learns what they use.
    fn compare(&self, directory: &Path, used: &mut BTreeSet<PathBuf>) -> Option<Finding<'_>> {
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
            return None;
        }
        let old = was.then(|| look(&self.old));
        Some(Finding { old, new, changes: &self.changes, here: &self.here })
    }

    /// Where a directory of the command line is, below the root of the repository.
    pub fn place(&self, directory: &Path) -> Result<PathBuf> {
        let absolute = std::fs::canonicalize(directory).ok().filter(|_| directory.is_absolute());
        let inside = match absolute.as_deref().or(directory.is_absolute().then_some(directory)) {
            Some(absolute) => absolute.strip_prefix(&self.root).ok().map(Path::to_owned),
            None => Some(tidy(&self.here.join(directory))).filter(|path| !path.starts_with("..")),
        };
        inside.ok_or_else(|| {
            let message = format!("`{}` lies outside of the repository", directory.display());
            Diagnostic::error("outside-root", message).io().into()
        })
    }
}

impl Side {
    fn of_tree(tree: GitTree) -> Side {
        Side { files: Rc::new(tree), root: PathBuf::from("/"), start: PathBuf::new() }
    }
}

/// What two builds of a directory have to do with a change.
struct Finding<'c> {
    old: Option<Inputs>,
    new: Option<Inputs>,
    changes: &'c Changes,
    here: &'c Path,
}

impl Finding<'_> {
    /// The finding under the name of its directory. Builds that fail are told.
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
                let head = format!("# note: `{directory}` does not build on the {side} side, so it counts as affected\n");
                output::eprint(&(head + &texts.join("\n")));
                fails.push(name);
            }
        }
        let files = files.into_iter().map(|file| relative(self.here, file).display().to_string()).collect();
        Affected { directory, change, files, fails }
    }
}

/// The working directory, below the root of the work tree.
fn below(root: &Path) -> Result<PathBuf> {
    let here = std::fs::canonicalize(".")
        .map_err(|cause| Diagnostic::error("not-found", format!("can't open the working directory: {}", reason(&cause))).io())?;
    Ok(here.strip_prefix(root).map(Path::to_owned).unwrap_or_default())
}

/// The directories of kustomization files, below one of them.
fn directories<'f>(files: impl Iterator<Item = &'f Path>, below: &Path) -> BTreeSet<PathBuf> {
    let named = files.filter(|file| FILE_NAMES.iter().any(|name| file.file_name().is_some_and(|found| found == *name)));
    named.filter_map(Path::parent).filter(|directory| directory.starts_with(below)).map(Path::to_owned).collect()
}
