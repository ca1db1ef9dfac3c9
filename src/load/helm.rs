//! The helm program, and the directory that charts are pulled into.
//!
//! helm is started only for builds that allow it. It runs with the environment that kustomize sets: configuration, cache,
//! and data below one home directory, a temporary one unless the kustomization names it. A chart that does not exist is
//! pulled into a temporary directory and moved to its final path when it is complete, by one process at a time; an existing
//! chart is never modified. Behavior: kustomize's `HelmChartInflationGenerator`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Files, Kind, reason, waiting};
use crate::diagnostic::Diagnostic;
use crate::kustomize_words::{cause, quote};
use crate::write::{self, Temporary};

/// The prefix of the directories that charts are pulled into before they are complete.
const UNFINISHED: &str = ".render-pull-";

/// More files than any chart has.
const MOST_FILES: usize = 20_000;

/// The helm program, as used for one kustomization.
pub struct Helm {
    program: PathBuf,
    home: PathBuf,
    /// helm's home, unless another one is specified, and values files. Removed when this value is dropped.
    scratch: TempDir,
    /// After the directory: dropped when it is removed.
    _temporary: Temporary,
}

/// The result of running helm.
pub struct Ran {
    /// Whether helm reported success.
    pub success: bool,
    /// What it printed to standard output.
    pub stdout: Vec<u8>,
    /// What it printed to standard error.
    pub stderr: String,
    /// The command line, as shown to users.
    pub command: String,
}

impl Helm {
    /// A helm program, with its own home directory unless `home` names one.
    ///
    /// # Errors
    /// A temporary directory can't be created.
    pub fn new(program: &Path, home: Option<&str>) -> Result<Self, Diagnostic> {
        // The files in it contain values that may be secret: only the user can access the directory.
        let make = || tempfile::Builder::new().prefix("render-helm-").tempdir();
        let (scratch, temporary) = write::temporary(make, TempDir::path).map_err(|cause| {
            let message = format!("can't create a directory for helm below `{}`: {cause}", std::env::temp_dir().display());
            Diagnostic::error("helm-start", message).io()
        })?;
        let home = home.map_or_else(|| scratch.path().join("helm"), PathBuf::from);
        Ok(Helm { program: program.to_owned(), home, scratch, _temporary: temporary })
    }

    /// The program as specified.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Writes content to a file that is removed when this value is dropped.
    ///
    /// # Errors
    /// It can't be written.
    pub fn keep(&self, name: &str, content: &[u8]) -> Result<PathBuf, Diagnostic> {
        let path = self.scratch.path().join(name);
        fs::write(&path, content).map_err(|cause| {
            Diagnostic::error("helm-start", format!("can't write `{}`: {}", path.display(), reason(&cause))).io()
        })?;
        Ok(path)
    }

    /// A directory that is removed when this value is dropped.
    ///
    /// # Errors
    /// It can't be created.
    pub fn directory(&self, name: &str) -> Result<PathBuf, Diagnostic> {
        let path = self.scratch.path().join(name);
        fs::create_dir_all(&path).map_err(|cause| {
            Diagnostic::error("helm-start", format!("can't create `{}`: {}", path.display(), reason(&cause))).io()
        })?;
        Ok(path)
    }

    /// Copies a chart, whose path to show is `shown`, from a tree that is not on disk; the copy is removed when this value is
    /// dropped.
    ///
    /// # Errors
    /// A file can't be read or written, or links in the chart form a cycle.
    pub fn copy(&self, files: &dyn Files, directory: &Path, shown: &Path) -> Result<PathBuf, Diagnostic> {
        let home = self.directory("charts")?;
        let copy = home.join(directory.file_name().unwrap_or(OsStr::new("chart")));
        copy_files(files, directory, &copy, &mut 0).map_err(|cause| {
            Diagnostic::error("no-chart", format!("can't copy the chart `{}`: {}", shown.display(), reason(&cause)))
        })?;
        Ok(copy)
    }

