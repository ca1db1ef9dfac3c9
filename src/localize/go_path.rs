//! Paths in the file system, as Go's `path/filepath` and kustomize's `filesys` treat them: pure computations, and symbolic links
//! followed one by one, so that a failure names what kustomize names.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::words::{Failure, Result, Within, path_error};

/// How many symbolic links a path may lead through.
const LINKS: usize = 255;

/// Where paths really are, for those that have not been moved into place yet.
pub trait Ground {
    /// The path to give to the operating system.
    fn actual(&self, path: &Path) -> PathBuf;
}

/// A path without `.`, and without `..` where that is possible. Behavior: `filepath.Clean`.
pub fn clean(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match result.components().next_back() {
                Some(Component::Normal(_)) => drop(result.pop()),
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => result.push(component),
            },
            component => result.push(component),
        }
    }
    if result.as_os_str().is_empty() { PathBuf::from(".") } else { result }
}

/// A path below a directory, also if it begins with a slash. Behavior: `filepath.Join`.
pub fn join(directory: &Path, path: &str) -> PathBuf {
    clean(&directory.join(path.trim_start_matches('/')))
}

/// The path from one directory to another place; both are absolute and clean. Behavior: `filepath.Rel`.
pub fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(to.components().skip(shared)).collect();
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

/// The path from the root of the file system; `..` is resolved in the text, from the working directory as the shell names it.
/// Behavior: `filepath.Abs`.
pub fn absolute(path: &Path) -> Result<PathBuf> {
    if path.is_absolute() {
        return Ok(clean(path));
    }
    let here = std::env::current_dir().map_err(|cause| Failure::new(format!("getwd: {cause}")))?;
    let named = std::env::var_os("PWD").map(PathBuf::from).filter(|named| named.is_absolute());
    let is_here = |named: &PathBuf| named.canonicalize().is_ok_and(|named| here.canonicalize().is_ok_and(|here| named == here));
    Ok(clean(&named.filter(is_here).unwrap_or(here).join(path)))
}

/// An absolute path without symbolic links. Behavior: `filepath.EvalSymlinks`.
fn follow(path: &Path, ground: &dyn Ground) -> Result<PathBuf> {
    let mut rest: VecDeque<OsString> = parts(path).collect();
    let (mut found, mut links) = (PathBuf::new(), 0);
    while let Some(part) = rest.pop_front() {
        match Path::new(&part).components().next() {
            Some(Component::ParentDir) => {
                found.pop();
                continue;
            }
            Some(Component::CurDir) | None => continue,
            // The root replaces what precedes it.
            Some(Component::RootDir | Component::Prefix(_)) => {
                found.push(part);
                continue;
            }
            Some(Component::Normal(_)) => found.push(part),
        }
        let actual = ground.actual(&found);
        let kind = fs::symlink_metadata(&actual).map_err(|cause| path_error("lstat", &found, &cause))?;
        if !kind.is_symlink() {
            if !kind.is_dir() && !rest.is_empty() {
                return Err(Failure::new("not a directory"));
            }
            continue;
        }
        links += 1;
        if links > LINKS {
            return Err(Failure::new("EvalSymlinks: too many links"));
        }
        let link = fs::read_link(&actual).map_err(|cause| path_error("readlink", &found, &cause))?;
        found.pop();
        parts(&link).rev().for_each(|part| rest.push_front(part));
    }
    Ok(found)
}

fn parts(path: &Path) -> impl DoubleEndedIterator<Item = OsString> + '_ {
    path.components().map(|component| component.as_os_str().to_owned())
}

/// The directory that a path leads to, and the name of the file in it unless it is a directory.
/// Behavior: `CleanedAbs` of kustomize's file system.
pub fn cleaned(path: &Path, ground: &dyn Ground) -> Result<(PathBuf, Option<OsString>)> {
    let real = absolute(path).within(|| format!("abs path error on '{}' ", path.display()))?;
    let real = follow(&real, ground).within(|| format!("evalsymlink failure on '{}' ", path.display()))?;
    if ground.actual(&real).is_dir() {
        return Ok((real, None));
    }
    let name = real.file_name().map(OsString::from);
    Ok((real.parent().unwrap_or(&real).to_owned(), name))
}

/// The directory that a path leads to. Behavior: `filesys.ConfirmDir`.
pub fn directory(path: &Path, ground: &dyn Ground) -> Result<PathBuf> {
    if path.as_os_str().is_empty() {
        return Err(Failure::new("directory path cannot be empty"));
    }
    match cleaned(path, ground).within(|| "not a valid directory")? {
        (found, None) => Ok(found),
        (_, Some(_)) => Err(Failure::new(format!("'{}': file is not directory", path.display()))),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    struct Plain;

    impl Ground for Plain {
        fn actual(&self, path: &Path) -> PathBuf {
            path.to_owned()
        }
    }

    #[test]
    fn paths_are_computed_as_go_does() {
        let clean = |path: &str| clean(Path::new(path)).display().to_string();
        assert_eq!([clean("/../a/./b/.."), clean("a/.."), clean("../../a")], ["/a", ".", "../../a"]);
        let relative = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).display().to_string();
        assert_eq!([relative("/a/b", "/a/c/d"), relative("/a", "/a"), relative("/", "/x")], ["../c/d", ".", "x"]);
        assert_eq!(join(Path::new("/a/b"), "/../c"), Path::new("/a/c"));
    }

    #[test]
    fn links_are_followed_and_failures_name_what_is_missing() {
        let base = tempfile::tempdir().expect("a directory");
        let root = base.path().canonicalize().expect("a directory");
        fs::create_dir(root.join("a")).expect("a directory");
        fs::write(root.join("f"), "").expect("a file");
        std::os::unix::fs::symlink("../f", root.join("a/link")).expect("a link");
        std::os::unix::fs::symlink("loop", root.join("loop")).expect("a link");
        let found = cleaned(&root.join("a/link"), &Plain).expect("the file");
        assert_eq!(found, (root.clone(), Some("f".into())));
        let failure = |path: &str| cleaned(&root.join(path), &Plain).expect_err("a failure").to_string();
        let shown = root.display();
        let missing = format!("evalsymlink failure on '{shown}/a/no/x' : lstat {shown}/a/no: no such file or directory");
        assert_eq!(failure("a/no/x"), missing);
        assert_eq!(failure("f/x"), format!("evalsymlink failure on '{shown}/f/x' : not a directory"));
        assert_eq!(failure("loop"), format!("evalsymlink failure on '{shown}/loop' : EvalSymlinks: too many links"));
    }
}
