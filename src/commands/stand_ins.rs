//! The files that are read in the place of files that git does not have, when revisions are compared.
//!
//! Both sides have the same rules, so that they are comparable: those of both, or those that `--settings` or `--settings-from` selects.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choice::{SettingsFlags, Whose};
use crate::affected::Side;
use crate::load::{GitTree, StandIn};
use crate::settings::{stand_ins, stand_ins_of};

/// The rules of a comparison.
pub struct RuleSet {
    /// The rules found so far.
    pub rules: Vec<StandIn>,
    /// The side whose rules count; `None` for both.
    only: Option<Whose>,
    /// Whether the command line names the settings.
    is_chosen: bool,
}

impl RuleSet {
    /// The rules of the settings that the command line names, if it does.
    pub fn new(settings: &SettingsFlags) -> Self {
        let chosen = settings.chosen();
        let rules = chosen.iter().flatten().flat_map(stand_ins_of).collect();
        RuleSet { rules, only: settings.side(), is_chosen: chosen.is_some() }
    }

    /// Adds the rules of a side with these files, relative to its root.
    pub fn add(&mut self, side: &Side, whose: Whose, files: &BTreeSet<PathBuf>) {
        if !self.is_chosen && self.only.is_none_or(|only| only == whose) {
            let found = stand_ins(&side.files, &side.root, files.iter().map(PathBuf::as_path));
            self.rules.extend(found.into_iter().filter(|rule| !self.rules.contains(rule)).collect::<Vec<_>>());
        }
    }

    /// The side of a revision; its rules are added.
    pub fn add_tree(&mut self, tree: GitTree, whose: Whose, settings_count: bool) -> Side {
        let files: BTreeSet<PathBuf> =
            tree.files().filter(|path| path.ends_with(crate::settings::FILE_NAME)).map(Path::to_owned).collect();
        let side = Side::new(Arc::new(tree), PathBuf::from("/"), PathBuf::new(), settings_count);
        self.add(&side, whose, &files);
        side
    }
}
