//! Standard output. A reader that stops early is not a failure, as with other programs in pipes; a standard output that is
//! closed, full, or not writable is one: otherwise a script continues without the objects.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether standard output was closed when the program was started.
static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Before `main`, the standard library opens `/dev/null` in place of closed descriptors, and errors are lost. So this looks
/// earlier.
#[cfg(unix)]
#[ctor::ctor]
fn look() {
    let is_closed = rustix::io::fcntl_getfd(io::stdout()).is_err();
    WAS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// Writes a text in one or more pieces to standard output.
///
/// # Errors
/// It is closed or can't be written. A pipe that its reader has closed is not an error.
pub fn stdout(pieces: &[impl AsRef<str>]) -> io::Result<()> {
    if WAS_CLOSED.load(Ordering::Relaxed) {
        return Err(io::Error::other("it is closed"));
    }
    let mut descriptor = descriptor()?;
    quiet(pieces.iter().try_for_each(|piece| descriptor.write_all(piece.as_ref().as_bytes())))
}

/// A result in which a reader that stopped early is not an error.
pub(super) fn quiet(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|cause| if cause.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(cause) })
}

/// The descriptor itself: `io::Stdout` pretends to write if that is not possible.
#[cfg(unix)]
fn descriptor() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn descriptor() -> io::Result<io::StdoutLock<'static>> {
    Ok(io::stdout().lock())
}
