//! The files that a build reads, as a rule for make or ninja: what `gcc -MD -MP` writes for a source file.
//!
//! The target is the file that the build is written to, so the rule only adds prerequisites to the rule of the user. A build also
//! depends on files that do not exist, such as a `kustomization.yml` beside `kustomization.yaml`. make finds them itself, because
//! `$(wildcard FILE)` is empty until the file exists. ninja has no such function: it watches the directory that the file would
//! be in, whose time changes with each name that is added or removed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::place::Here;
use crate::diagnostic::{Diagnostic, Result};
use crate::escape;
use crate::limits::SEARCHED;
use crate::load::reads::{Read, What};
use crate::load::{Files, Kind};
use crate::usage::exceeded;

/// Whose rules are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// GNU make
    Make,
    /// ninja, with or without `deps = gcc`
    Ninja,
}

/// What a build needs. Paths are as the user would write them; what is remote is left out.
#[derive(Debug, Default)]
pub struct Needs {
    /// Files, links, and directories whose content counts.
    files: BTreeSet<PathBuf>,
    /// Files that do not exist, but would change the build, in directories with files of the build.
    absent: BTreeSet<PathBuf>,
    /// The same above these directories.
    absent_above: BTreeSet<PathBuf>,
}

impl Needs {
    /// What builds have read and looked for.
    ///
    /// # Errors
    /// A chart or mount has too many files.
    pub fn of(reads: &[Read], files: &dyn Files) -> Result<Self> {
        let mut needs = Needs::default();
        let here = Here::of(files);
        let mut seen = BTreeSet::new();
        let local = reads.iter().filter(|read| !read.what.is_remote());
        for read in local.filter(|read| seen.insert((read.what.is_whole(), &read.path, &read.shown))) {
            if read.what == What::Absent {
                needs.absent.insert(read.shown.clone());
                continue;
            }
            let place = here.place(&read.path, &read.shown);
            needs.files.extend(place.links);
            match read.what {
                What::Directory => {}
                what if what.is_whole() => needs.add_whole(place.path, files)?,
                _ => _ = needs.files.insert(place.path),
            }
        }
        Ok(needs)
    }

    /// Adds a file.
    pub fn add(&mut self, path: PathBuf) {
        self.files.insert(path);
    }

    /// Adds a file that may appear above the directories of the build.
    pub fn look_above(&mut self, path: PathBuf) {
        self.absent_above.insert(path);
    }

    /// Adds a directory with everything in it.
    fn add_whole(&mut self, start: PathBuf, files: &dyn Files) -> Result<()> {
        let mut next = vec![start];
        let mut count = 0_usize;
        while let Some(path) = next.pop() {
            count += 1;
            if count > SEARCHED {
                return Err(exceeded(format!("there are more than {SEARCHED} files")).into());
            }
            let is_followed = count == 1 || files.link(&path).is_none();
            if is_followed && files.kind(&path) == Some(Kind::Directory) {
                next.extend(files.list(&path).unwrap_or_default().into_iter().map(|name| path.join(name)));
            }
            self.files.insert(path);
        }
        Ok(())
    }

    /// The rule that makes a target depend on all of it.
    ///
    /// # Errors
    /// The engine can't read one of the paths.
    pub fn rule(&self, target: &Path, engine: Engine, files: &dyn Files) -> Result<String> {
        let mut inputs = self.files.clone();
        let mut wildcards = Vec::new();
        let missing = |path: &&PathBuf| files.kind(path).is_none();
        for path in self.absent.iter().filter(missing) {
            match is_plain(path) && engine == Engine::Make {
                true => wildcards.push(path),
                false => inputs.extend(directory_of(path, files).filter(|found| is_apart(found, target))),
            }
        }
        if engine == Engine::Make {
            wildcards.extend(self.absent_above.iter().filter(missing).filter(|path| is_plain(path)));
        }
        let targets = inputs.iter().map(|path| word(path, engine, true)).collect::<Result<Vec<_>, _>>()?;
        let inputs = inputs.iter().map(|path| word(path, engine, false)).collect::<Result<Vec<_>, _>>()?;
        let mut out = format!("{}:", word(target, engine, true)?);
        inputs.iter().for_each(|input| out += &format!(" \\\n  {input}"));
        for path in wildcards {
            out += &format!(" \\\n  $(wildcard {})", path.display());
        }
        out.push('\n');
        if engine == Engine::Make && !targets.is_empty() {
            // Without a rule for it, make stops at a file that was removed.
            out += &format!("{}:\n", targets.join(" \\\n"));
        }
        Ok(out)
    }
}

/// A path in the language of the engine.
fn word(path: &Path, engine: Engine, is_target: bool) -> Result<String, Diagnostic> {
    let text = path.to_str().and_then(|text| match engine {
        Engine::Make => escape::make(text, is_target),
        Engine::Ninja => escape::ninja(text),
    });
    text.ok_or_else(|| {
        let engine = if engine == Engine::Make { "make" } else { "ninja" };
        Diagnostic::error("depfile", format!("{engine} can't read the path `{}`", path.display())).help("rename the file")
    })
}

/// Whether make finds a path that it gets from a function: the result is split at spaces and read as a rule.
fn is_plain(path: &Path) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+@,".contains(byte);
    !path.starts_with("~") && path.as_os_str().as_encoded_bytes().iter().all(is_plain)
}

/// The nearest directory above a path that exists.
fn directory_of(path: &Path, files: &dyn Files) -> Option<PathBuf> {
    let mut above = path.ancestors().skip(1).map(|above| if above == Path::new("") { Path::new(".") } else { above });
    above.find(|above| files.kind(above) == Some(Kind::Directory)).map(Path::to_owned)
}

/// Whether a directory does not change because the target is written.
fn is_apart(directory: &Path, target: &Path) -> bool {
    let parent = target.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    directory != parent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Disk;

    #[test]
    fn what_is_absent_is_a_wildcard_or_its_directory() {
        let directory = tempfile::tempdir().expect("a directory");
        let absent = directory.path().join("kustomization.yml");
        let mut needs = Needs::default();
        needs.add(directory.path().join("a b.yaml"));
        needs.absent.insert(absent.clone());
        needs.look_above(directory.path().join(".render.yaml"));
        let root = directory.path().display();
        let rule = |target: &Path, engine| needs.rule(target, engine, &Disk).expect("a rule");
        let head = format!("out/x.yaml: \\\n  {root}/a\\ b.yaml");
        assert_eq!(
            rule(Path::new("out/x.yaml"), Engine::Make),
            format!("{head} \\\n  $(wildcard {}) \\\n  $(wildcard {root}/.render.yaml)\n{root}/a\\ b.yaml:\n", absent.display())
        );
        let ninja = format!("out/x.yaml: \\\n  {root} \\\n  {root}/a\\ b.yaml\n");
        assert_eq!(rule(Path::new("out/x.yaml"), Engine::Ninja), ninja);
        let beside = rule(&directory.path().join("out.yaml"), Engine::Ninja);
        assert!(!beside.contains(&format!(" {root} \\")), "{beside}");
    }
}
