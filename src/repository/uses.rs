//! The kustomizations of a tree, and what each of them names, without building anything.
//!
//! A build stops at its first missing file, and a component is never built alone: their files would look like files that nothing
//! uses. Therefore this reads all kustomization files once and follows the names in them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::contents::is_flux;
use crate::kustomization::FILE_NAMES;
use crate::load::{Guard, Kind};
use crate::records::Records;
use crate::yaml::{Dialect, Node};

/// The fields that can name directories.
const DIRECTORIES: &[&str] = &["resources", "bases", "components", "generators", "transformers", "validators"];

/// Longer strings are not paths.
const LONGEST: usize = 4096;

/// The kustomizations of a tree.
#[derive(Debug, Default)]
pub struct Kustomizations {
    /// By directory, absolute and without symbolic links.
    all: BTreeMap<PathBuf, Names>,
}

/// What a kustomization file says.
#[derive(Debug, Default)]
struct Names {
    /// The directory as the caller names it.
    shown: PathBuf,
    /// Its kustomization files, without objects of Flux.
    own: Vec<PathBuf>,
    is_component: bool,
    is_readable: bool,
    directories: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
}

/// The directories of all kustomization files below a directory.
pub fn directories<'f>(files: impl Iterator<Item = &'f Path>, below: &Path) -> BTreeSet<PathBuf> {
    let named = files.filter(|file| FILE_NAMES.iter().any(|name| file.file_name().is_some_and(|found| found == *name)));
    named.filter_map(Path::parent).filter(|directory| directory.starts_with(below)).map(Path::to_owned).collect()
}

impl Kustomizations {
    /// Reads the kustomization files of directories. Each has a path, and the same as the caller names it.
    pub fn read(guard: &Guard, directories: impl Iterator<Item = (PathBuf, PathBuf)>) -> Self {
        let mut all = BTreeMap::new();
        for (directory, shown) in directories {
            let Ok(real) = guard.resolve(&directory) else { continue };
            let names = Names::read(guard, &directory, shown);
            if !names.own.is_empty() {
                all.insert(real, names);
            }
        }
        Kustomizations { all }
    }

    /// Also reads the kustomization of a directory, and those of all directories that it uses.
    pub fn follow(&mut self, guard: &Guard, directory: &Path) {
        let mut next = vec![directory.to_owned()];
        while let Some(directory) = next.pop() {
            let Ok(real) = guard.resolve(&directory) else { continue };
            if let Entry::Vacant(new) = self.all.entry(real) {
                let names = new.insert(Names::read(guard, &directory, directory.clone()));
                next.extend(names.directories.iter().cloned());
            }
        }
    }

    /// A number for each directory, given the files that it names and its own. Directories are absolute and without symbolic links.
    pub fn weigh(&self, mut weight: impl FnMut(&mut dyn Iterator<Item = &Path>) -> u64) -> BTreeMap<&Path, u64> {
        let mut weigh = |names: &Names| {
            let files: BTreeSet<&Path> = names.own.iter().chain(&names.files).map(PathBuf::as_path).collect();
            weight(&mut files.into_iter())
        };
        self.all.iter().map(|(directory, names)| (directory.as_path(), weigh(names))).collect()
    }

    /// A directory and all directories that it uses, given the same way.
    pub fn reached<'a>(&'a self, directory: &'a PathBuf) -> BTreeSet<&'a PathBuf> {
        let mut reached = BTreeSet::new();
        self.reach(directory, &mut reached);
        reached
    }

    /// All directories except components.
    pub fn all(&self) -> BTreeSet<PathBuf> {
        self.all.values().filter(|names| !names.is_component).map(|names| names.shown.clone()).collect()
    }

    /// The directories to build: those that no other one uses, except components. Of kustomizations that use each other in a circle,
    /// one is built, because it fails.
    pub fn roots(&self) -> BTreeSet<PathBuf> {
        let used: BTreeSet<&PathBuf> =
            self.all.iter().flat_map(|(own, names)| names.directories.iter().filter(move |used| *used != own)).collect();
        let mut reached = BTreeSet::new();
        let mut roots = BTreeSet::new();
        let first = self.all.iter().filter(|(directory, _)| !used.contains(directory));
        for (directory, names) in first.chain(&self.all).filter(|(_, names)| !names.is_component) {
            if !reached.contains(directory) {
                self.reach(directory, &mut reached);
                roots.insert(names.shown.clone());
            }
        }
        roots
    }

