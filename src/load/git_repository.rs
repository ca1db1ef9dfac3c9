//! A local git repository: resolves revisions to commits, and lists changes.
//!
//! git is only started if a command is given revisions. It finds the repository as usual, so it works in linked working
//! trees, bare repositories, and hooks, and it rejects repositories of other users as usual. No hook, monitor, or external
//! program of the repository's configuration is run.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::git::SETTINGS;
use super::reason;
use crate::diagnostic::Diagnostic;

/// Overrides settings that would start programs, or change what git reports.
const LOCAL_SETTINGS: [&str; 4] = ["-c", "core.fsmonitor=false", "-c", "diff.relative=false"];

/// A repository on this machine.
#[derive(Clone, Debug)]
pub struct GitRepository {
    git_dir: PathBuf,
    root: Option<PathBuf>,
}

impl GitRepository {
    /// The repository that a directory belongs to.
    ///
    /// # Errors
    /// There is no repository, git rejects it, or git is not installed.
    pub fn discover(directory: &Path) -> Result<Self, Diagnostic> {
        let ask = |question: &str| {
            let mut command = git();
            command.current_dir(directory).args(["rev-parse", question]);
            run(&mut command)
        };
        let git_dir = path(line(&ask("--absolute-git-dir")?));
        let in_work_tree = line(&ask("--is-inside-work-tree")?) == b"true";
        let root = if in_work_tree { Some(path(line(&ask("--show-toplevel")?))) } else { None };
        let root = root.map(|root| std::fs::canonicalize(&root).unwrap_or(root));
        Ok(GitRepository { git_dir, root })
    }

    /// The root of the working tree, absolute and without symbolic links; `None` outside a working tree.
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// The hash of the commit that a revision names.
    ///
    /// # Errors
    /// It does not name a commit.
    pub fn commit(&self, revision: &str) -> Result<String, Diagnostic> {
        let mut command = self.git();
        command.args(["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")]);
        match run(&mut command) {
            Ok(hash) => Ok(String::from_utf8_lossy(line(&hash)).into_owned()),
            Err(error) if error.code == "no-git" => Err(error),
            Err(_) if revision.contains("..") => {
                let help = "write a range as two revisions: `--since A --until B`; for `render diff`, `--base A --head B`";
                Err(failure(format!("`{revision}` is not a commit")).help(help))
            }
            Err(_) => Err(failure(format!("there is no commit `{revision}` in this repository"))
                .help("specify a branch, a tag, or a commit; if the clone is shallow, run `git fetch --unshallow`")),
        }
    }

    /// The best common ancestor of two commits.
    ///
    /// # Errors
    /// They have no common ancestor.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<String, Diagnostic> {
        match run(self.git().args(["merge-base", one, other])) {
            Ok(hash) => Ok(String::from_utf8_lossy(line(&hash)).into_owned()),
            Err(error) if error.code == "no-git" => Err(error),
            Err(_) => Err(failure("the revisions have no common ancestor".into())
                .help("omit `--merge-base`; if the clone is shallow, run `git fetch --unshallow`")),
        }
    }

    /// The files that differ between two commits, or between a commit and the working tree including untracked files that are
    /// not ignored; relative to the root of the repository.
    ///
    /// # Errors
    /// git fails.
    pub fn changes(&self, since: &str, until: Option<&str>) -> Result<BTreeSet<PathBuf>, Diagnostic> {
        let mut command = self.git();
        command.args(["diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none"]);
        let mut changes = paths(&run(command.arg(since).args(until).arg("--"))?);
        if until.is_none() {
            changes.extend(self.list(&["--others"])?);
        }
        Ok(changes)
    }

    /// The tracked files of the working tree, and the untracked files that are not ignored; relative to its root. Some may have
    /// been deleted.
    ///
    /// # Errors
    /// git fails.
    pub fn files(&self) -> Result<BTreeSet<PathBuf>, Diagnostic> {
        self.list(&["--cached", "--others"])
    }

    fn list(&self, which: &[&str]) -> Result<BTreeSet<PathBuf>, Diagnostic> {
        run(self.git().args(["ls-files", "-z", "--exclude-standard"]).args(which)).map(|output| paths(&output))
    }

    /// git, set up for this repository.
    pub(super) fn git(&self) -> Command {
        let mut command = git();
        let option = |name: &str, path: &Path| [OsStr::new(name), path.as_os_str()].into_iter().collect::<OsString>();
        command.arg(option("--git-dir=", &self.git_dir));
        if let Some(root) = &self.root {
            command.arg(option("--work-tree=", root)).current_dir(root);
        }
        command
    }
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.args(SETTINGS).args(LOCAL_SETTINGS).args(["--no-pager", "--literal-pathspecs"]);
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
    command.stdin(Stdio::null());
    command
}

/// Why git could not be started.
pub(super) fn not_started(cause: &std::io::Error) -> Diagnostic {
    match cause.kind() {
        std::io::ErrorKind::NotFound => {
            Diagnostic::error("no-git", "the program `git` is not installed").help("install git").io()
        }
        _ => Diagnostic::error("no-git", format!("can't start `git`: {}", reason(cause))).io(),
    }
}

/// An error of git.
pub(super) fn failure(message: String) -> Diagnostic {
    Diagnostic::error("git", message).io()
}

/// Runs git and returns its output.
pub(super) fn run(command: &mut Command) -> Result<Vec<u8>, Diagnostic> {
    let output = command.output().map_err(|cause| not_started(&cause))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = stderr.lines().map(str::trim).find(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
    let line = line.or(stderr.lines().map(str::trim).find(|line| !line.is_empty())).unwrap_or("it printed no error message");
    let plain = ["fatal: ", "error: "].iter().find_map(|start| line.strip_prefix(start)).unwrap_or(line);
    let error = failure(format!("git failed: {plain}"));
    Err(if stderr.contains("dubious ownership") {
        error.help("git rejects repositories of other users unless `safe.directory` lists them")
    } else {
        error
    })
}

/// Output without its final newline.
fn line(answer: &[u8]) -> &[u8] {
    answer.strip_suffix(b"\n").unwrap_or(answer)
}

/// Paths that each end with a NUL byte.
fn paths(list: &[u8]) -> BTreeSet<PathBuf> {
    list.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(path).collect()
}

/// A path as git prints it.
#[cfg(unix)]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).into()
}

/// A path as git prints it.
#[cfg(not(unix))]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
