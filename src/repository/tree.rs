//! Searches a directory for kustomizations and manifests.
//!
//! Left out are hidden files and directories, what `.gitignore` files of the repository and `--ignore` name, `node_modules`,
//! `testdata`, vendored Go modules, other repositories, and Helm charts. Symbolic links to directories are not followed.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::ignore::{Chosen, Patterns};
use super::uses::{Kustomizations, directories};
use crate::check::{LeftOut, Reason};
use crate::diagnostic::{Diagnostic, Result};
use crate::kustomization::FILE_NAMES;
use crate::limits::SEARCHED;
use crate::load::{Guard, Input, Kind, tidy, unreadable};
use crate::usage::exceeded;

/// A larger `.gitignore` (in bytes) has no effect.
const MAX_PATTERNS: usize = 1 << 20;

/// What a search found.
#[derive(Debug, Default)]
pub struct Tree {
    /// The kustomizations.
    pub kustomizations: Kustomizations,
    /// The directories to build: those that no other kustomization uses.
    pub roots: BTreeSet<PathBuf>,
    /// YAML and JSON files that no kustomization names, each with its path in the nearest kustomization above it.
    pub files: Vec<(Input, Option<PathBuf>)>,
    /// What is not checked.
    pub left_out: LeftOut,
}

/// Searches a directory of a tree. `chosen` has the patterns of the command line and of the settings.
///
/// # Errors
/// A directory can't be read, or there are too many files.
pub fn search(guard: &Guard, start: &Path, chosen: &Arc<Chosen>) -> Result<Tree> {
    let real = guard.resolve(start)?;
    let mut walk = Walk { guard, chosen, files: Vec::new(), left_out: LeftOut::default(), seen: 0 };
    let above = if guard.files().is_repository(guard.root()) { walk.ignored_above(&real) } else { None };
    let is_repository = guard.files().is_repository(guard.root());
    walk.run(Place { shown: tidy(start), real, ignored: above }, is_repository)?;
    let Walk { files, mut left_out, .. } = walk;
    let directories = directories(files.iter().map(PathBuf::as_path), Path::new(""));
    let kustomizations = Kustomizations::read(guard, directories.into_iter().map(|directory| (directory.clone(), directory)));
    left_out.add(Reason::Component, kustomizations.unused_components());
    let used = kustomizations.files();
    let mut manifests = Vec::new();
    for file in files {
        // What can't be resolved is refused when it is read.
        let real = guard.files().canonicalize(&file).unwrap_or_else(|_| file.clone());
        match used.contains(real.as_path()) || kustomizations.may_belong(&real) {
            true => left_out.add(Reason::Used, 1),
            false => manifests.push((Input::within(guard, file), kustomizations.below(&real).map(Path::to_owned))),
        }
    }
    drop(used);
    Ok(Tree { roots: kustomizations.roots(), kustomizations, files: manifests, left_out })
}

struct Walk<'a> {
    guard: &'a Guard,
    chosen: &'a Arc<Chosen>,
    files: Vec<PathBuf>,
    left_out: LeftOut,
    seen: usize,
}

/// A directory to search.
struct Place {
    shown: PathBuf,
    real: PathBuf,
    /// The patterns of `.gitignore` files.
    ignored: Option<Arc<Chosen>>,
}

