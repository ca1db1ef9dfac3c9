//! The paths that a build depends on, and whether a change is one of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a build depends on: all paths are relative to the same directory, or absolute.
#[derive(Clone, Debug, Default)]
pub struct Dependencies {
    /// Files, links and directories, whether or not they exist.
    paths: BTreeSet<PathBuf>,
    /// Directories whose entire content counts.
    whole: BTreeSet<PathBuf>,
}

impl Dependencies {
    /// Adds a path.
    pub fn add(&mut self, path: PathBuf) {
        self.paths.insert(path);
    }

    /// Adds a path and everything below it.
    pub fn add_whole(&mut self, path: PathBuf) {
        self.whole.insert(path);
    }

    /// The changes that concern one of the paths.
    pub fn among<'c>(&self, changes: &'c BTreeSet<PathBuf>) -> BTreeSet<&'c Path> {
        // There can be many changes, so it is the paths that are looked up among them.
        let above = self.paths.iter().flat_map(|path| path.ancestors()).filter_map(|above| changes.get(above));
        let below = self.whole.iter().flat_map(|whole| {
            let of_whole = whole.clone();
            changes.range(whole.clone()..).take_while(move |change| change.starts_with(&of_whole))
        });
        above.chain(below).map(PathBuf::as_path).collect()
    }

    /// Whether a change concerns one of the paths.
    pub fn contain(&self, change: &Path) -> bool {
        // Paths below it are looked up when it is a link, a submodule, or a file on one side and a directory on the other.
        let below = self.paths.range(change.to_owned()..).next().is_some_and(|next| next.starts_with(change));
        below || change.ancestors().any(|above| self.whole.contains(above))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_above_and_below_a_path_count_where_they_affect_it() {
        let mut dependencies = Dependencies::default();
        for path in ["base/a.yaml", "base/a.yaml.bak", "charts/web", "link/x/y.yaml", "overlay"] {
            dependencies.add(path.into());
        }
        dependencies.add_whole("charts/web".into());
        let changes = ["base", "base/a", "base/a.yaml", "base/b.yaml", "charts/web/t/x.yaml", "charts/x", "lin", "link/x"];
        let touched: Vec<&str> = changes.into_iter().filter(|change| dependencies.contain(Path::new(change))).collect();
        assert_eq!(touched, ["base", "base/a.yaml", "charts/web/t/x.yaml", "link/x"]);
        let changed = changes.iter().map(PathBuf::from).collect();
        let among = dependencies.among(&changed);
        assert_eq!(among, touched.iter().map(Path::new).collect());
    }
}
