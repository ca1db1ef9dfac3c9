//! A local git repository: which commit a revision is, and what changed.
//!
//! git is started only because a command was asked about revisions. It finds the repository as it always does, so it works in
//! linked work trees, bare repositories and hooks, and refuses repositories of others as it always does. No hook, monitor or
//! external program of the repository's configuration is run.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::git::SETTINGS;
use super::reason;
use crate::diagnostic::Diagnostic;

/// What would start programs, or make git tell something else than it is asked.
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
    /// There is none, git refuses it, or there is no git.
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

    /// The root of the work tree, absolute and without symbolic links; `None` outside of one.
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// The hash of the commit that a revision names.
    ///
    /// # Errors
    /// It names none.
    pub fn commit(&self, revision: &str) -> Result<String, Diagnostic> {
        let mut command = self.git();
        command.args(["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")]);
        match run(&mut command) {
            Ok(hash) => Ok(String::from_utf8_lossy(line(&hash)).into_owned()),
            Err(error) if error.code == "no-git" => Err(error),
            Err(_) if revision.contains("..") => {
                let help = "a range is written as two revisions: `--since A --until B`; for `render diff`, `--base A --head B`";
                Err(failure(format!("`{revision}` is no commit")).help(help))
            }
            Err(_) => Err(failure(format!("there is no commit `{revision}` in this repository"))
                .help("name a branch, a tag or a commit; a shallow clone lacks most: `git fetch --unshallow` fetches them")),
        }
    }

    /// The best common ancestor of two commits.
    ///
    /// # Errors
    /// They have none.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<String, Diagnostic> {
        match run(self.git().args(["merge-base", one, other])) {
            Ok(hash) => Ok(String::from_utf8_lossy(line(&hash)).into_owned()),
            Err(error) if error.code == "no-git" => Err(error),
            Err(_) => Err(failure("the revisions have no common ancestor".into())
                .help("leave out `--merge-base`; a shallow clone may lack the ancestor: `git fetch --unshallow` fetches it")),
        }
    }

    /// The files that differ between two commits, or between a commit and the work tree with all that is not ignored in it;
    /// relative to the root of the repository.
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

    /// The files of the work tree that are tracked, and those that could be; relative to its root. Some may be gone.
    ///
    /// # Errors
    /// git fails.
    pub fn files(&self) -> Result<BTreeSet<PathBuf>, Diagnostic> {
        self.list(&["--cached", "--others"])
    }

    fn list(&self, which: &[&str]) -> Result<BTreeSet<PathBuf>, Diagnostic> {
        run(self.git().args(["ls-files", "-z", "--exclude-standard"]).args(which)).map(|output| paths(&output))
    }

    /// git, at work in this repository.
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
        std::io::ErrorKind::NotFound => Diagnostic::error("no-git", "there is no program `git`").help("install git").io(),
        _ => Diagnostic::error("no-git", format!("can't start `git`: {}", reason(cause))).io(),
    }
}

/// An error of git.
pub(super) fn failure(message: String) -> Diagnostic {
    Diagnostic::error("git", message).io()
}

/// What git prints.
pub(super) fn run(command: &mut Command) -> Result<Vec<u8>, Diagnostic> {
    let output = command.output().map_err(|cause| not_started(&cause))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = told.lines().map(str::trim).find(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
    let said = said.or(told.lines().map(str::trim).find(|line| !line.is_empty())).unwrap_or("nothing");
    let plain = ["fatal: ", "error: "].iter().find_map(|start| said.strip_prefix(start)).unwrap_or(said);
    let error = failure(format!("git fails and says: {plain}"));
    Err(if told.contains("dubious ownership") {
        error.help("git refuses repositories of other users unless `safe.directory` lists them")
    } else {
        error
    })
}

/// An answer without its line break.
fn line(answer: &[u8]) -> &[u8] {
    answer.strip_suffix(b"\n").unwrap_or(answer)
}

/// Paths that end in a zero byte each.
fn paths(list: &[u8]) -> BTreeSet<PathBuf> {
    list.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(path).collect()
}

/// A path as git writes it.
#[cfg(unix)]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).into()
}

/// A path as git writes it.
#[cfg(not(unix))]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
