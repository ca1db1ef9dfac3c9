//! The helm program for tests: `RENDER_HELM`, or `helm` on `PATH`, or the one downloaded by `tests/fetch-helm.sh`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A directory with a program named `helm`.
pub struct Helm {
    directory: TempDir,
}

impl Helm {
    /// The first helm that works.
    pub fn find() -> Option<Helm> {
        let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/helm/helm");
        let named = std::env::var_os("RENDER_HELM").map(PathBuf::from);
        let found = named.into_iter().chain(on_path()).chain([fetched]).find(|program| works(program))?;
        let directory = tempfile::tempdir().ok()?;
        link(&found.canonicalize().ok()?, &directory.path().join("helm"))?;
        Some(Helm { directory })
    }

    /// `PATH` with this helm in first place.
    pub fn path(&self) -> OsString {
        let others = std::env::var_os("PATH").unwrap_or_default();
        let all = [self.directory.path().to_owned()].into_iter().chain(std::env::split_paths(&others));
        std::env::join_paths(all).expect("a path without separators")
    }
}

fn on_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|directory| directory.join("helm")).collect()
}

fn works(program: &Path) -> bool {
    let output = Command::new(program).args(["version", "--short"]).output();
    output.is_ok_and(|output| output.status.success() && output.stdout.starts_with(b"v"))
}

#[cfg(unix)]
fn link(program: &Path, to: &Path) -> Option<()> {
    std::os::unix::fs::symlink(program, to).ok()
}

#[cfg(not(unix))]
fn link(program: &Path, to: &Path) -> Option<()> {
    std::fs::copy(program, to.with_extension("exe")).ok().map(drop)
}
