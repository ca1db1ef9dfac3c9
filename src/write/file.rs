//! One file, as `-o FILE` names it. What is there keeps its kind, its mode, and its owner, as with `>` of a shell; the content
//! of a regular file is replaced in one step.
//!
//! | At the path | What happens |
//! | --- | --- |
//! | nothing | a complete new file appears |
//! | a regular file | a complete file with its mode, owner, and access list takes its place |
//! | a symbolic link | the file that it leads to is written, the link stays |
//! | a device, a FIFO, a socket, an open descriptor (`/dev/stdout`, `/dev/fd/3`) | it is opened and written |
//!
//! If the directory is not writable, or the owner can't be kept, the file is written in place: see `in_place.rs`.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::in_place;
use super::scratch::{Scratch, sweep_once};

/// How a file was written.
#[derive(Debug, PartialEq, Eq)]
pub enum Written {
    /// Completely or not at all.
    Whole,
    /// In place, for a reason: a run that is killed may leave a part.
    InPlace(&'static str),
}

/// The most symbolic links that are followed, as in the kernel.
const LINKS: usize = 40;

/// What a path leads to.
enum Target {
    /// A regular file, or a path where nothing is.
    File(PathBuf),
    /// Something that is written through.
    Stream,
}

/// Writes a file. A new file is readable by its owner only if it is private.
///
/// # Errors
/// It can't be written. What was there is unchanged, except for files that could only be written in place.
pub fn file(path: &Path, text: &str, private: bool) -> anyhow::Result<Written> {
    let place = || format!("can't write `{}`", path.display());
    match target(path).with_context(place)? {
        Target::Stream => in_place::stream(path, text).map(|()| Written::Whole).with_context(place),
        Target::File(target) => replace(&target, text, private).with_context(place),
    }
}

fn target(path: &Path) -> io::Result<Target> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Some(directory) = in_directory(&path) else { return Ok(Target::File(path)) };
        // The links of these directories lead to open descriptors and not to paths.
        let directory = fs::canonicalize(directory)?;
        if directory.starts_with("/proc") || directory.starts_with("/dev/fd") {
            return Ok(Target::Stream);
        }
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => path = directory.join(fs::read_link(&path)?),
            Ok(found) if found.is_dir() => return Err(io::Error::other("it is a directory")),
            Ok(found) if !found.is_file() => return Ok(Target::Stream),
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause),
            Ok(_) | Err(_) => return Ok(Target::File(path)),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// The directory that contains a path; `None` for paths such as `..`.
fn in_directory(path: &Path) -> Option<&Path> {
    path.file_name()?;
    let directory = path.parent()?;
    Some(if directory.as_os_str().is_empty() { Path::new(".") } else { directory })
}

fn replace(path: &Path, text: &str, private: bool) -> io::Result<Written> {
    let directory = in_directory(path).ok_or_else(|| io::Error::other("it is a directory"))?;
    let old = match fs::metadata(path) {
        Ok(old) => Some(old),
        Err(cause) if cause.kind() == ErrorKind::NotFound => None,
        Err(cause) => return Err(cause),
    };
    sweep_once(directory);
    let mut new = match (Scratch::file(directory, private || old.is_some()), &old) {
        (Err(cause), Some(_)) if is_forbidden(&cause) => return in_place_of(path, text, "its directory is not writable"),
        (result, _) => result?,
    };
    if let Some(old) = &old {
        if is_read_only(path) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        if keep(&new, old, path).is_err() {
            drop(new);
            return in_place_of(path, text, "its owner can't be kept");
        }
    }
    new.file.write_all(text.as_bytes())?;
    new.file.sync_all()?;
    match new.persist(path) {
        // A sticky directory forbids to replace the files of others, and a mount point can't be replaced.
        Err(cause) if old.is_some() && (is_forbidden(&cause) || cause.kind() == ErrorKind::ResourceBusy) => {
            in_place_of(path, text, "it can't be replaced")
        }
        result => result.map(|()| Written::Whole),
    }
}

fn in_place_of(path: &Path, text: &str, reason: &'static str) -> io::Result<Written> {
    in_place::file(path, text).map(|()| Written::InPlace(reason))
}

fn is_forbidden(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// Whether an existing file must not be written: a file in a writable directory could be replaced all the same.
fn is_read_only(path: &Path) -> bool {
    fs::OpenOptions::new().write(true).open(path).is_err_and(|cause| is_forbidden(&cause))
}

/// Gives a temporary file the owner, the mode, and the access list of the file that it will replace.
#[cfg(unix)]
pub(super) fn keep(new: &Scratch, old: &Metadata, path: &Path) -> io::Result<()> {
    keep_on(&new.file, old, path)
}

/// The same for an open file.
#[cfg(unix)]
pub(super) fn keep_on(file: &fs::File, old: &Metadata, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let own = file.metadata()?;
    let (user, group) = (old.uid(), old.gid());
    if (own.uid(), own.gid()) != (user, group) {
        fchown(file, (own.uid() != user).then_some(user), (own.gid() != group).then_some(group))?;
    }
    file.set_permissions(fs::Permissions::from_mode(old.mode() & 0o7777))?;
    access_list(file, path)
}

#[cfg(not(unix))]
pub(super) fn keep(_: &Scratch, _: &Metadata, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn keep_on(_: &fs::File, _: &Metadata, _: &Path) -> io::Result<()> {
    Ok(())
}

/// With an access list, the bits of the group are its mask: alone they would open the file to the group.
#[cfg(target_os = "linux")]
fn access_list(file: &fs::File, path: &Path) -> io::Result<()> {
    const NAME: &str = "system.posix_acl_access";
    let mut list = vec![0_u8; 64 << 10];
    match rustix::fs::getxattr(path, NAME, &mut list[..]) {
        Ok(length) => {
            list.truncate(length);
            Ok(rustix::fs::fsetxattr(file, NAME, &list, rustix::fs::XattrFlags::empty())?)
        }
        Err(_) => Ok(()),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn access_list(_: &fs::File, _: &Path) -> io::Result<()> {
    Ok(())
}
