//! What the paths of the command line select: builds, files, and directories to search.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::{LeftOut, Reason};
use crate::commands::checking::Plans;
use crate::diagnostic::Result;
use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, Files, Guard, tidy};
use crate::records::Records;
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
/// A directory can't be searched, or its settings are not valid.
pub fn select(path: &Path, ignore: &Arc<Patterns>, plans: &mut Plans<'_>, records: &mut Records) -> Result<Selected> {
    if path == Path::new("-") {
        return Ok(Selected::Stream);
    }
    if is_left_out(path, &Chosen::new(base(path), Arc::clone(ignore), None)) {
        let mut left_out = LeftOut::default();
        left_out.add(Reason::Ignored, 1);
        return Ok(Selected::Nothing(left_out));
    }
    if path.is_dir() {
        if is_kustomization(path) {
            return Ok(Selected::Build(path.to_owned()));
        }
        return Ok(Selected::Directory(Box::new(tree(path, ignore, plans, records)?)));
    }
    let is_own = path.is_file() && FILE_NAMES.iter().any(|name| path.file_name().is_some_and(|found| found == *name));
    if is_own && !is_flux_file(path) {
        return Ok(Selected::Build(tidy(path.parent().unwrap_or(Path::new("")))));
    }
    Ok(Selected::File(path.to_owned()))
}

/// The content of a directory; `ignore` has the patterns of the command line.
///
/// # Errors
/// It can't be searched, or its settings are not valid.
pub fn tree(path: &Path, ignore: &Arc<Patterns>, plans: &mut Plans<'_>, records: &mut Records) -> Result<Tree> {
    let of_settings = plans.ignored(path, records)?.into_iter().rev();
    let outer = of_settings.fold(None, |outer, (home, patterns)| Some(Chosen::new(real(&home), patterns, outer)));
    let chosen = Chosen::new(base(path), Arc::clone(ignore), outer);
    let disk: Arc<dyn Files> = Arc::new(Disk);
    search(&Guard::around(&disk, path), path, &chosen)
}

/// The directory where patterns of the command line start: the working directory or, outside of it, the path itself.
fn base(path: &Path) -> PathBuf {
    let (here, start) = (real(Path::new(".")), real(path));
    if start.starts_with(&here) { here } else { start }
}

fn real(path: &Path) -> PathBuf {
    let path = if path == Path::new("") { Path::new(".") } else { path };
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Whether a pattern names a path of the command line or a directory above it.
fn is_left_out(path: &Path, chosen: &Chosen) -> bool {
    let Ok(real) = std::fs::canonicalize(path) else { return false };
    let is_directory = real.is_dir();
    let above = real.ancestors().enumerate().map(|(up, above)| chosen.leaves_out(above, up > 0 || is_directory));
    { above }.any(|left_out| left_out == Some(true))
}
