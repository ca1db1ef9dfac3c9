//! Seals of cached trees: the size, the time, and the SHA-256 of every file, so that damage is noticed.
//!
//! When a tree is found in the cache, every path is compared with the seal by kind, size, owner, and mode. A file whose
//! modification time differs is hashed. A file that a build reads is hashed in any case ([`CachedTree`]). That costs a few
//! microseconds per file of the tree, and the hashing of what is read.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use super::files::{Disk, Files, Kind};
use super::git_view::path as path_of;

/// The files of a tree, by their paths in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seal(BTreeMap<PathBuf, Sealed>);

#[derive(Debug, PartialEq, Eq)]
struct Sealed {
    /// `f` for a file, `x` for an executable file, `l` for a link.
    kind: char,
    size: u64,
    /// In nanoseconds since 1970.
    modified: u128,
    /// Of the content, or of the target of a link.
    hash: String,
}

impl Seal {
    /// The seal of a tree that is complete. Write permissions of others are removed.
    ///
    /// # Errors
    /// A file can't be read.
    pub fn of(root: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        walk(root, &mut |path, metadata| {
            protect(&root.join(path), metadata)?;
            if !metadata.is_dir() {
                let hash = hash_of(&root.join(path), metadata)?;
                let sealed = Sealed { kind: kind(metadata), size: metadata.len(), modified: modified(metadata), hash };
                files.insert(path.to_owned(), sealed);
            }
            Ok(())
        })?;
        Ok(Seal(files))
    }

    /// Writes the seal to a file and to the disk.
    ///
    /// # Errors
    /// It can't be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = Vec::new();
        for (path, Sealed { kind, size, modified, hash }) in &self.0 {
            text.extend_from_slice(format!("{kind} {size} {modified} {hash} ").as_bytes());
            text.extend_from_slice(path.as_os_str().as_encoded_bytes());
            text.push(0);
        }
        let hash = hex(&text);
        text.extend_from_slice(hash.as_bytes());
        let mut file = File::create(path)?;
        file.write_all(&text)?;
        file.sync_all()
    }

    /// Reads a seal; `None` if it is missing or damaged.
    pub fn read(path: &Path) -> Option<Self> {
        let text = fs::read(path).ok()?;
        let (text, hash) = text.split_at_checked(text.len().checked_sub(64)?)?;
        if hex(text).as_bytes() != hash {
            return None;
        }
        let entries = text.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()).map(|entry| {
            let mut parts = entry.splitn(5, |byte| *byte == b' ');
            let mut word = || parts.next().and_then(|part| std::str::from_utf8(part).ok());
            let (kind, size) = (word()?.chars().next()?, word()?.parse().ok()?);
            let (modified, hash) = (word()?.parse().ok()?, word()?.to_owned());
            Some((path_of(parts.next()?), Sealed { kind, size, modified, hash }))
        });
        entries.collect::<Option<_>>().map(Seal)
    }

    /// Compares a tree with its seal.
    ///
    /// # Errors
    /// What differs.
    pub fn check(&self, root: &Path) -> Result<(), String> {
        let mut found = 0;
        let walked = walk(root, &mut |path, metadata| {
            let changed = |what: &str| Err(io::Error::other(format!("`{}` {what}", shown(path))));
            if !is_protected(metadata) {
                return changed("can be changed by other users");
            }
            if metadata.is_dir() {
                return Ok(());
            }
            let Some(sealed) = self.0.get(path) else { return changed("was added") };
            found += 1;
            let is_same = sealed.kind == kind(metadata) && sealed.size == metadata.len();
            let is_old = sealed.kind != 'l' && sealed.modified == modified(metadata);
            if is_same && (is_old || hash_of(&root.join(path), metadata)? == sealed.hash) {
                Ok(())
            } else {
                changed("has changed")
            }
        });
        match walked {
            Err(cause) => Err(cause.to_string()),
            Ok(()) if found != self.0.len() => Err(format!("{} of its files are missing", self.0.len() - found)),
            Ok(()) => Ok(()),
        }
    }
}

