//! Resolves a path: which symbolic links are followed, and where it ends.

use std::collections::VecDeque;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::files::Files;

/// The number of links that Linux follows.
const MOST_LINKS: usize = 40;

/// A resolved path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// The links that were followed, in order: in each, only the last component is a link.
    pub links: Vec<PathBuf>,
    /// The path without links, whether or not it exists.
    pub real: PathBuf,
    /// Whether `..` was applied to the root, or a link has an absolute target.
    pub leaves: bool,
}

/// Resolves an absolute path; `link` returns the target of a link.
///
/// # Errors
/// There are too many links, or `link` fails.
pub fn trail(path: &Path, mut link: impl FnMut(&Path) -> io::Result<Option<PathBuf>>) -> io::Result<Trail> {
    let mut trail = Trail::default();
    let mut rest: VecDeque<PathBuf> = steps(path).collect();
    while let Some(step) = rest.pop_front() {
        match step.components().next() {
            Some(Component::Normal(_)) => {}
            Some(Component::ParentDir) => {
                trail.leaves |= !trail.real.pop();
                continue;
            }
            Some(Component::CurDir) | None => continue,
            Some(_) => {
                trail.real.push(step);
                continue;
            }
        }
        let here = trail.real.join(step);
        let Some(target) = link(&here)? else {
            trail.real = here;
            continue;
        };
        trail.links.push(here);
        if trail.links.len() > MOST_LINKS {
            return Err(io::Error::other("too many symbolic links"));
        }
        trail.leaves |= target.has_root();
        for step in steps(&target).collect::<Vec<_>>().into_iter().rev() {
            rest.push_front(step);
        }
    }
    Ok(trail)
}

/// The symbolic links of a tree of files that does not change, each looked up once.
#[derive(Debug, Default)]
pub struct Links {
    known: Mutex<FxHashMap<PathBuf, Option<PathBuf>>>,
}

impl Links {
    /// Resolves an absolute path in the tree.
    ///
    /// # Errors
    /// There are too many links.
    pub fn trail(&self, path: &Path, files: &dyn Files) -> io::Result<Trail> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        trail(path, |path| {
            if let Some(target) = known.get(path) {
                return Ok(target.clone());
            }
            let target = files.link(path);
            known.insert(path.to_owned(), target.clone());
            Ok(target)
        })
    }
}

fn steps(path: &Path) -> impl Iterator<Item = PathBuf> {
    path.components().map(|component| PathBuf::from(component.as_os_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(path: &str, links: &[(&str, &str)]) -> io::Result<(Vec<String>, String, bool)> {
        let target =
            |path: &Path| links.iter().find(|(link, _)| Path::new(link) == path).map(|(_, target)| PathBuf::from(target));
        let Trail { links, real, leaves } = trail(Path::new(path), |path| Ok(target(path)))?;
        Ok((links.iter().map(|link| link.display().to_string()).collect(), real.display().to_string(), leaves))
    }

    #[test]
    fn links_are_followed_before_the_rest_of_the_path() {
        let links = [("/a", "b/c"), ("/b/c/up", "../.."), ("/b/abs", "/x")];
        assert_eq!(follow("/a/../d", &links).unwrap(), (vec!["/a".into()], "/b/d".into(), false));
        assert_eq!(follow("/a/up/./d", &links).unwrap(), (vec!["/a".into(), "/b/c/up".into()], "/d".into(), false));
        assert_eq!(follow("/b/abs/y", &links).unwrap(), (vec!["/b/abs".into()], "/x/y".into(), true));
        assert_eq!(follow("/d/../../e", &links).unwrap(), (vec![], "/e".into(), true));
    }

    #[test]
    fn cycles_of_links_end() {
        assert!(follow("/a", &[("/a", "b"), ("/b", "a")]).is_err());
    }
}
