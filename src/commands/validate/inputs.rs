//! What the paths of the command line select: builds, files, and directories to search.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::check::{LeftOut, Reason};
use crate::diagnostic::Result;
use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, Files, Guard, tidy};
use crate::repository::{Chosen, Patterns, Tree, is_flux_file, is_kustomization, search};

/// What a path selects.
pub enum Selected {
    /// Standard input.
    Stream,
    /// A kustomization.
    Build(PathBuf),
    /// A file, which may be a FIFO or a device.
    File(PathBuf),
    /// The content of a directory that is not a kustomization.
    Directory(Box<Tree>),
    /// It is left out.
    Nothing(LeftOut),
}

/// What a path selects; `ignore` has the patterns of the command line.
///
/// # Errors
/// A directory can't be searched.
pub fn select(path: &Path, ignore: &Patterns) -> Result<Selected> {
    if path == Path::new("-") {
        return Ok(Selected::Stream);
    }
    let chosen = chosen(path, ignore);
    if is_left_out(path, &chosen) {
        let mut left_out = LeftOut::default();
        left_out.add(Reason::Ignored, 1);
        return Ok(Selected::Nothing(left_out));
    }
    if path.is_dir() {
        if is_kustomization(path) {
            return Ok(Selected::Build(path.to_owned()));
        }
        let disk: Rc<dyn Files> = Rc::new(Disk);
        return Ok(Selected::Directory(Box::new(search(&Guard::around(&disk, path), path, &chosen)?)));
    }
    let is_own = path.is_file() && FILE_NAMES.iter().any(|name| path.file_name().is_some_and(|found| found == *name));
    if is_own && !is_flux_file(path) {
        return Ok(Selected::Build(tidy(path.parent().unwrap_or(Path::new("")))));
    }
    Ok(Selected::File(path.to_owned()))
}

/// The patterns of the command line. They start in the working directory or, outside of it, in the directory that is searched.
fn chosen(path: &Path, ignore: &Patterns) -> Rc<Chosen> {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let here = real(Path::new("."));
    let start = real(path);
    let base = if start.starts_with(&here) { here } else { start };
    Chosen::new(base, ignore.clone(), None)
}

/// Whether a pattern names a path of the command line or a directory above it.
fn is_left_out(path: &Path, chosen: &Chosen) -> bool {
    let Ok(real) = std::fs::canonicalize(path) else { return false };
    let is_directory = real.is_dir();
    let above = real.ancestors().enumerate().map(|(up, above)| chosen.leaves_out(above, up > 0 || is_directory));
    { above }.any(|left_out| left_out == Some(true))
}