impl Walk<'_> {
    fn run(&mut self, start: Place, reads_ignored: bool) -> Result<()> {
        let files = Arc::clone(self.guard.files());
        let mut places = vec![start];
        while let Some(mut place) = places.pop() {
            let names = files.list(&place.shown).map_err(|cause| unreadable(&files.show(place.shown.clone()), &cause))?;
            self.count(names.len())?;
            if self.is_apart(&place, &names) {
                continue;
            }
            if reads_ignored && names.iter().any(|name| name == Path::new(".gitignore")) {
                place.ignored = self.ignored_in(&place.real, place.ignored.take());
            }
            let is_chart = names.iter().any(|name| name == Path::new("Chart.yaml"));
            for name in names.into_iter().filter(|name| name != Path::new(".git")) {
                let shown = tidy(&place.shown.join(&name));
                let Some(kind) = files.kind(&shown) else { continue };
                let is_directory = kind == Kind::Directory;
                if (is_directory && files.link(&shown).is_some()) || (!is_directory && !is_searched(&name)) {
                    continue;
                }
                let real = place.real.join(&name);
                if is_directory && is_chart && (name == Path::new("templates") || name == Path::new("charts")) {
                    self.left_out.add(Reason::Chart, usize::from(name == Path::new("templates")));
                } else if let Some(reason) = self.leave_out(&name, &real, is_directory, place.ignored.as_ref()) {
                    self.left_out.add(reason, 1);
                } else if is_directory {
                    places.push(Place { shown, real, ignored: place.ignored.clone() });
                } else {
                    self.files.push(shown);
                }
            }
        }
        self.files.sort();
        Ok(())
    }

    fn count(&mut self, names: usize) -> Result<(), Diagnostic> {
        self.seen = self.seen.saturating_add(names);
        match self.seen > SEARCHED {
            true => Err(exceeded(format!("there are more than {SEARCHED} files"))
                .help("name the directories to check, or pass `--ignore`")),
            false => Ok(()),
        }
    }

    /// Whether a directory as a whole is left out, because of its content.
    fn is_apart(&mut self, place: &Place, names: &[PathBuf]) -> bool {
        let has = |name: &str| names.iter().any(|found| found == Path::new(name));
        let is_kustomization = FILE_NAMES.iter().any(|name| has(name));
        let reason = if has("Chart.yaml") && !is_kustomization {
            Reason::Chart
        } else if has(".git") && place.real != self.guard.root() {
            Reason::Repository
        } else if has("modules.txt") && place.real.file_name() == Some(OsStr::new("vendor")) {
            Reason::Dependencies
        } else {
            return false;
        };
        self.left_out.add(reason, 1);
        true
    }

    /// The reason to leave out a file or directory because of its name.
    fn leave_out(&self, name: &Path, real: &Path, is_directory: bool, ignored: Option<&Arc<Chosen>>) -> Option<Reason> {
        match self.chosen.leaves_out(real, is_directory) {
            Some(true) => return Some(Reason::Ignored),
            // `!` in a pattern of the user adds what would be left out.
            Some(false) => return None,
            None => {}
        }
        if name.as_os_str().as_encoded_bytes().starts_with(b".") {
            return Some(Reason::Hidden);
        }
        match name.to_str().filter(|_| is_directory) {
            Some("node_modules") => return Some(Reason::Dependencies),
            Some("testdata") => return Some(Reason::TestData),
            _ => {}
        }
        let is_ignored = ignored.and_then(|ignored| ignored.leaves_out(real, is_directory)) == Some(true);
        is_ignored.then_some(Reason::Ignored)
    }

    /// The patterns of the directories above the first one.
    fn ignored_above(&self, real: &Path) -> Option<Arc<Chosen>> {
        let mut above: Vec<&Path> = real.ancestors().skip(1).take_while(|above| above.starts_with(self.guard.root())).collect();
        above.reverse();
        above.into_iter().fold(None, |outer, directory| self.ignored_in(directory, outer))
    }

    /// The patterns of a directory, if it has any.
    fn ignored_in(&self, directory: &Path, outer: Option<Arc<Chosen>>) -> Option<Arc<Chosen>> {
        let path = directory.join(".gitignore");
        if self.guard.files().kind(&path) != Some(Kind::File) {
            return outer;
        }
        let Some(content) = self.guard.read(&path).ok().filter(|content| content.len() <= MAX_PATTERNS) else { return outer };
        let patterns = Patterns::new(String::from_utf8_lossy(&content).lines());
        Some(Chosen::new(directory.to_owned(), Arc::new(patterns), outer))
    }
}

/// Whether a file is one of those that are searched.
fn is_searched(name: &Path) -> bool {
    let is_known = name.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known));
    is_known || FILE_NAMES.iter().any(|known| name == Path::new(known))
}