    /// Runs helm and waits for it.
    ///
    /// # Errors
    /// It can't be started. A failure of helm itself is not an error here.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Ran, Diagnostic> {
        let output = Command::new(&self.program)
            .args(arguments)
            .env("HELM_CONFIG_HOME", &self.home)
            .env("HELM_CACHE_HOME", self.home.join(".cache"))
            .env("HELM_DATA_HOME", self.home.join(".data"))
            .stdin(Stdio::null())
            .output();
        let output = output.map_err(|cause| {
            let message = format!("can't start `{}`: {}", self.program.display(), reason(&cause));
            Diagnostic::error("helm-start", message)
                .words(self.not_started(arguments, &cause))
                .help("install helm 3 or 4, or specify it with `--helm-command PATH`")
                .io()
        })?;
        let words = [self.program.as_os_str()].into_iter().chain(arguments.iter().map(AsRef::as_ref));
        Ok(Ran {
            success: output.status.success(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            command: words.map(shown_word).collect::<Vec<_>>().join(" "),
        })
    }

    /// A program that can't be started, in kustomize's words.
    fn not_started<S: AsRef<OsStr>>(&self, arguments: &[S], failure: &io::Error) -> String {
        let (program, home) = (self.program.display().to_string(), self.home.display());
        let arguments: Vec<String> = arguments.iter().map(|word| word.as_ref().display().to_string()).collect();
        let env = format!("HELM_CONFIG_HOME={home} HELM_CACHE_HOME={home}/.cache HELM_DATA_HOME={home}/.data");
        let why = match program.contains('/') {
            false => format!("exec: {}: executable file not found in $PATH", quote(&program)),
            true => format!("fork/exec {program}: {}", cause(failure)),
        };
        format!("unable to run: '{program} {}' with env=[{env}] (is '{program}' installed?): {why}", arguments.join(" "))
    }

    /// Checks that the program is a version of helm that kustomize supports.
    ///
    /// # Errors
    /// It is not helm, or it is too old or too new.
    pub fn check_version(&self) -> Result<(), Diagnostic> {
        let ran = self.run(&["version", "--short"])?;
        let stdout = String::from_utf8_lossy(&ran.stdout).into_owned();
        let program = self.program.display();
        let error = |message: String| Diagnostic::error("helm-version", message).help("install helm 3 or 4");
        match major_version(&stdout) {
            _ if !ran.success => Err(error(format!("`{}` failed: {}", ran.command, ran.stderr.trim()))),
            Some("3" | "4") => Ok(()),
            Some(_) => Err(error(format!("expected helm 3 or 4, found helm {} as `{program}`", stdout.trim()))),
            None => {
                let words = format!("cannot find version string in {stdout}");
                Err(error(format!("expected a version from `{}`, found {:?}", ran.command, stdout.trim())).words(words))
            }
        }
    }
}

/// The first number of the first version in a text, such as `v4.1.4+g05fa379`.
fn major_version(text: &str) -> Option<&str> {
    let is_start = |&(at, c): &(usize, char)| c.is_ascii_digit() && !text[..at].ends_with(|before: char| before.is_ascii_digit());
    text.char_indices().filter(is_start).find_map(|(at, _)| {
        let rest = &text[at..];
        let major = &rest[..rest.find(|c: char| !c.is_ascii_digit())?];
        let minor = rest[major.len()..].strip_prefix('.')?;
        minor.starts_with(|c: char| c.is_ascii_digit()).then_some(major)
    })
}

/// A word of a command line, quoted for a shell.
fn shown_word(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// A chart to pull.
pub struct Pull<'a> {
    /// The directory of charts.
    pub home: &'a Path,
    /// The same as the user would write it.
    pub shown: &'a Path,
    /// The directory that will contain the chart's directory: `home`, or a directory below it whose name contains the version.
    pub directory: &'a Path,
    /// The chart's name.
    pub name: &'a str,
    /// The arguments of `helm pull`, except the directory.
    pub arguments: Vec<String>,
}

/// Why a chart could not be pulled.
pub enum PullError {
    /// helm failed.
    Helm(Ran),
    /// Something else.
    Other(Diagnostic),
}

impl From<Diagnostic> for PullError {
    fn from(error: Diagnostic) -> Self {
        PullError::Other(error)
    }
}