/// A tree in the cache. What is read from it is compared with its seal.
#[derive(Clone, Debug)]
pub struct CachedTree {
    root: PathBuf,
    /// The file of the seal.
    file: PathBuf,
    seal: Arc<Seal>,
}

impl CachedTree {
    /// The tree below a directory, whose seal was read from a file.
    ///
    /// # Errors
    /// The directory can't be found.
    pub fn new(root: &Path, file: PathBuf, seal: Seal) -> io::Result<Self> {
        Ok(CachedTree { root: root.canonicalize()?, file, seal: Arc::new(seal) })
    }

    /// The root, absolute and without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Files for CachedTree {
    fn kind(&self, path: &Path) -> Option<Kind> {
        Disk.kind(path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Disk.canonicalize(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let real = Disk.canonicalize(path)?;
        let content = Disk.read(&real)?;
        let sealed = real.strip_prefix(&self.root).ok().and_then(|path| self.seal.0.get(path));
        if sealed.is_some_and(|sealed| sealed.hash == hex(&content)) {
            return Ok(content);
        }
        // Without its seal, the tree is fetched again by the next run.
        let _ = fs::remove_file(&self.file);
        Err(io::Error::other("its copy in the cache is damaged; the next build without `--offline` fetches it again"))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        Disk.list(path)
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        Disk.link(path)
    }
}

/// Visits everything below a directory, and the directory itself as the empty path; links are not followed.
fn walk(root: &Path, visit: &mut dyn FnMut(&Path, &Metadata) -> io::Result<()>) -> io::Result<()> {
    visit(Path::new(""), &fs::symlink_metadata(root)?)?;
    let mut directories = vec![PathBuf::new()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(root.join(&directory))? {
            let entry = entry?;
            let (path, metadata) = (directory.join(entry.file_name()), entry.metadata()?);
            visit(&path, &metadata)?;
            if metadata.is_dir() {
                directories.push(path);
            }
        }
    }
    Ok(())
}

fn kind(metadata: &Metadata) -> char {
    if metadata.is_symlink() {
        return 'l';
    }
    if !metadata.is_file() {
        return '?';
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0 {
        return 'x';
    }
    'f'
}

fn modified(metadata: &Metadata) -> u128 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos())
}

fn hash_of(path: &Path, metadata: &Metadata) -> io::Result<String> {
    if metadata.is_symlink() {
        return Ok(hex(fs::read_link(path)?.as_os_str().as_encoded_bytes()));
    }
    if !metadata.is_file() {
        return Err(io::Error::other(format!("`{}` is not a regular file", shown(path))));
    }
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A path of the tree, whose author may have put line breaks into it.
fn shown(path: &Path) -> String {
    path.display().to_string().escape_debug().to_string()
}

/// The SHA-256 of a text.
pub fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether only this user and root can change a file or directory.
#[cfg(unix)]
pub fn is_protected(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let is_ours = metadata.uid() == 0 || metadata.uid() == rustix::process::geteuid().as_raw();
    is_ours && (metadata.is_symlink() || metadata.mode() & 0o022 == 0)
}

/// Whether only this user and root can change a file or directory; not known on this system.
#[cfg(not(unix))]
pub fn is_protected(_: &Metadata) -> bool {
    true
}

/// Removes the permissions of others to write.
#[cfg(unix)]
fn protect(path: &Path, metadata: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode();
    if metadata.is_symlink() || mode & 0o022 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o7755))
}

#[cfg(not(unix))]
fn protect(_: &Path, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Waits until a directory's list of names is on the disk.
#[cfg(unix)]
pub fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
pub fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Waits until a tree is on the disk.
#[cfg(target_os = "linux")]
pub fn sync_tree(root: &Path) -> io::Result<()> {
    // One call for the file system is much faster than one per file.
    Ok(rustix::fs::syncfs(File::open(root)?)?)
}

#[cfg(not(target_os = "linux"))]
pub fn sync_tree(root: &Path) -> io::Result<()> {
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            match entry.file_type()? {
                kind if kind.is_dir() => directories.push(entry.path()),
                kind if kind.is_file() => File::open(entry.path())?.sync_all()?,
                _ => {}
            }
        }
        sync(&directory)?;
    }
    Ok(())
}
