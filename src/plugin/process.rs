//! Runs a program: text in, text out. All programs of plugins are started here.
//!
//! What it prints to standard error is passed on, as in kustomize, with escapes for what would control a terminal or a CI system.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use crate::escape::lines;

/// Output larger than this (in bytes) is rejected.
const MAX_OUTPUT: u64 = 512 << 20;
/// Longer lines of standard error are split.
const LONGEST_LINE: u64 = 1 << 16;

/// A program and how it is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The program: a path, or a name that is looked up in `PATH`.
    pub path: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Environment variables in addition to the inherited ones.
    pub env: Vec<(String, String)>,
    /// The directory that it runs in.
    pub directory: PathBuf,
}

/// The result of running a program.
pub struct Finished {
    /// Its standard output.
    pub output: Vec<u8>,
    /// How it ended.
    pub status: ExitStatus,
}

impl Program {
    /// Runs the program to its end.
    ///
    /// # Errors
    /// It can't be started, or its output can't be read or is too long.
    pub fn run(&self, input: &[u8]) -> io::Result<Finished> {
        let mut command = Command::new(&self.path);
        command.args(&self.args).envs(self.env.iter().map(|(name, value)| (name, value)));
        command.current_dir(&self.directory).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let shown = child.stderr.take().map(show);
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let mut output = Vec::new();
        let read = std::thread::scope(|scope| {
            // A program may exit before it has read all input, or not read it at all: that is not an error.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
            stdout.map_or(Ok(0), |stdout| stdout.take(MAX_OUTPUT + 1).read_to_end(&mut output))
        });
        if output.len() as u64 > MAX_OUTPUT {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other(format!("it printed more than {MAX_OUTPUT} bytes")));
        }
        let status = child.wait()?;
        // A helper that outlives the program may keep the pipe open: what it prints is not waited for.
        let _ = shown.map(|shown| shown.recv_timeout(Duration::from_secs(1)));
        read.map(|_| Finished { output, status })
    }
}

/// Passes on what a program prints to standard error, line by line and escaped. The channel closes at its end.
fn show(errors: ChildStderr) -> Receiver<()> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let _sender: Sender<()> = sender;
        let mut errors = BufReader::new(errors);
        let mut line = Vec::new();
        while matches!(errors.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line), Ok(1..)) {
            let _ = io::stderr().write_all(lines(&String::from_utf8_lossy(&line)).as_bytes());
            line.clear();
        }
    });
    receiver
}

/// The file in `PATH` that a name refers to.
pub fn find_in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|file| is_executable(file))
}

/// Whether a file may be run.
#[cfg(unix)]
pub fn is_executable(file: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Whether a file may be run.
#[cfg(not(unix))]
pub fn is_executable(file: &std::path::Path) -> bool {
    file.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, input: &[u8]) -> Finished {
        let args = vec!["-c".into(), script.into()];
        let env = vec![("GREETING".to_owned(), "hello".to_owned())];
        Program { path: "/bin/sh".into(), args, env, directory: "/".into() }.run(input).unwrap()
    }

    #[test]
    fn input_environment_and_directory_reach_the_program() {
        let finished = shell("echo $GREETING; pwd; cat", b"input");
        assert!(finished.status.success());
        assert_eq!(String::from_utf8(finished.output).unwrap(), "hello\n/\ninput");
    }

    #[test]
    fn a_program_that_reads_nothing_does_not_block() {
        let finished = shell("exit 3", &vec![b'x'; 1 << 20]);
        assert_eq!(finished.status.code(), Some(3));
        assert_eq!(shell("head -c 1000000 /dev/zero; cat", &vec![b'x'; 1 << 20]).output.len(), 1_000_000 + (1 << 20));
    }
}
