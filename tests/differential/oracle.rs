//! The results of kubectl's kustomize and of render for a tree.
//!
//! kubectl runs once per tree. `RENDER_KUSTOMIZE_STREAM` names a program that contains the same library and processes many
//! trees, about fifty times faster: it reads `build DIRECTORY` lines and answers with `ok LENGTH`, `error LENGTH` or `crash
//! LENGTH` and that many bytes (`kustomize-stream/main.go` is such a program).

use std::io::{BufRead, BufReader, Read, Write};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use render::load::Disk;
use render::options::BuildOptions;
use render::pipeline::{build, emit};
use render::records::Records;
use render::report::human;

use super::kubectl;
use super::tree::Tree;

/// The result of a build.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Printed(String),
    Refused(String),
    /// It panicked, or took too long.
    Crashed(String),
}

/// kustomize, in one of its forms.
pub struct Oracle {
    command: Vec<String>,
    stream: Option<Stream>,
}

struct Stream {
    program: String,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    /// The first program with kustomize 5.8; `None` if there is none.
    pub fn find() -> Option<Self> {
        let name = kubectl::find(&[kubectl::NAMES, &["kustomize"]].concat())?;
        let build = if kubectl::is_kustomize(&name) { "build" } else { "kustomize" };
        let command = vec![name, build.to_owned()];
        let stream = std::env::var("RENDER_KUSTOMIZE_STREAM").ok().map(Stream::start);
        Some(Oracle { command, stream })
    }

    /// Builds a directory, using the fast program if there is one.
    pub fn build(&mut self, directory: &Path) -> Outcome {
        match &mut self.stream {
            Some(stream) => stream.build(directory),
            None => self.build_slowly(directory),
        }
    }

    /// Builds a directory with kubectl.
    pub fn build_slowly(&self, directory: &Path) -> Outcome {
        let output = Command::new(&self.command[0]).args(&self.command[1..]).arg(directory).output().expect("kubectl runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let errors = text(&output.stderr);
        match output.status.code() {
            Some(0) => Outcome::Printed(text(&output.stdout)),
            _ if errors.contains("goroutine ") => Outcome::Crashed(errors),
            _ => Outcome::Refused(errors),
        }
    }
}

impl Stream {
    fn start(program: String) -> Self {
        let mut command = Command::new(&program);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the stream starts");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Stream { program, child, input, output }
    }

    fn build(&mut self, directory: &Path) -> Outcome {
        self.ask(directory).unwrap_or_else(|error| {
            _ = self.child.kill();
            _ = self.child.wait();
            *self = Stream::start(self.program.clone());
            Outcome::Crashed(error.to_string())
        })
    }

    fn ask(&mut self, directory: &Path) -> std::io::Result<Outcome> {
        writeln!(self.input, "build {}", directory.display())?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let (kind, length) = line.trim().split_once(' ').ok_or_else(|| std::io::Error::other("no answer"))?;
        let mut bytes = vec![0; length.parse().map_err(std::io::Error::other)?];
        self.output.read_exact(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(match kind {
            "ok" => Outcome::Printed(text),
            "error" => Outcome::Refused(text),
            _ => Outcome::Crashed(text),
        })
    }
}

/// Builds a directory with render. The code of the first error comes first.
pub fn render(directory: &Path) -> Outcome {
    let built = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut records = Records::default();
        let built = build(directory, Arc::new(Disk), &BuildOptions::default(), &mut records);
        built.and_then(|built| emit(&built, &records)).map_err(|errors| {
            errors.into_vec().iter().map(|error| human::diagnostic(error, &records.sources)).collect::<String>()
        })
    }));
    match built {
        Ok(Ok(text)) => Outcome::Printed(text),
        Ok(Err(text)) => Outcome::Refused(text),
        Err(panic) => Outcome::Crashed(format!("a panic: {:?}", panic.downcast_ref::<String>())),
    }
}

/// Whether render prints a directory.
pub fn prints(directory: &Path) -> bool {
    let built = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut records = Records::default();
        let built = build(directory, Arc::new(Disk), &BuildOptions::default(), &mut records);
        built.and_then(|built| emit(&built, &records)).is_ok()
    }));
    built.unwrap_or(true)
}

/// Writes a tree into an empty directory.
pub fn lay_out(tree: &Tree, directory: &Path) {
    if directory.exists() {
        std::fs::remove_dir_all(directory).expect("the old tree is removed");
    }
    for file in &tree.files {
        let path = directory.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, file.written()).expect("a file");
    }
}