impl Pull<'_> {
    /// Pulls the chart, unless another process does so in the meantime.
    ///
    /// # Errors
    /// helm fails, or the chart can't be written. Nothing is left behind in that case.
    pub fn run(&self, helm: &Helm) -> Result<(), PullError> {
        let made = !self.home.exists();
        fs::create_dir_all(self.home).map_err(|cause| self.cant_write(&cause))?;
        let pulled = self.locked(helm);
        if pulled.is_err() && made {
            // This only succeeds if it is empty, that is, if no other process has added a chart.
            let _ = fs::remove_dir(self.home);
        }
        pulled
    }

    fn locked(&self, helm: &Helm) -> Result<(), PullError> {
        let place = self.directory.join(self.name);
        // Where directories can't be locked, two processes may pull the same chart: one of them moves it to its final path.
        let lock = File::open(self.home);
        let lock = lock.and_then(|directory| waiting::lock(&directory, "pulls charts").map(|()| directory));
        if let Err(cause) = &lock
            && cause.kind() == std::io::ErrorKind::TimedOut
        {
            return Err(PullError::Other(self.cant_write(cause)));
        }
        if place.is_dir() {
            return Ok(());
        }
        if lock.is_ok() {
            self.remove_unfinished();
        }
        let unfinished = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(self.home);
        let unfinished = unfinished.map_err(|cause| self.cant_write(&cause))?;
        let mut arguments: Vec<OsString> = vec!["pull".into(), "--untar".into(), "--untardir".into(), unfinished.path().into()];
        arguments.extend(self.arguments.iter().map(OsString::from));
        let ran = helm.run(&arguments)?;
        if !ran.success {
            return Err(PullError::Helm(ran));
        }
        let chart = unfinished.path().join(self.name);
        if !chart.is_dir() {
            let found = names(unfinished.path()).into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let message = format!("expected helm to pull the chart `{}`, found {found}", self.name);
            return Err(Diagnostic::error("chart-name", message)
                .help("set `name` to the name in the chart's `Chart.yaml`")
                .into());
        }
        let moved = fs::create_dir_all(self.directory).and_then(|()| fs::rename(&chart, &place));
        match moved {
            Err(cause) if !place.is_dir() => Err(self.cant_write(&cause).into()),
            _ => Ok(()),
        }
    }

    fn cant_write(&self, cause: &io::Error) -> Diagnostic {
        let why = match cause.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => "it is not a directory".to_owned(),
            _ => reason(cause),
        };
        let message = format!("can't write the chart `{}` to `{}`: {why}", self.name, self.shown.display());
        let help = "charts are pulled into `chartHome`; if that is not writable, add the chart by other means";
        Diagnostic::error("chart-home", message).help(help).io()
    }

    /// Removes what interrupted processes left behind.
    fn remove_unfinished(&self) {
        for name in names(self.home).iter().filter(|name| name.starts_with(UNFINISHED)) {
            let _ = fs::remove_dir_all(self.home.join(name));
        }
    }
}

fn copy_files(files: &dyn Files, from: &Path, to: &Path, count: &mut usize) -> io::Result<()> {
    *count += 1;
    if *count > MOST_FILES {
        return Err(io::Error::other(format!("it has more than {MOST_FILES} files; do its links form a cycle?")));
    }
    if files.kind(from) != Some(Kind::Directory) {
        return fs::write(to, files.read(from)?);
    }
    fs::create_dir_all(to)?;
    files.list(from)?.iter().try_for_each(|name| copy_files(files, &from.join(name), &to.join(name), count))
}

/// The names in a directory, sorted.
pub fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A file or directory in `directory` that is not below `root` after following symbolic links, or something that is neither.
pub fn leaves(directory: &Path, root: &Path) -> Option<PathBuf> {
    let mut seen = BTreeSet::new();
    let mut open = vec![directory.to_owned()];
    while let Some(path) = open.pop() {
        // The target of a broken link can't be read.
        let Ok(real) = path.canonicalize() else { continue };
        if !real.starts_with(root) || !(real.is_dir() || real.is_file()) {
            return Some(path);
        }
        let entries = fs::read_dir(&real).into_iter().flatten().flatten();
        let others = entries.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_file()));
        if seen.insert(real) {
            open.extend(others.map(|entry| path.join(entry.file_name())));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_found_in_the_output_of_helm() {
        for (text, major) in [
            ("v3.19.0+g3d8990f\n", Some("3")),
            ("v4.1.4+g05fa379", Some("4")),
            ("Client: v2.17.0+ga690bad", Some("2")),
            ("WARNING: 1 file is readable\nv3.1", Some("3")),
            ("15.2.1", Some("15")),
            ("helm 4", None),
            ("", None),
        ] {
            assert_eq!(major_version(text), major, "{text}");
        }
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(shown_word(OsStr::new("--version=1.0")), "--version=1.0");
        assert_eq!(shown_word(OsStr::new("it's")), r"'it'\''s'");
        assert_eq!(shown_word(OsStr::new("")), "''");
    }
}
