//! Which directories a change touches: those whose builds read a file that changed, appeared or went.
//!
//! A build is made of what it reads and of what it looks for in vain, and its loaders note both. So a build on one side whose
//! list has none of the changed files is the same on the other side, and need not be done there; one that is touched is done
//! on both sides, because either may read what the other does not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Result};
use crate::kustomization::{FILE_NAMES, Kustomization};
use crate::load::reads::What;
use crate::load::{Files, Kind, Loader, trail};
use crate::options::BuildOptions;
use crate::pipeline::build;
use crate::records::Records;
use crate::settings;

/// One of the two states that are compared.
pub struct Side {
    /// Its files.
    pub files: Rc<dyn Files>,
    /// The root of the repository in them, absolute and without symbolic links.
    pub root: PathBuf,
    /// The directory that paths of builds are relative to, below the root.
    pub start: PathBuf,
}

/// The files that differ between the sides, relative to the root of the repository.
pub type Changes = BTreeSet<PathBuf>;

/// What the build of a directory depends on, relative to the root of the repository.
#[derive(Default)]
pub struct Inputs {
    /// Files, links and directories, there or not.
    paths: BTreeSet<PathBuf>,
    /// Directories that count with all that is in them.
    whole: BTreeSet<PathBuf>,
    /// Directories of kustomizations that it uses.
    pub uses: BTreeSet<PathBuf>,
    /// Why it fails, and the texts that the errors point into.
    pub failure: Option<(Vec<Diagnostic>, Records)>,
}

impl Side {
    /// The path of a directory, which is relative to the root of the repository, as builds of this side want it.
    fn path(&self, directory: &Path) -> PathBuf {
        crate::deps::relative(&self.start, directory)
    }

    /// Whether a directory, relative to the root of the repository, has a kustomization.
    pub fn has_kustomization(&self, directory: &Path) -> bool {
        let directory = self.path(directory);
        FILE_NAMES.iter().any(|name| self.files.kind(&directory.join(name)) == Some(Kind::File))
    }

    /// Whether the kustomization of a directory is a component, which makes sense only in another one.
    pub fn is_component(&self, directory: &Path, options: &BuildOptions) -> bool {
        let mut records = Records::default();
        let (remote, reads) = (records.remote(true), Rc::clone(&records.reads));
        let loader = Loader::new(Rc::clone(&self.files), &self.path(directory), options.restrictions, remote, reads);
        loader.is_ok_and(|loader| Kustomization::load(&loader, &mut records).is_ok_and(|found| found.is_component()))
    }

    /// Builds a directory, relative to the root of the repository, to see what it depends on. `run` is what the run knows.
    pub fn inputs(&self, directory: &Path, options: &BuildOptions, run: &Records) -> Inputs {
        let mut records = run.anew();
        let mut inputs = Inputs::default();
        let path = self.path(directory);
        let built = build(&path, Rc::clone(&self.files), options, &mut records);
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

    /// What objects of the directory are checked with.
    fn settings(&self, directory: &Path, inputs: &mut Inputs, records: &mut Records) -> Result<()> {
        for place in settings::places(self.files.as_ref(), directory) {
            self.add(&place, &mut inputs.paths);
        }
        for file in settings::find(self.files.as_ref(), directory) {
            for definitions in settings::load(&file, self.files.as_ref(), records)?.crds {
                let real = self.add(&definitions, &mut inputs.paths);
                inputs.whole.extend(real);
            }
        }
        Ok(())
    }

    /// Adds a path and the links that lead there; returns where it leads. What lies outside of the repository is left out.
    fn add(&self, path: &Path, paths: &mut BTreeSet<PathBuf>) -> Option<PathBuf> {
        let path = self.root.join(&self.start).join(path);
        let trail = trail(&path, |path| Ok(self.files.link(path))).ok()?;
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
        changes.iter().map(PathBuf::as_path).filter(|change| self.depends_on(change)).collect()
    }

    fn depends_on(&self, change: &Path) -> bool {
        // Something below it is asked for when it is a link, a submodule, or a file on one side and a directory on the other.
        let below = self.paths.range(change.to_owned()..).next().is_some_and(|next| next.starts_with(change));
        below || change.ancestors().any(|above| self.whole.contains(above))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_above_and_below_count_where_they_can_be_seen() {
        let set = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<BTreeSet<_>>();
        let paths = set(&["base/a.yaml", "base/a.yaml.bak", "charts/web", "link/x/y.yaml", "overlay"]);
        let inputs = Inputs { paths, whole: set(&["charts/web"]), ..Inputs::default() };
        let changes = set(&["base", "base/a", "base/a.yaml", "base/b.yaml", "charts/web/t/x.yaml", "charts/x", "lin", "link/x"]);
        let touched: Vec<String> = inputs.touched(&changes).into_iter().map(|path| path.display().to_string()).collect();
        assert_eq!(touched, ["base", "base/a.yaml", "charts/web/t/x.yaml", "link/x"]);
    }
}
