//! Finds the overlays to test: those that are named, or all below a directory that have snapshots or assertions, or that
//! assertions in the settings apply to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::assertion::{ENDING, SharedAssertion, SharedAssertions};
use crate::commands::checking::Plans;
use crate::commands::validate::tree;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, Files, Guard, Input, reason, tidy};
use crate::records::Records;
use crate::report::human::diagnostic;
use crate::snapshot::{DIRECTORY, Folder};

/// An overlay with its tests.
pub struct Place {
    /// The directory of the overlay.
    pub directory: PathBuf,
    /// The directory of its snapshots.
    pub snapshots: PathBuf,
    /// The tree that the snapshots must be in.
    pub guard: Guard,
    /// The test files.
    pub tests: Vec<Input>,
    /// Whether the command line names the overlay itself.
    pub is_named: bool,
    /// Whether to run all tests of the overlay and not only one of its test files.
    pub is_whole: bool,
    /// Whether assertions in the settings apply that name no overlays.
    pub takes_all: bool,
}

/// The overlays, and tests that do not belong to one or whose overlay can't be tested.
pub struct Found {
    /// The overlays.
    pub places: Vec<Place>,
    /// What is wrong with others.
    pub errors: Vec<Diagnostic>,
}

/// The overlays that the paths select; without paths, those below the working directory.
///
/// # Errors
/// A path can't be tested, or no overlay has tests.
pub fn find(paths: &[PathBuf], chosen: Option<&Path>, plans: &mut Plans<'_>, records: &mut Records) -> Result<Found> {
    let files: Arc<dyn Files> = Arc::new(Disk);
    let (places, roots) = (BTreeMap::new(), BTreeSet::new());
    let mut search = Search { chosen, files, plans, records, places, roots, has_shared: false, errors: Vec::new() };
    if paths.is_empty() {
        search.below(Path::new("."))?;
        search.left_behind()?;
    }
    let mut named = Vec::new();
    for path in paths {
        let path = tidy(path);
        if is_overlay(&path) {
            let place = search.place(&path, true);
            named.extend(search.kept(place));
        } else if path.is_dir() {
            search.below(&path)?;
        } else {
            named.push(search.file(&path)?);
        }
    }
    let Search { places, mut errors, records, .. } = search;
    let places: Vec<Place> = named.into_iter().chain(places.into_values()).collect();
    // An error in settings is found again for each overlay that they apply to.
    let mut seen = BTreeSet::new();
    errors.retain(|error| seen.insert(diagnostic(error, &records.sources)));
    if places.is_empty() {
        Diagnostics::check(errors)?;
        let below = paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", ");
        let below = if below.is_empty() { "the working directory".to_owned() } else { below };
        let message = format!("no overlay below {below} has snapshots or a test file `*{ENDING}`");
        let help = "run `render test --update OVERLAY` to create snapshots of an overlay";
        return Err(Diagnostic::error("no-tests", message).io().help(help).into());
    }
    Ok(Found { places, errors })
}

/// The assertions of a settings file that apply to an overlay; with `all`, also those that name no overlays.
pub fn applicable<'s>(shared: &'s SharedAssertions, overlay: &Path, all: bool) -> impl Iterator<Item = &'s SharedAssertion> {
    let path = real(overlay).and_then(|overlay| Some(overlay.strip_prefix(real(shared.home())?).ok()?.to_owned()));
    shared.valid().filter(move |shared| shared.names(path.as_deref()).unwrap_or(all))
}

/// The absolute path of a directory, without symbolic links.
fn real(directory: &Path) -> Option<PathBuf> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    std::fs::canonicalize(directory).ok()
}

struct Search<'s, 'f> {
    chosen: Option<&'s Path>,
    files: Arc<dyn Files>,
    plans: &'s mut Plans<'f>,
    records: &'s mut Records,
    places: BTreeMap<PathBuf, Place>,
    /// The directories chosen to store the snapshots of several overlays.
    roots: BTreeSet<PathBuf>,
    /// Whether settings have assertions.
    has_shared: bool,
    errors: Vec<Diagnostic>,
}

impl Search<'_, '_> {
    fn place(&mut self, directory: &Path, is_named: bool) -> Result<Place> {
        let snapshots = self.snapshots(directory)?;
        let guard = self.guard(directory);
        guard.admits(&snapshots)?;
        let around = Guard::around(&self.files, directory);
        let tests = test_files(directory)?.into_iter().map(|file| Input::within(&around, file)).collect();
        let directory = directory.to_owned();
        Ok(Place { directory, snapshots, guard, tests, is_named, is_whole: true, takes_all: true })
    }

    /// The tree that snapshots of an overlay must be in: its own, or that of the directory that the user chose for them.
    fn guard(&self, directory: &Path) -> Guard {
        match self.chosen {
            Some(chosen) => Guard::around_new(&self.files, chosen),
            None => Guard::around(&self.files, directory),
        }
    }

    /// One test file with the overlay in its directory.
    fn file(&mut self, path: &Path) -> Result<Place> {
        let shown = path.display();
        let directory = tidy(path.parent().unwrap_or(Path::new("")));
        if !is_test_file(path) || !path.is_file() {
            let message = format!("`{shown}` is neither a directory nor a test file");
            let error = Diagnostic::error("not-found", message).io();
            return Err(error.help(format!("the name of a test file must end in `{ENDING}`")).into());
        }
        if !is_overlay(&directory) {
            return Err(lonely(path).into());
        }
        let place = self.place(&directory, true)?;
        Ok(Place { tests: vec![Input::of_user(path)], is_whole: false, ..place })
    }

