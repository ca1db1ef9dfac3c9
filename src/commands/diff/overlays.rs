//! Compares overlays in parallel. A build and its records can't leave their thread, but the result of a comparison can.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::args::{Args, name};
use super::side::{Loaded, SettingsOf, has_kustomization};
use crate::commands::affected::{Between, Comparison};
use crate::commands::choice::Whose;
use crate::diagnostic::Diagnostic;
use crate::diff::{Diff, Options, OverlayDiff, compare};
use crate::escape::line;
use crate::load::{Disk, Files, GitRepository, GitTree, tidy};
use crate::records::Records;
use crate::report::human;
use crate::source::Sources;

/// Stack size of each thread, in bytes. Deep documents are walked recursively; memory is only used as it is needed.
const STACK: usize = 1 << 29;

/// Why nothing can be compared, formatted for people.
pub struct Failure(pub String);

impl Failure {
    /// The command line is invalid.
    pub fn usage(message: &str) -> Self {
        Failure(format!("error: {}\n", line(message)))
    }
}

impl From<Diagnostic> for Failure {
    fn from(error: Diagnostic) -> Self {
        Failure(human::diagnostic(&error, &Sources::default()))
    }
}

/// Compares two paths.
pub fn pair(old: &Path, new: &Path, args: &Args, options: &Options) -> Result<Diff, Failure> {
    if old == Path::new("-") && new == Path::new("-") {
        return Err(Failure::usage("standard input can be used for one side only"));
    }
    let sides = [name(old), name(new)];
    let shown = if sides[0] == sides[1] { sides[0].clone() } else { sides.join(" -> ") };
    let load = |path| Loaded::path(path, &args.settings, &args.flags).map_err(Failure);
    let overlay = both(&shown, &load(old)?, &load(new)?, options).map_err(Failure)?;
    Ok(Diff { sides, overlays: vec![overlay] })
}

/// Compares overlays of a revision with those of the working tree or another revision.
pub fn revisions(base: &str, args: &Args, options: &Options) -> Result<Diff, Failure> {
    let records = Records::default();
    let between = Between {
        since: base,
        until: args.head.as_deref(),
        merge_base: args.merge_base,
        help: "name both revisions: `--base A --head B`",
        settings_count: !args.settings.are_fixed(),
    };
    let failed = |errors: crate::diagnostic::Diagnostics| {
        let texts: Vec<String> = errors.into_vec().iter().map(|error| human::diagnostic(error, &records.sources)).collect();
        Failure(texts.join("\n"))
    };
    let comparison = Comparison::new(&between, args.flags.options(), &records).map_err(failed)?;
    let mut directories: Vec<PathBuf> = match args.paths.as_slice() {
        [] if args.all => comparison.leaves(),
        [] => comparison.touched(),
        paths => paths.iter().map(|path| comparison.place(path)).collect::<Result<_, _>>().map_err(failed)?,
    };
    let share = comparison.share(args.shard, directories.iter().cloned().collect());
    directories.retain(|directory| share.contains(directory));
    let trees = Trees { base: comparison.since.clone(), head: args.head.clone(), start: comparison.new.start.clone() };
    let shown = directories.iter().map(|directory| tidy(&comparison.shown(directory)).display().to_string());
    let jobs: Vec<(String, PathBuf)> = shown.zip(directories.iter().cloned()).collect();
    let overlays = in_parallel(&jobs, &trees, args, options)?;
    let head = args.head.clone().unwrap_or_else(|| "working tree".into());
    Ok(Diff { sides: [trees.base, head], overlays })
}

/// The sides to compare; each thread opens them for itself.
struct Trees {
    base: String,
    head: Option<String>,
    /// The working directory relative to the root of the repository, if the new side is the working tree.
    start: PathBuf,
}

/// The sides as opened by one thread.
struct Opened {
    old: Arc<dyn Files>,
    new: Arc<dyn Files>,
    start: PathBuf,
}

impl Trees {
    fn open(&self) -> Result<Opened, Diagnostic> {
        let repository = GitRepository::discover(Path::new("."))?;
        let tree = |revision: &str| GitTree::open(&repository, revision).map(|tree| Arc::new(tree) as Arc<dyn Files>);
        let new = match &self.head {
            Some(head) => tree(head)?,
            None => Arc::new(Disk),
        };
        Ok(Opened { old: tree(&self.base)?, new, start: self.start.clone() })
    }
}

/// Compares overlays, as many at a time as the machine has processors. The results are in the order of the jobs.
fn in_parallel(jobs: &[(String, PathBuf)], trees: &Trees, args: &Args, options: &Options) -> Result<Vec<OverlayDiff>, Failure> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<OverlayDiff>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let work = || -> Result<(), Diagnostic> {
        let opened = trees.open()?;
        while let Some(((shown, directory), result)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            jobs.get(at).zip(results.get(at))
        } {
            let found = overlay(shown, directory, &opened, args, options);
            let found =
                found.unwrap_or_else(|error| OverlayDiff { name: shown.clone(), error: Some(error), ..OverlayDiff::default() });
            *result.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(found);
        }
        Ok(())
    };
    let count = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    let no_thread = |cause: std::io::Error| Failure(format!("error: can't start a thread: {cause}\n"));
    std::thread::scope(|scope| -> Result<(), Failure> {
        let start = |_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).map_err(no_thread);
        let threads = (0..count).map(start).collect::<Result<Vec<_>, _>>()?;
        for thread in threads {
            thread.join().map_err(|_| Failure("error: a thread failed\n".into()))??;
        }
        Ok(())
    })?;
    let results = results.into_iter().map(|result| result.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
    Ok(results.flatten().collect())
}

/// Compares an overlay. If it does not exist on a side, that side has no objects.
fn overlay(shown: &str, directory: &Path, sides: &Opened, args: &Args, options: &Options) -> Result<OverlayDiff, String> {
    let on_disk = tidy(&crate::deps::relative(&sides.start, directory));
    let place = |files: &Arc<dyn Files>| {
        let path = if files.on_disk() { on_disk.as_path() } else { directory };
        if path == Path::new("") { Path::new(".") } else { path }.to_owned()
    };
    let load = |files: &Arc<dyn Files>| {
        let path = place(files);
        let settings = match args.settings.side() {
            None => files,
            Some(Whose::Base) => &sides.old,
            Some(Whose::Head) => &sides.new,
        };
        let settings = SettingsOf { files: settings, directory: &place(settings), flags: &args.settings };
        if !has_kustomization(files.as_ref(), &path) {
            return Ok(None);
        }
        Loaded::overlay(files, &path, &settings, &args.flags).map(Some)
    };
    match (load(&sides.old)?, load(&sides.new)?) {
        (None, None) => {
            let error = Diagnostic::error("no-kustomization", format!("`{shown}` has no kustomization on either side")).io();
            let error = error.help("name the directory of a kustomization, relative to the working directory");
            Err(human::diagnostic(&error, &Sources::default()))
        }
        (old, new) => both(shown, &old.unwrap_or_else(Loaded::nothing), &new.unwrap_or_else(Loaded::nothing), options),
    }
}

fn both(shown: &str, old: &Loaded, new: &Loaded, options: &Options) -> Result<OverlayDiff, String> {
    let found = compare(shown, &old.side(), &new.side(), options);
    old.check(found.objects.iter().filter_map(|object| object.old.as_ref()).map(|side| side.position))?;
    new.check(found.objects.iter().filter_map(|object| object.new.as_ref()).map(|side| side.position))?;
    Ok(found)
}
