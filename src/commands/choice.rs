//! Which settings a command uses: those of the tree, those of a revision, those of a file that the command line names, or none.
//!
//! A change that is being reviewed can also change `.render.yaml`. With the settings of the base revision, it can't decide how it
//! is checked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::deps::relative;
use crate::diagnostic::{Diagnostic, Result};
use crate::load::{Files, GitRepository, GitTree, reason, tidy};
use crate::settings::{self, Place};

/// Flags that choose the settings.
#[derive(Clone, Default, clap::Args)]
#[command(next_help_heading = "Settings options")]
pub struct SettingsFlags {
    /// Settings file to use in place of each `.render.yaml`; `none` uses no settings
    #[arg(long, value_name = "FILE|none", conflicts_with = "settings_from")]
    settings: Option<PathBuf>,
    /// Side whose `.render.yaml` files, and the definitions that they name, are used [default: those of each side]
    #[arg(long, value_enum, value_name = "SIDE")]
    settings_from: Option<Whose>,
}

/// The revision of the settings, for commands without revisions.
#[derive(Clone, Default, clap::Args)]
#[command(next_help_heading = "Settings options")]
pub struct BaseFlag {
    /// Revision to read settings from, with `--settings-from base`: a branch, a tag, or a commit
    #[arg(long, value_name = "REV", requires = "settings_from", required_if_eq("settings_from", "base"))]
    base: Option<String>,
}

/// `--settings-from`
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Whose {
    /// The revision before the change, so that the change can't decide how it is checked
    Base,
    /// The tree with the change
    Head,
}

impl SettingsFlags {
    /// The flags of a command that can only choose a file.
    pub fn of(settings: Option<PathBuf>) -> Self {
        SettingsFlags { settings, settings_from: None }
    }

    /// The settings files that the command line names; `None` if they are to be found.
    pub fn chosen(&self) -> Option<Vec<Place>> {
        self.settings.as_deref().map(Place::chosen)
    }

    /// The side that settings come from.
    pub fn side(&self) -> Option<Whose> {
        self.settings_from
    }

    /// Whether all sides of a comparison have the same settings.
    pub fn are_fixed(&self) -> bool {
        self.settings.is_some() || self.settings_from.is_some()
    }

    /// The same flags for one side of a comparison.
    pub fn of_side(&self) -> Self {
        SettingsFlags { settings: self.settings.clone(), settings_from: None }
    }

    /// The revision that settings come from; `None` for the tree itself.
    pub(super) fn revision<'a>(&self, base: &'a BaseFlag) -> Option<&'a str> {
        base.base.as_deref().filter(|_| self.settings_from == Some(Whose::Base))
    }
}

/// The settings of a revision of the repository of the working directory.
pub struct Base {
    files: Arc<dyn Files>,
    /// The root of the working tree.
    root: PathBuf,
    /// The same, relative to the working directory.
    shown: PathBuf,
}

impl Base {
    /// Opens a revision.
    ///
    /// # Errors
    /// It is not a commit, there is no working tree, or git fails.
    pub fn open(revision: &str) -> Result<Self, Diagnostic> {
        let repository = GitRepository::discover(Path::new("."))?;
        let Some(root) = repository.root().map(Path::to_owned) else {
            let message = "there is no working tree: the repository is bare, or this directory is not in it";
            return Err(Diagnostic::error("git", message).io().help("run the command in the working tree"));
        };
        let shown = relative(&canonical(Path::new("."))?, &root);
        Ok(Base { files: Arc::new(GitTree::open(&repository, revision)?), root, shown })
    }

    /// The settings files for a directory on disk, nearest first.
    ///
    /// # Errors
    /// The directory is outside the repository.
    pub fn find(&self, directory: &Path) -> Result<Vec<Place>, Diagnostic> {
        let real = canonical(directory)?;
        let Ok(inner) = real.strip_prefix(&self.root) else {
            let message = format!("`{}` is outside the repository, so the revision has no settings for it", directory.display());
            let help = "name the settings with `--settings FILE`, or use none with `--settings none`";
            return Err(Diagnostic::error("outside-root", message).io().help(help));
        };
        let found = settings::find(&self.files, &tidy(inner)).into_iter();
        Ok(found.map(|place| place.rooted(&self.shown)).collect())
    }
}

fn canonical(path: &Path) -> Result<PathBuf, Diagnostic> {
    let failed = |cause| Diagnostic::error("not-found", format!("can't open `{}`: {}", path.display(), reason(&cause))).io();
    std::fs::canonicalize(path).map_err(failed)
}