    /// The overlays with tests in a directory and below it.
    fn below(&mut self, start: &Path) -> Result<()> {
        let mut directories = vec![start.to_owned()];
        while let Some(directory) = directories.pop() {
            directories.extend(directories_in(&directory)?);
            let found = self.look(&tidy(&directory));
            self.kept(found);
        }
        if self.has_shared {
            self.add_shared(start)?;
        }
        Ok(())
    }

    /// The overlays below a directory that assertions in the settings apply to.
    fn add_shared(&mut self, start: &Path) -> Result<()> {
        let tree = tree(start, &Arc::default(), self.plans, self.records)?;
        for directory in tree.kustomizations.all() {
            let is_root = tree.roots.contains(&directory);
            let Ok(found) = self.plans.assertions(&directory, self.records) else { continue };
            let is_about = |shared: &Arc<SharedAssertions>| {
                (is_root && shared.malformed().next().is_some()) || applicable(shared, &directory, is_root).next().is_some()
            };
            if !self.places.contains_key(&directory) && found.iter().any(is_about) {
                let place = self.place(&directory, false);
                let place = self.kept(place).map(|place| Place { takes_all: is_root, ..place });
                self.places.extend(place.map(|place| (directory, place)));
            }
        }
        Ok(())
    }

    /// The value, or nothing if there are errors, which are reported with the results of the others.
    fn kept<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|errors| self.errors.extend(errors.into_vec())).ok()
    }

    /// Reports snapshots in chosen directories whose overlays no longer exist.
    fn left_behind(&mut self) -> Result<()> {
        let known: BTreeSet<PathBuf> = self.places.values().map(|place| place.snapshots.clone()).collect();
        let mut directories: Vec<PathBuf> = self.roots.iter().filter(|root| root.is_dir()).cloned().collect();
        while let Some(directory) = directories.pop() {
            directories.extend(directories_in(&directory)?);
            if !known.contains(&directory) && !Folder::read(&directory, &self.guard(&directory))?.is_empty() {
                self.errors.push(lonely(&directory));
            }
        }
        Ok(())
    }

    fn look(&mut self, directory: &Path) -> Result<()> {
        if is_overlay(directory) {
            self.has_shared |= self.plans.assertions(directory, self.records)?.iter().any(|shared| !shared.is_empty());
            let place = self.place(directory, false)?;
            if !place.tests.is_empty() || !Folder::read(&place.snapshots, &place.guard)?.is_empty() {
                self.places.insert(directory.to_owned(), place);
            }
            return Ok(());
        }
        self.errors.extend(test_files(directory)?.iter().map(|file| lonely(file)));
        let beside = tidy(&directory.join(DIRECTORY));
        if beside.is_dir() && !Folder::read(&beside, &Guard::around(&self.files, directory))?.is_empty() {
            self.errors.push(lonely(&beside));
        }
        Ok(())
    }

    /// The directory of an overlay's snapshots.
    fn snapshots(&mut self, directory: &Path) -> Result<PathBuf> {
        if let Some(chosen) = self.chosen {
            self.roots.insert(tidy(chosen));
            return within(chosen, directory, Path::new("."));
        }
        let settings = self.plans.tests(directory, self.records)?;
        let found = settings.iter().find_map(|settings| settings.snapshots.as_ref().map(|chosen| (chosen, &settings.root)));
        match found {
            Some((chosen, root)) => {
                self.roots.insert(tidy(chosen));
                within(chosen, directory, root)
            }
            None => Ok(tidy(&directory.join(DIRECTORY))),
        }
    }
}

/// Moves the path of an overlay from a root to another directory.
fn within(chosen: &Path, directory: &Path, root: &Path) -> Result<PathBuf> {
    let absolute = |path: &Path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let failed = |cause| Diagnostic::error("not-found", format!("can't open `{}`: {}", path.display(), reason(&cause))).io();
        std::fs::canonicalize(path).map_err(failed)
    };
    let (inner, outer) = (absolute(directory)?, absolute(root)?);
    match inner.strip_prefix(&outer) {
        Ok(rest) => Ok(tidy(&chosen.join(rest))),
        Err(_) => {
            let message = format!("`{}` is outside the directory that snapshots are stored for", directory.display());
            Err(Diagnostic::error("outside-root", message).io().help("run the command in a directory above the overlay").into())
        }
    }
}

fn is_overlay(directory: &Path) -> bool {
    FILE_NAMES.iter().any(|name| directory.join(name).is_file())
}

fn is_test_file(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(ENDING) && !name.starts_with('.'))
}

/// The test files of a directory, sorted by name. What is not a regular file is refused when it is read.
fn test_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let paths = entries(directory)?.into_iter().map(|entry| tidy(&entry.path()));
    let mut files: Vec<PathBuf> = paths.filter(|path| is_test_file(path) && !path.is_dir()).collect();
    files.sort();
    Ok(files)
}

/// The subdirectories of a directory, without hidden ones and links.
fn directories_in(directory: &Path) -> Result<Vec<PathBuf>> {
    let is_hidden = |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    let is_directory = |entry: &DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let found = entries(directory)?.into_iter().filter(|entry| !is_hidden(entry) && is_directory(entry));
    Ok(found.map(|entry| tidy(&entry.path())).collect())
}

fn entries(directory: &Path) -> Result<Vec<DirEntry>> {
    let failed = |cause| Diagnostic::error("not-found", format!("can't read `{}`: {}", directory.display(), reason(&cause))).io();
    let entries = std::fs::read_dir(directory).map_err(failed)?;
    Ok(entries.collect::<std::io::Result<_>>().map_err(failed)?)
}

/// The error for tests whose overlay does not exist.
fn lonely(path: &Path) -> Diagnostic {
    let message = format!("`{}` is not next to a kustomization, so it has nothing to test", path.display());
    Diagnostic::error("no-overlay", message).help("move it next to the kustomization that it tests, or remove it")
}
