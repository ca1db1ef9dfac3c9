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
use crate::load::reads::What;
use crate::load::{Files, Guard, Kind, Links};
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
    links: Links,
}

/// The files that differ between the sides, relative to the root of the repository.
pub type Changes = BTreeSet<PathBuf>;

/// What the build of a directory depends on, relative to the root of the repository.
#[derive(Default)]
pub struct Inputs {
    /// Files, links and directories, whether or not they exist.
    paths: BTreeSet<PathBuf>,
    /// Directories whose entire content counts.
    whole: BTreeSet<PathBuf>,
    /// Directories of the kustomizations that it uses.
    pub uses: BTreeSet<PathBuf>,
    /// Why the build fails, and the sources that the errors point to.
    pub failure: Option<(Vec<Diagnostic>, Records)>,
}

impl Side {
    /// One of the states.
    pub fn new(files: Arc<dyn Files>, root: PathBuf, start: PathBuf, settings_count: bool) -> Self {
        Side { files, root, start, settings_count, links: Links::default() }
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
            let real = self.add(&read.path, &mut inputs.paths);
            if let (What::Directory, Some(_), Some(real)) = (read.what, read.step, &real) {
                inputs.uses.insert(real.clone());
            }
            inputs.whole.extend(real.filter(|_| read.what.is_whole()));
        }
        let checked = self.settings(&path, &mut inputs, &mut records);
        let errors: Vec<Diagnostic> = built.err().into_iter().chain(checked.err()).flat_map(|errors| errors.into_vec()).collect();
        inputs.failure = (!errors.is_empty()).then_some((errors, records));
        inputs
    }

    /// The settings that the objects of the directory are checked with.
    fn settings(&self, directory: &Path, inputs: &mut Inputs, records: &mut Records) -> Result<()> {
        if !self.settings_count {
            return Ok(());
        }
        for place in settings::places(self.files.as_ref(), directory) {
            self.add(&place, &mut inputs.paths);
        }
        for file in settings::find(&self.files, directory) {
            for definitions in settings::load(&file, records)?.crds {
                let real = self.add(&definitions.input.path, &mut inputs.paths);
                inputs.whole.extend(real);
            }
        }
        Ok(())
    }

    /// Adds a path and the links that lead to it; returns its target. Paths outside the repository are left out.
    fn add(&self, path: &Path, paths: &mut BTreeSet<PathBuf>) -> Option<PathBuf> {
        let path = self.root.join(&self.start).join(path);
        let trail = self.links.trail(&path, self.files.as_ref()).ok()?;
        let inside = |path: &Path| path.strip_prefix(&self.root).ok().map(Path::to_owned);
        paths.extend(trail.links.iter().filter_map(|link| inside(link)));
        let real = inside(&trail.real)?;
        paths.insert(real.clone());
        Some(real)
    }
}

impl Inputs {
    /// The changed files that the build depends on.
    pub fn touched<'c>(&self, changes: &'c Changes) -> BTreeSet<&'c Path> {
        // A change that is a link, a submodule, or a file on one side and a directory on the other has paths below it. There can be
        // many changes, so it is the paths that are looked up among them.
        let above = self.paths.iter().flat_map(|path| path.ancestors()).filter_map(|above| changes.get(above));
        let below = |whole: &PathBuf| {
            let whole = whole.clone();
            changes.range(whole.clone()..).take_while(move |change| change.starts_with(&whole))
        };
        let inside = self.whole.iter().flat_map(below);
        above.chain(inside).map(PathBuf::as_path).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_above_and_below_a_path_count_where_they_affect_it() {
        let set = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<BTreeSet<_>>();
        let paths = set(&["base/a.yaml", "base/a.yaml.bak", "charts/web", "link/x/y.yaml", "overlay"]);
        let inputs = Inputs { paths, whole: set(&["charts/web"]), ..Inputs::default() };
        let changes = set(&["base", "base/a", "base/a.yaml", "base/b.yaml", "charts/web/t/x.yaml", "charts/x", "lin", "link/x"]);
        let touched: Vec<String> = inputs.touched(&changes).into_iter().map(|path| path.display().to_string()).collect();
        assert_eq!(touched, ["base", "base/a.yaml", "charts/web/t/x.yaml", "link/x"]);
    }
}
