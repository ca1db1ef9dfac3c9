//! Temporary files and directories: their names, the list of those that exist, and what earlier runs have left.
//!
//! A temporary file is next to its destination, so that moving it is one step of the file system. Its name contains the id of
//! the process and the time; the process holds a lock on it. A lock ends with its process, however that ends, so a temporary
//! file without a lock belongs to nobody. This also works for processes of other containers, whose ids mean nothing here.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// How the names of all temporary files begin.
const PREFIX: &str = ".render-";

/// How the names of temporary directories with directories in them begin.
const TREE: &str = ".render-tree-";

/// The temporary files and directories that exist.
static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Keeps signals from ending the program: while it exists, what has begun is finished.
pub(super) fn hold() -> MutexGuard<'static, Vec<PathBuf>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file or directory, which is removed at the end unless it was moved into place.
pub(super) struct Scratch {
    pub path: PathBuf,
    /// The lock.
    pub file: File,
}

impl Scratch {
    /// Creates an empty file in a directory. A private file is readable and writable by its owner only.
    pub fn file(directory: &Path, private: bool) -> io::Result<Scratch> {
        create(directory, PREFIX, |path| create_new(path, private))
    }

    /// Creates an empty directory for files in a directory.
    pub fn directory(directory: &Path) -> io::Result<Scratch> {
        create(directory, PREFIX, create_directory)
    }

    /// Creates an empty directory for files and directories in a directory.
    pub fn tree(directory: &Path) -> io::Result<Scratch> {
        create(directory, TREE, create_directory)
    }

    /// Moves the file or directory into place.
    pub fn persist(self, path: &Path) -> io::Result<()> {
        let _held = hold();
        fs::rename(&self.path, path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut live = hold();
        remove(&self.path);
        live.retain(|path| *path != self.path);
    }
}

/// Creates a file that does not exist.
pub(super) fn create_new(path: &Path, private: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if private { 0o600 } else { 0o666 });
    let _ = private;
    options.open(path)
}

fn create_directory(path: &Path) -> io::Result<File> {
    fs::create_dir(path)?;
    File::open(path).inspect_err(|_| drop(fs::remove_dir(path)))
}

fn create(directory: &Path, prefix: &str, make: impl Fn(&Path) -> io::Result<File>) -> io::Result<Scratch> {
    let start = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    for attempt in 0..100_u128 {
        let path = directory.join(format!("{prefix}{}-{:x}", std::process::id(), start + attempt));
        let mut live = hold();
        let file = match make(&path) {
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => continue,
            result => result?,
        };
        // Without locks in the file system, nothing is ever removed as left behind.
        let is_taken = matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock));
        if is_taken || !is_same(&path, &file) {
            continue;
        }
        live.push(path.clone());
        return Ok(Scratch { path, file });
    }
    Err(io::Error::other("temporary files disappear while they are created"))
}

/// Removes what earlier runs have left in a directory: files and directories with names of ours that belong to the user of this
/// process and that no process has locked. Failures are left to the next run.
pub(super) fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        if !entry.file_name().to_str().is_some_and(is_ours) {
            continue;
        }
        let path = entry.path();
        let Some(file) = open_own(&path) else { continue };
        if file.try_lock().is_ok() && is_same(&path, &file) {
            remove(&path);
        }
    }
}

/// Removes what earlier runs have left in a directory, when this run first writes there.
pub(super) fn sweep_once(directory: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let is_new = SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(directory.to_owned());
    if is_new {
        sweep(directory);
    }
}

/// Removes everything that exists; called when a signal ends the program.
pub(super) fn remove_all(live: &[PathBuf]) {
    for path in live {
        // More than once: a program that was started may still add files to a directory.
        for _ in 0..100 {
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            if fs::symlink_metadata(path).is_err() {
                break;
            }
        }
    }
}

/// A temporary file or directory elsewhere that its owner removes. Until this value is dropped, signals remove it, too.
pub struct Temporary(PathBuf);

/// Creates a temporary file or directory that signals remove.
///
/// # Errors
/// It can't be created.
pub fn temporary<T>(make: impl FnOnce() -> io::Result<T>, path: impl Fn(&T) -> &Path) -> io::Result<(T, Temporary)> {
    let mut live = hold();
    let made = make()?;
    let path = path(&made).to_owned();
    live.push(path.clone());
    drop(live);
    Ok((made, Temporary(path)))
}

impl Drop for Temporary {
    fn drop(&mut self) {
        hold().retain(|path| *path != self.0);
    }
}

/// Removes a temporary file, or a temporary directory and the files in it; a tree with everything in it.
fn remove(path: &Path) {
    let is_directory = fs::symlink_metadata(path).is_ok_and(|found| found.is_dir());
    if is_directory && path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with(TREE)) {
        let _ = fs::remove_dir_all(path);
    } else if is_directory {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            let _ = fs::remove_file(entry.path());
        }
        let _ = fs::remove_dir(path);
    } else {
        let _ = fs::remove_file(path);
    }
}

/// `.render-PID-TIME`, or `.render-tree-PID-TIME`
fn is_ours(name: &str) -> bool {
    let rest = name.strip_prefix(TREE).or_else(|| name.strip_prefix(PREFIX));
    let Some((process, start)) = rest.and_then(|rest| rest.split_once('-')) else { return false };
    let has = |text: &str, of: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(of);
    has(process, u8::is_ascii_digit) && has(start, u8::is_ascii_hexdigit)
}

#[cfg(unix)]
fn open_own(path: &Path) -> Option<File> {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    let is_own = |found: &Metadata| (found.is_file() || found.is_dir()) && found.uid() == rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path).ok().filter(is_own)?;
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path).ok()?;
    file.metadata().ok().filter(is_own).map(|_| file)
}

#[cfg(not(unix))]
fn open_own(path: &Path) -> Option<File> {
    fs::symlink_metadata(path).ok().filter(Metadata::is_file)?;
    File::open(path).ok()
}

/// Whether a path still leads to an open file.
#[cfg(unix)]
fn is_same(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |found: Metadata| (found.dev(), found.ino());
    fs::symlink_metadata(path).ok().map(id).is_some_and(|at| file.metadata().ok().map(id) == Some(at))
}

#[cfg(not(unix))]
fn is_same(_: &Path, _: &File) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unlocked_files_with_our_names_are_swept() {
        let directory = tempfile::tempdir().expect("a directory");
        let others =
            [".render-manifest", ".render.yaml", ".render-1", ".render-x-1", ".render-1-", "render-1-1", ".render-1-1.yaml"];
        others.iter().for_each(|name| fs::write(directory.path().join(name), "").expect("a file"));
        fs::write(directory.path().join(".render-1-a"), "").expect("a file");
        fs::create_dir(directory.path().join(".render-1-b")).expect("a directory");
        fs::create_dir_all(directory.path().join(".render-tree-1-c/1/2")).expect("directories");
        fs::write(directory.path().join(".render-1-b/0"), "").expect("a file");
        let live = Scratch::file(directory.path(), false).expect("a file");
        sweep(directory.path());
        let left = fs::read_dir(directory.path()).expect("a directory").count();
        assert_eq!(left, others.len() + 1);
        assert!(live.path.exists());
        let path = live.path.clone();
        drop(live);
        assert!(!path.exists());
    }
}