    /// The directories that the kustomization in `directory` could list: those below it that no kustomization uses, and that do not
    /// use it themselves. `directory` is absolute and without symbolic links.
    pub fn free_below(&self, directory: &Path) -> BTreeSet<PathBuf> {
        let below = self.all.iter().filter(|(own, _)| *own != directory && own.starts_with(directory));
        let used: BTreeSet<&PathBuf> =
            self.all.iter().flat_map(|(own, names)| names.directories.iter().filter(move |used| *used != own)).collect();
        let free = below.filter(|(own, names)| {
            let mut reached = BTreeSet::new();
            self.reach(own, &mut reached);
            let is_nearest = own.ancestors().skip(1).find(|above| self.all.contains_key(*above)) == Some(directory);
            is_nearest && !names.is_component && !used.contains(own) && !reached.iter().any(|used| used.as_path() == directory)
        });
        free.map(|(_, names)| names.shown.clone()).collect()
    }

    /// The number of components that no kustomization uses.
    pub fn unused_components(&self) -> usize {
        let mut reached = BTreeSet::new();
        self.all.iter().filter(|(_, names)| !names.is_component).for_each(|(directory, _)| self.reach(directory, &mut reached));
        self.all.iter().filter(|(directory, names)| names.is_component && !reached.contains(directory)).count()
    }

    /// Adds a directory and all directories that it uses.
    fn reach<'a>(&'a self, directory: &'a PathBuf, reached: &mut BTreeSet<&'a PathBuf>) {
        let mut next = vec![directory];
        while let Some(directory) = next.pop() {
            if reached.insert(directory) {
                next.extend(self.all.get(directory).into_iter().flat_map(|names| &names.directories));
            }
        }
    }

    /// The kustomization files and the files that they name, as absolute paths without symbolic links.
    pub fn files(&self) -> BTreeSet<&Path> {
        self.all.values().flat_map(|names| names.own.iter().chain(&names.files)).map(PathBuf::as_path).collect()
    }

    /// Whether a file, given the same way, may belong to the nearest kustomization, whose file can't be read.
    pub fn may_belong(&self, file: &Path) -> bool {
        self.nearest(file).is_some_and(|(_, names)| !names.is_readable)
    }

    /// The path of a file, given the same way, in the nearest directory above it with a kustomization.
    pub fn below<'f>(&self, file: &'f Path) -> Option<&'f Path> {
        self.nearest(file).and_then(|(directory, _)| file.strip_prefix(directory).ok())
    }

    fn nearest<'f>(&self, file: &'f Path) -> Option<(&'f Path, &Names)> {
        file.ancestors().skip(1).find_map(|above| Some((above, self.all.get(above)?)))
    }
}

impl Names {
    fn read(guard: &Guard, directory: &Path, shown: PathBuf) -> Self {
        let mut names = Names { shown, is_readable: true, ..Names::default() };
        for name in FILE_NAMES {
            let path = directory.join(name);
            if guard.files().kind(&path) != Some(Kind::File) {
                continue;
            }
            match document(guard, &path) {
                Some(document) if is_flux(&document) => continue,
                Some(document) => names.add(guard, directory, &document),
                None => names.is_readable = false,
            }
            names.own.extend(guard.files().canonicalize(&path));
        }
        names
    }

    fn add(&mut self, guard: &Guard, directory: &Path, document: &Node) {
        for entry in document.as_mapping().into_iter().flatten() {
            let is = |field: &str| entry.key.text.eq_ignore_ascii_case(field);
            self.is_component |= is("kind") && entry.value.as_str() == Some("Component");
            if DIRECTORIES.iter().any(|field| is(field)) {
                let paths = entry.value.as_sequence().unwrap_or_default().iter().filter_map(Node::as_str);
                let found = paths.filter_map(|path| resolve(guard, directory, path, Kind::Directory));
                self.directories.extend(found);
            }
        }
        let mut nodes = vec![document];
        while let Some(node) = nodes.pop() {
            nodes.extend(node.children());
            let Some(text) = node.as_str().filter(|text| text.len() <= LONGEST && !text.contains('\n')) else { continue };
            // The items of `files` in a generator have the form `KEY=PATH`.
            let paths = std::iter::once(text).chain(text.split_once('=').map(|(_, path)| path));
            self.files.extend(paths.filter_map(|path| resolve(guard, directory, path, Kind::File)));
        }
    }
}

fn resolve(guard: &Guard, directory: &Path, path: &str, kind: Kind) -> Option<PathBuf> {
    let path = directory.join(path);
    (guard.files().kind(&path) == Some(kind)).then(|| guard.files().canonicalize(&path).ok())?
}

/// The first document of a kustomization file; `None` if it can't be read.
fn document(guard: &Guard, path: &Path) -> Option<Node> {
    let mut records = Records::default();
    let source = records.add_text(path, guard.read(path).ok()?).ok()?;
    let step = records.provenance.step("", "");
    records.first_document(source, step, Dialect::Yaml11).ok()?
}
