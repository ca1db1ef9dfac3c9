//! Builds in a process that lives on: a change rebuilds what reads it, and texts that did not change are not parsed again.
//!
//! Every build reads its files again, and has the same result as in a new process. Remote repositories and files are the
//! exception: they are fetched once. Memory is bounded by the last build of each directory: texts that none of them uses are
//! dropped.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diagnostic::Result;
use crate::jobs;
use crate::kustomization::FILE_NAMES;
use crate::load::reads::What;
use crate::load::{Dependencies, Files, trail};
use crate::options::BuildOptions;
use crate::pipeline::build;
use crate::records::Records;
use crate::resource::ResMap;

/// The builds of a process, with the texts that they share.
pub struct Session {
    builder: Builder,
    builds: BTreeMap<PathBuf, Build>,
}

/// What the builds share.
struct Builder {
    files: Arc<dyn Files>,
    options: BuildOptions,
    /// What relative paths are relative to.
    start: PathBuf,
    /// Texts and remote files.
    run: Records,
}

/// The last build of a directory.
pub struct Build {
    /// The objects, or why the build failed.
    pub result: Result<ResMap>,
    /// The texts that it read, the origins of the values, and the findings.
    pub records: Records,
    dependencies: Dependencies,
}

impl Session {
    /// A session without builds.
    pub fn new(files: Arc<dyn Files>, options: BuildOptions) -> Self {
        let here = || std::env::current_dir().ok();
        let start = files.on_disk().then(here).flatten().unwrap_or_else(|| PathBuf::from("/"));
        Session { builder: Builder { files, options, start, run: Records::default() }, builds: BTreeMap::new() }
    }

    /// Builds a directory, whether or not anything changed since its last build.
    pub fn build(&mut self, directory: &Path) -> &mut Build {
        self.builder.renew();
        let build = self.builder.built(directory);
        self.keep(directory, build)
    }

    /// Replaces the last build of a directory. Until now, it kept the texts that did not change.
    fn keep(&mut self, directory: &Path, build: Build) -> &mut Build {
        match self.builds.entry(directory.to_owned()) {
            Entry::Occupied(mut entry) => {
                entry.insert(build);
                entry.into_mut()
            }
            Entry::Vacant(entry) => entry.insert(build),
        }
    }

    /// The last build of a directory.
    pub fn get(&mut self, directory: &Path) -> Option<&mut Build> {
        self.builds.get_mut(directory)
    }

    /// The last builds of all directories.
    pub fn builds(&self) -> impl Iterator<Item = (&Path, &Build)> {
        self.builds.iter().map(|(directory, build)| (directory.as_path(), build))
    }

    /// Forgets the build of a directory.
    pub fn forget(&mut self, directory: &Path) {
        self.builds.remove(directory);
    }

    /// The directories whose last build depends on one of these paths, which changed, appeared, or disappeared.
    pub fn affected<'p>(&self, changes: impl IntoIterator<Item = &'p Path>) -> Vec<PathBuf> {
        let changes: Vec<PathBuf> = changes.into_iter().flat_map(|change| self.builder.names(change)).collect();
        let is_affected = |build: &Build| changes.iter().any(|change| build.dependencies.contain(change));
        self.builds.iter().filter(|(_, build)| is_affected(build)).map(|(directory, _)| directory.clone()).collect()
    }

    /// Builds the directories again that depend on one of these paths, several at a time; returns them.
    pub fn change<'p>(&mut self, changes: impl IntoIterator<Item = &'p Path>) -> Vec<PathBuf> {
        let affected = self.affected(changes);
        self.builder.renew();
        // Functions may do anything, so they never run beside each other.
        let builder = &self.builder;
        let threads = if builder.options.functions.is_some() { 1 } else { jobs::threads() };
        let builds = jobs::all(threads, &affected, |directory| builder.built(directory));
        affected.iter().zip(builds).for_each(|(directory, build)| _ = self.keep(directory, build));
        affected
    }
}

impl Builder {
    /// Starts to number texts again before the numbers run out.
    fn renew(&mut self) {
        if self.run.sources.is_full() {
            self.run = Records::default();
        }
    }

    fn built(&self, directory: &Path) -> Build {
        let mut records = self.run.for_next_build();
        let result = build(directory, Arc::clone(&self.files), &self.options, &mut records);
        let dependencies = self.dependencies(directory, &records);
        Build { result, records, dependencies }
    }

    /// What a changed path may be among dependencies: the path itself if it is a link, and what it leads to.
    fn names(&self, change: &Path) -> Vec<PathBuf> {
        let path = self.start.join(change);
        match trail(&path, |path| Ok(self.files.link(path))) {
            Ok(trail) => trail.links.into_iter().chain([trail.real]).collect(),
            Err(_) => vec![path],
        }
    }

    fn dependencies(&self, directory: &Path, records: &Records) -> Dependencies {
        let mut dependencies = Dependencies::default();
        let mut links: FxHashMap<PathBuf, Option<PathBuf>> = FxHashMap::default();
        let mut add = |path: &Path, is_whole: bool| {
            let link = |path: &Path| match links.get(path) {
                Some(known) => Ok(known.clone()),
                None => Ok(links.entry(path.to_owned()).or_insert(self.files.link(path)).clone()),
            };
            let Ok(trail) = trail(&self.start.join(path), link) else { return };
            trail.links.into_iter().for_each(|link| dependencies.add(link));
            if is_whole {
                dependencies.add_whole(trail.real.clone());
            }
            dependencies.add(trail.real);
        };
        // All names of a kustomization file count: if there are two files, none of them is read.
        FILE_NAMES.iter().for_each(|name| add(&directory.join(name), false));
        for read in records.reads.list().iter().filter(|read| !read.what.is_remote()) {
            add(&read.path, read.what.is_whole());
            if read.what == What::Directory {
                FILE_NAMES.iter().for_each(|name| add(&read.path.join(name), false));
            }
        }
        for definitions in self.options.custom_lists.iter().flatten() {
            add(&definitions.input.path, true);
        }
        dependencies
    }
}
