//! Finds the directories that a change affects: those whose builds read a file that was changed, added or removed.
//!
//! A build depends on the files that it reads and on those that it looks for but does not find; its loaders record both. If
//! none of the changed files is in that list for one side, the build is the same on the other side and need not run there.
//! Otherwise the directory is built on both sides, because each side may read files that the other does not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Result};
use crate::kustomization::FILE_NAMES;
use crate::load::reads::{Read, What};
use crate::load::{Dependencies, Files, Guard, Kind, Links, StandIn, StandIns};
use crate::options::BuildOptions;
use crate::pipeline::build;
use crate::records::Records;
use crate::repository::Kustomizations;
use crate::settings;

/// One of the two states that are compared.
pub struct Side {
    /// Its files.
    pub files: Arc<dyn Files>,
    /// The root of the repository in them, absolute and without symbolic links.
    pub root: PathBuf,
    /// The directory that paths of builds are relative to, below the root.
    pub start: PathBuf,
    /// Whether its own settings are used, so that a change to them counts.
    pub settings_count: bool,
    /// The files, if some take the place of files that git does not have.
    stand_ins: Option<Arc<StandIns>>,
    links: Links,
}

/// The files that differ between the sides, relative to the root of the repository.
pub type Changes = BTreeSet<PathBuf>;

/// What the build of a directory depends on, relative to the root of the repository.
#[derive(Default)]
pub struct Inputs {
    dependencies: Dependencies,
    /// Directories of the kustomizations that it uses.
    pub uses: BTreeSet<PathBuf>,
    /// Why the build fails, and the sources that the errors point to.
    pub failure: Option<(Vec<Diagnostic>, Records)>,
}

impl Side {
    /// One of the states.
    pub fn new(files: Arc<dyn Files>, root: PathBuf, start: PathBuf, settings_count: bool) -> Self {
        Side { files, root, start, settings_count, stand_ins: None, links: Links::default() }
    }

    /// The same side, with files in the place of files that git does not have. For a working tree, `known` are the files that git does
    /// not ignore.
    pub fn with_stand_ins(self, rules: &[StandIn], known: Option<&BTreeSet<PathBuf>>) -> Self {
        if rules.is_empty() {
            return self;
        }
        let files = Arc::new(StandIns::new(self.files, self.root.clone(), rules.to_vec(), known.cloned()));
        Side { stand_ins: Some(Arc::clone(&files)), files, ..self }
    }

    /// What took the place of files that a build read: both paths, relative to the root of the repository.
    pub fn replaced(&self, reads: &[Read]) -> BTreeSet<(PathBuf, PathBuf)> {
        let Some(stand_ins) = &self.stand_ins else { return BTreeSet::new() };
        let inside = |path: &Path| {
            let real = self.files.canonicalize(path).ok()?;
            real.strip_prefix(&self.root).ok().map(Path::to_owned)
        };
        let pair = |path: &Path| {
            let other = inside(&stand_ins.of(path)?)?;
            Some((other.with_file_name(path.file_name()?), other))
        };
        reads.iter().filter(|read| read.what == What::File).filter_map(|read| pair(&read.path)).collect()
    }

    /// The path of a directory, given relative to the root of the repository, in the form that builds of this side expect.
    pub fn path(&self, directory: &Path) -> PathBuf {
        crate::deps::relative(&self.start, directory)
    }

    /// Whether a directory, relative to the root of the repository, has a kustomization.
    pub fn has_kustomization(&self, directory: &Path) -> bool {
        let directory = self.path(directory);
        FILE_NAMES.iter().any(|name| self.files.kind(&directory.join(name)) == Some(Kind::File))
    }

    /// The kustomizations of directories, relative to the root of the repository.
    pub fn kustomizations(&self, directories: &BTreeSet<PathBuf>) -> Kustomizations {
        let guard = Guard::around(&self.files, &self.path(Path::new("")));
        Kustomizations::read(&guard, directories.iter().map(|directory| (self.path(directory), directory.clone())))
    }

    /// Builds a directory, relative to the root of the repository, to find out what it depends on. `run` has the settings of
    /// the run.
    pub fn inputs(&self, directory: &Path, options: &BuildOptions, run: &Records) -> Inputs {
        let mut records = run.for_next_build();
        let mut inputs = Inputs::default();
        let path = self.path(directory);
        let built = build(&path, Arc::clone(&self.files), options, &mut records);
        let read = records.reads.list();
        for read in read.iter().filter(|read| !read.what.is_remote()) {
            let real = self.add(&read.path, &mut inputs.dependencies);
            if let (What::Directory, Some(_), Some(real)) = (read.what, read.step, &real) {
                inputs.uses.insert(real.clone());
            }
            real.filter(|_| read.what.is_whole()).into_iter().for_each(|real| inputs.dependencies.add_whole(real));
        }
        let checked = self.settings(&path, &mut inputs, &mut records);
        let errors: Vec<Diagnostic> = built.err().into_iter().chain(checked.err()).flat_map(|errors| errors.into_vec()).collect();
        inputs.failure = (!errors.is_empty()).then_some((errors, records.finished()));
        inputs
    }

    /// The settings that the objects of the directory are checked with.
    fn settings(&self, directory: &Path, inputs: &mut Inputs, records: &mut Records) -> Result<()> {
        if !self.settings_count {
            return Ok(());
        }
        for place in settings::places(self.files.as_ref(), directory) {
            self.add(&place, &mut inputs.dependencies);
        }
        for file in settings::find(&self.files, directory) {
            for definitions in settings::load(&file, records)?.crds {
                let real = self.add(&definitions.input.path, &mut inputs.dependencies);
                real.into_iter().for_each(|real| inputs.dependencies.add_whole(real));
            }
        }
        Ok(())
    }

    /// The file that a path of a build leads to, relative to the root of the repository; `None` if it is outside.
    pub fn real(&self, path: &Path) -> Option<PathBuf> {
        let path = self.root.join(&self.start).join(path);
        let trail = self.links.trail(&path, self.files.as_ref()).ok()?;
        trail.real.strip_prefix(&self.root).ok().map(Path::to_owned)
    }

    /// Adds a path and the links that lead to it; returns its target. Paths outside the repository are left out.
    fn add(&self, path: &Path, dependencies: &mut Dependencies) -> Option<PathBuf> {
        let path = self.root.join(&self.start).join(path);
        let trail = self.links.trail(&path, self.files.as_ref()).ok()?;
        let inside = |path: &Path| path.strip_prefix(&self.root).ok().map(Path::to_owned);
        trail.links.iter().filter_map(|link| inside(link)).for_each(|link| dependencies.add(link));
        let real = inside(&trail.real)?;
        dependencies.add(real.clone());
        Some(real)
    }
}

impl Inputs {
    /// The changed files that the build depends on.
    pub fn touched<'c>(&self, changes: &'c Changes) -> BTreeSet<&'c Path> {
        self.dependencies.among(changes)
    }
}
