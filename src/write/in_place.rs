//! Writing to what is there: streams, which have no content to replace, and files that can't be replaced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::stdout::{quiet, stdout};

/// Writes to a device, a FIFO, a socket, or an open descriptor.
pub(super) fn stream(path: &Path, text: &str) -> io::Result<()> {
    if is_stdout(path) {
        return stdout(&[text]);
    }
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_socket(&fs::metadata(path)?.file_type()) {
        return quiet(std::os::unix::net::UnixStream::connect(path)?.write_all(text.as_bytes()));
    }
    // Appends: a descriptor of a regular file (`3> all.yaml`) may have been written to before.
    quiet(OpenOptions::new().append(true).open(path)?.write_all(text.as_bytes()))
}

/// Standard output by one of its names. It is written itself: opened again, its position in a file would be lost.
fn is_stdout(path: &Path) -> bool {
    ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Replaces the content of a file. If that fails, the old content is written back.
pub(super) fn file(path: &Path, text: &str) -> io::Result<()> {
    let mut old = Vec::new();
    let is_kept = File::open(path).and_then(|mut file| file.read_to_end(&mut old)).is_ok();
    let mut file = OpenOptions::new().write(true).open(path)?;
    content(&mut file, text.as_bytes()).inspect_err(|_| {
        if is_kept {
            let _ = content(&mut file, &old);
        }
    })
}

fn content(file: &mut File, content: &[u8]) -> io::Result<()> {
    // A signal must not leave a part.
    let _held = super::scratch::hold();
    file.seek(SeekFrom::Start(0))?;
    file.write_all(content)?;
    file.set_len(content.len() as u64)?;
    file.sync_all()
}
