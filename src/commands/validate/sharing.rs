//! `--shard`: leaves to each machine its part of what the paths of the command line select.
//!
//! A part consists of overlays, and of directories with plain manifests, which are applied together. The files and the standard
//! input that the command line names are checked together and therefore in one part.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::inputs::Selected;
use crate::check::LeftOut;
use crate::load::{Disk, Files, tidy};
use crate::repository::{Shard, Tree, costs};

/// The name of the part of all named files.
const NAMED: &str = "-";

/// Removes what is in other parts. Returns whether there is anything in any of them.
pub fn share(selected: Vec<&mut Selected>, shard: Shard) -> bool {
    let disk: Arc<dyn Files> = Arc::new(Disk);
    let builds: BTreeSet<PathBuf> = selected.iter().flat_map(|selected| builds(selected)).collect();
    let builds: Vec<PathBuf> = builds.into_iter().collect();
    let mut units: BTreeMap<PathBuf, u64> = builds.iter().cloned().zip(costs(&disk, &builds)).collect();
    for selected in &selected {
        let (name, cost) = match &**selected {
            Selected::Stream => (PathBuf::from(NAMED), 0),
            Selected::File(path) => (PathBuf::from(NAMED), disk.size(path).unwrap_or(0)),
            Selected::Directory(tree) => {
                for (file, _) in &tree.files {
                    *units.entry(home(&file.path)).or_default() += disk.size(&file.path).unwrap_or(0);
                }
                continue;
            }
            Selected::Build(_) | Selected::Nothing(_) => continue,
        };
        *units.entry(name).or_default() += cost;
    }
    let is_any = !units.is_empty();
    let share = shard.select(units);
    for selected in selected {
        let is_here = match &mut *selected {
            Selected::Stream | Selected::File(_) => share.contains(Path::new(NAMED)),
            Selected::Build(directory) => share.contains(&tidy(directory)),
            Selected::Directory(tree) => {
                narrow(tree, &share);
                true
            }
            Selected::Nothing(_) => true,
        };
        if !is_here {
            *selected = Selected::Nothing(LeftOut::default());
        }
    }
    is_any
}

/// The overlays that are built.
fn builds(selected: &Selected) -> Vec<PathBuf> {
    match selected {
        Selected::Build(directory) => vec![tidy(directory)],
        Selected::Directory(tree) => tree.roots.iter().map(|root| tidy(root)).collect(),
        _ => Vec::new(),
    }
}

fn narrow(tree: &mut Tree, share: &BTreeSet<PathBuf>) {
    tree.roots.retain(|root| share.contains(&tidy(root)));
    tree.files.retain(|(file, _)| share.contains(&home(&file.path)));
}

/// The directory of a file.
fn home(file: &Path) -> PathBuf {
    tidy(file.parent().unwrap_or(Path::new("")))
}
