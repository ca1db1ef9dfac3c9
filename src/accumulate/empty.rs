//! Directories whose kustomization has no effect: they are built once, however many paths lead to them.
//!
//! n directories that list each other in pairs lead to the last one on 2^n paths. As long as they have no objects, nothing else
//! stops that. A directory counts only if its build left no trace except what was read.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::load::Lineage;

/// The most directories below one that is remembered.
const MOST_BELOW: usize = 1000;

/// What the result of a directory depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The directory.
    pub root: PathBuf,
    /// The directory as it is shown.
    pub shown: PathBuf,
    /// The namespace of the kustomizations around it.
    pub namespace: Option<String>,
    /// Whether the schema for merging is chosen.
    pub has_schema: bool,
}

/// The results without effect of a build.
pub struct Empty<T> {
    known: HashMap<Key, Known<T>>,
    /// All directories so far, in the order in which their builds ended.
    ended: Vec<Arc<Path>>,
}

struct Known<T> {
    result: T,
    /// The directories below, which must not be among those that lead here.
    below: Vec<Arc<Path>>,
}

impl<T> Default for Empty<T> {
    fn default() -> Self {
        Empty { known: HashMap::new(), ended: Vec::new() }
    }
}

impl<T: Clone> Empty<T> {
    /// The result of a directory, unless it would end in a cycle below these ancestors.
    pub fn get(&mut self, key: &Key, ancestors: &Lineage) -> Option<T> {
        let known = self.known.get(key)?;
        let is_cycle = |root: &Arc<Path>| ancestors.within(root).next().is_some();
        if known.below.iter().any(is_cycle) {
            return None;
        }
        self.ended.extend(known.below.iter().cloned());
        self.ended.push(key.root.as_path().into());
        Some(known.result.clone())
    }

    /// The number of builds that have ended.
    pub fn mark(&self) -> usize {
        self.ended.len()
    }

    /// Notes that the build of a directory ended.
    pub fn end(&mut self, root: &Path) {
        self.ended.push(root.into());
    }

    /// Remembers the result of the directory whose build ended last, and began at a mark: it has no effect.
    pub fn remember(&mut self, key: Key, mark: usize, result: &T) {
        let Some(last) = self.ended.pop() else { return };
        let mut below = self.ended.split_off(mark.min(self.ended.len()));
        below.sort_unstable();
        below.dedup();
        self.ended.extend(below.iter().cloned());
        self.ended.push(last);
        if below.len() <= MOST_BELOW {
            self.known.insert(key, Known { result: result.clone(), below });
        }
    }
}
