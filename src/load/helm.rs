//! The helm program, and the directory that charts are pulled into.
//!
//! helm is started only for builds that allow it. It runs with the environment that kustomize gives it: configuration,
//! cache and data below one home, a temporary one unless the kustomization names it. A chart that is not there is pulled
//! beside its place and moved there when it is complete, by one process at a time; a chart that is there is never touched.
//! Behaviour: kustomize's `HelmChartInflationGenerator`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Files, Kind, reason};
use crate::diagnostic::Diagnostic;

/// What the directories are called that charts are pulled into before they are complete.
const UNFINISHED: &str = ".render-pull-";

/// More files than any chart has.
const MOST_FILES: usize = 20_000;

/// A helm program at work for one kustomization.
pub struct Helm {
    program: PathBuf,
    home: PathBuf,
    /// helm's home, unless another one is named, and values files. Removed with this value.
    scratch: TempDir,
}

/// What a run of helm left behind.
pub struct Ran {
    /// Whether helm says that all went well.
    pub success: bool,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it told.
    pub stderr: String,
    /// The command line, for people.
    pub command: String,
}

impl Helm {
    /// A helm program, with a home of its own unless `home` names one.
    ///
    /// # Errors
    /// There is no place for temporary files.
    pub fn new(program: &Path, home: Option<&str>) -> Result<Self, Diagnostic> {
        // The files in it hold values, perhaps secret ones: the directory is the user's alone.
        let scratch = tempfile::Builder::new().prefix("render-helm-").tempdir().map_err(|cause| {
            let message = format!("can't make a directory for helm below `{}`: {cause}", std::env::temp_dir().display());
            Diagnostic::error("helm-start", message).io()
        })?;
        let home = home.map_or_else(|| scratch.path().join("helm"), PathBuf::from);
        Ok(Helm { program: program.to_owned(), home, scratch })
    }

    /// The program as it was named.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Keeps a text in a file that is removed with this value.
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

    /// A directory that is removed with this value.
    ///
    /// # Errors
    /// It can't be made.
    pub fn directory(&self, name: &str) -> Result<PathBuf, Diagnostic> {
        let path = self.scratch.path().join(name);
        fs::create_dir_all(&path).map_err(|cause| {
            Diagnostic::error("helm-start", format!("can't make `{}`: {}", path.display(), reason(&cause))).io()
        })?;
        Ok(path)
    }

    /// Copies a chart, which is `shown` so, out of a tree that is not on disk; the copy is removed with this value.
    ///
    /// # Errors
    /// A file can't be read or written, or links make the chart endless.
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
    /// It can't be started. That helm fails is no error here.
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
            Diagnostic::error("helm-start", message).help("install helm 3 or 4, or name it with `--helm-command PATH`").io()
        })?;
        let words = [self.program.as_os_str()].into_iter().chain(arguments.iter().map(AsRef::as_ref));
        Ok(Ran {
            success: output.status.success(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            command: words.map(shown_word).collect::<Vec<_>>().join(" "),
        })
    }

    /// Whether the program is a helm that kustomize works with.
    ///
    /// # Errors
    /// It is none, or too old or new.
    pub fn check_version(&self) -> Result<(), Diagnostic> {
        let ran = self.run(&["version", "--short"])?;
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        let program = self.program.display();
        let error = |message: String| Diagnostic::error("helm-version", message).help("install helm 3 or 4");
        match major_version(&told) {
            _ if !ran.success => Err(error(format!("`{}` fails: {}", ran.command, ran.stderr.trim()))),
            Some("3" | "4") => Ok(()),
            Some(_) => Err(error(format!("`{program}` is helm {}, but helm 3 or 4 is wanted", told.trim()))),
            None => Err(error(format!("`{}` tells no version, but {:?}", ran.command, told.trim()))),
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

/// A word of a command line as a shell would take it.
fn shown_word(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// A chart that is to be pulled.
pub struct Pull<'a> {
    /// The directory that charts are kept in.
    pub home: &'a Path,
    /// The same as the user would write it.
    pub shown: &'a Path,
    /// The directory that will hold the chart's directory: `home`, or a directory below it that tells the version.
    pub directory: &'a Path,
    /// The chart's name.
    pub name: &'a str,
    /// What `helm pull` is told besides the directory.
    pub arguments: Vec<String>,
}

/// Why a chart could not be pulled.
pub enum PullError {
    /// helm says no.
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
    /// helm can't, or the chart can't be written into its place. Nothing is left behind then.
    pub fn run(&self, helm: &Helm) -> Result<(), PullError> {
        let made = !self.home.exists();
        fs::create_dir_all(self.home).map_err(|cause| self.cant_write(&cause))?;
        let pulled = self.locked(helm);
        if pulled.is_err() && made {
            // Only when it is empty, that is, when no other process has put a chart there.
            let _ = fs::remove_dir(self.home);
        }
        pulled
    }

    fn locked(&self, helm: &Helm) -> Result<(), PullError> {
        let place = self.directory.join(self.name);
        // Where directories can't be locked, two processes may pull the same chart: one of them moves it into its place.
        let lock = File::open(self.home).and_then(|directory| directory.lock().map(|()| directory));
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
            let message = format!("helm pulled {found}, but the chart `{}` is wanted", self.name);
            return Err(Diagnostic::error("chart-name", message)
                .help("`name` must be the name that the chart calls itself")
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
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => "it is no directory".to_owned(),
            _ => reason(cause),
        };
        let message = format!("can't put the chart `{}` into `{}`: {why}", self.name, self.shown.display());
        let help = "charts are pulled into `chartHome`; put the chart there by other means where that can't be written";
        Diagnostic::error("chart-home", message).help(help).io()
    }

    /// Removes what processes left behind that were stopped.
    fn remove_unfinished(&self) {
        for name in names(self.home).iter().filter(|name| name.starts_with(UNFINISHED)) {
            let _ = fs::remove_dir_all(self.home.join(name));
        }
    }
}

fn copy_files(files: &dyn Files, from: &Path, to: &Path, count: &mut usize) -> io::Result<()> {
    *count += 1;
    if *count > MOST_FILES {
        return Err(io::Error::other(format!("it has more than {MOST_FILES} files; do its links go in a circle?")));
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

/// A file or directory in `directory` that, symbolic links followed, does not lie below `root`.
pub fn leaves(directory: &Path, root: &Path) -> Option<PathBuf> {
    let mut seen = BTreeSet::new();
    let mut open = vec![directory.to_owned()];
    while let Some(path) = open.pop() {
        // What a link does not lead to can't be read.
        let Ok(real) = path.canonicalize() else { continue };
        if !real.starts_with(root) {
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
    fn the_major_version_is_found_in_what_helm_tells() {
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
    fn words_are_shown_as_a_shell_takes_them() {
        assert_eq!(shown_word(OsStr::new("--version=1.0")), "--version=1.0");
        assert_eq!(shown_word(OsStr::new("it's")), r"'it'\''s'");
        assert_eq!(shown_word(OsStr::new("")), "''");
    }
}
