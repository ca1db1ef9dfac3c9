//! The file system as the loader sees it: a few operations, so that trees in memory or in a git repository can be used too.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::limits::FILE_BYTES;

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file, or anything else that can be read.
    File,
    /// A directory.
    Directory,
}

/// A tree of files.
pub trait Files: Send + Sync {
    /// What a path names; `None` if it does not exist.
    fn kind(&self, path: &Path) -> Option<Kind>;

    /// The absolute path without symbolic links.
    ///
    /// # Errors
    /// It does not exist, or can't be accessed.
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf>;

    /// The whole content of a regular file.
    ///
    /// # Errors
    /// It does not exist, is not a regular file, is larger than [`FILE_BYTES`], or can't be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The names in a directory, sorted.
    ///
    /// # Errors
    /// It does not exist, or can't be read.
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>>;

    /// The target of a symbolic link as written; `None` if the path is not a link, as always in a tree without links.
    fn link(&self, _path: &Path) -> Option<PathBuf> {
        None
    }

    /// The size of a file in bytes; `None` if it can't be read.
    fn size(&self, path: &Path) -> Option<u64> {
        self.read(path).ok().map(|content| content.len() as u64)
    }

    /// Whether a directory is the root of a repository.
    fn is_repository(&self, directory: &Path) -> bool {
        self.kind(&directory.join(".git")).is_some()
    }

    /// Whether other programs find the files at the same paths.
    fn on_disk(&self) -> bool {
        true
    }

    /// A path as it is shown to users.
    fn show(&self, path: PathBuf) -> PathBuf {
        path
    }
}

/// The file system of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn kind(&self, path: &Path) -> Option<Kind> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(if metadata.is_dir() { Kind::Directory } else { Kind::File })
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        read_regular(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let mut names = std::fs::read_dir(path)?.map(|entry| Ok(entry?.file_name().into())).collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        std::fs::read_link(path).ok()
    }

    fn size(&self, path: &Path) -> Option<u64> {
        std::fs::metadata(path).ok().filter(Metadata::is_file).map(|metadata| metadata.len())
    }
}

/// Reads a regular file. A FIFO or a device may block, or never end, so it is not even opened; what was opened is checked again,
/// in case the path names something else by then.
fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    refuse_others(&std::fs::metadata(path)?)?;
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, i32::try_from(flags).unwrap_or_default());
    }
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    refuse_others(&metadata)?;
    // One byte more than the file has, so that its end is found without growing.
    let size = usize::try_from(metadata.len()).unwrap_or(FILE_BYTES).min(FILE_BYTES) + 1;
    read_up_to(file, Vec::with_capacity(size))
}

fn refuse_others(metadata: &Metadata) -> io::Result<()> {
    match metadata.file_type() {
        kind if kind.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        kind if !kind.is_file() => Err(io::Error::other("it is not a regular file")),
        _ if metadata.len() > FILE_BYTES as u64 => Err(too_large()),
        _ => Ok(()),
    }
}

/// Reads to the end, but not more than [`FILE_BYTES`].
///
/// # Errors
/// There is more, or it can't be read.
pub fn read_limited(from: impl Read) -> io::Result<Vec<u8>> {
    read_up_to(from, Vec::new())
}

fn read_up_to(from: impl Read, mut content: Vec<u8>) -> io::Result<Vec<u8>> {
    from.take(FILE_BYTES as u64 + 1).read_to_end(&mut content)?;
    if content.len() > FILE_BYTES { Err(too_large()) } else { Ok(content) }
}

/// The error for a file that is too large.
pub(super) fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {FILE_BYTES} bytes"))
}
