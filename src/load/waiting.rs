//! Waiting for the lock of a directory that another program works in: with a message after a moment, and not without end.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::limits::{LOCK_NOTE, LOCK_WAIT};

/// The time between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// Locks a file. `what` is what the other program does, as in "waiting for another program that fetches X".
///
/// # Errors
/// Another program held the lock all the time, or the file system has no locks.
pub fn lock(file: &File, what: &str) -> io::Result<()> {
    lock_within(file, what, LOCK_NOTE, LOCK_WAIT)
}

fn lock_within(file: &File, what: &str, note: Duration, most: Duration) -> io::Result<()> {
    let start = Instant::now();
    let mut is_quiet = true;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(cause)) => return Err(cause),
            Err(TryLockError::WouldBlock) => {}
        }
        let waited = start.elapsed();
        if waited >= most {
            let message = format!("another program that {what} has not finished within {} s", most.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        if is_quiet && waited >= note {
            is_quiet = false;
            let _ = writeln!(io::stderr(), "waiting for another program that {what}");
        }
        sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_lock_ends() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let other = File::create(&path).unwrap();
        other.lock().unwrap();
        let mine = File::create(&path).unwrap();
        let error = lock_within(&mine, "fetches x", Duration::ZERO, Duration::from_millis(1)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(error.to_string().contains("fetches x"), "{error}");
        drop(other);
        lock_within(&mine, "fetches x", Duration::ZERO, Duration::ZERO).unwrap();
    }
}
