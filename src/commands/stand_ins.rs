//! The files that are read in the place of files that git does not have, when revisions are compared.
//!
//! Both sides have the same rules, so that they are comparable: those of both, or those that `--settings` or `--settings-from` selects.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choice::{SettingsFlags, Whose};
use crate::affected::Side;
use crate::load::{GitTree, StandIn, tidy};
use crate::records::Records;
use crate::settings::{self, FILE_NAME, Place};

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
        let rules = chosen.iter().flatten().flat_map(|place| rules(place, Path::new(""))).collect();
        RuleSet { rules, only: settings.side(), is_chosen: chosen.is_some() }
    }

    /// Adds the rules of a side with these files, relative to its root.
    pub fn add(&mut self, side: &Side, whose: Whose, files: &BTreeSet<PathBuf>) {
        if !self.is_chosen && self.only.is_none_or(|only| only == whose) {
            let mut found: Vec<&PathBuf> = files.iter().filter(|path| path.ends_with(FILE_NAME)).collect();
            // Those of deeper directories come first.
            found.sort_by_key(|path| std::cmp::Reverse(path.components().count()));
            for path in found {
                let Some(below) = path.parent() else { continue };
                let there = tidy(&side.root.join(path));
                let places = settings::find(&side.files, &side.root.join(below)).into_iter();
                let rules = places.filter(|place| place.path == there).flat_map(|place| rules(&place, below));
                let new: Vec<StandIn> = rules.filter(|rule| !self.rules.contains(rule)).collect();
                self.rules.extend(new);
            }
        }
    }

    /// The side of a revision; its rules are added.
    pub fn add_tree(&mut self, tree: GitTree, whose: Whose, settings_count: bool) -> Side {
        let files: BTreeSet<PathBuf> = tree.files().filter(|path| path.ends_with(FILE_NAME)).map(Path::to_owned).collect();
        let side = Side::new(Arc::new(tree), PathBuf::from("/"), PathBuf::new(), settings_count);
        self.add(&side, whose, &files);
        side
    }
}

/// The rules of a settings file, for the files of a directory and those below it. A file that is not valid has none: the builds that use
/// it report the errors.
fn rules(place: &Place, below: &Path) -> Vec<StandIn> {
    let settings = settings::load(place, &mut Records::default()).unwrap_or_default();
    settings.stand_ins.into_iter().map(|rule| rule.below(below)).collect()
}
