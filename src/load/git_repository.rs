//! A local git repository: resolves revisions to commits, and lists changes.
//!
//! git is only started if a command is given revisions. It finds the repository as usual, so it works in linked working
//! trees, bare repositories, and hooks, and it rejects repositories of other users as usual. After that, the repository's
//! configuration is not read (`git_view.rs`), no filter is run, and nothing is fetched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::git::SETTINGS;
pub(super) use super::git_view::path;
use super::git_view::{Places, View, without_filters};
use super::reason;
use crate::diagnostic::Diagnostic;

/// Overrides settings that would start programs, or change what git reports.
const LOCAL_SETTINGS: [&str; 10] = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "diff.relative=false",
    "-c",
    "core.alternateRefsCommand=true",
    "-c",
    "protocol.allow=never",
    "-c",
    "submodule.recurse=false",
];

/// How deeply submodules may be nested.
const MAX_SUBMODULES: usize = 10;

/// A repository on this machine.
#[derive(Clone, Debug)]
pub struct GitRepository {
    root: Option<PathBuf>,
    view: Arc<View>,
    /// Settings that turn off the filters of the user's configuration.
    no_filters: Arc<[(String, String)]>,
}

impl GitRepository {
    /// The repository that a directory belongs to.
    ///
    /// # Errors
    /// There is no repository, git rejects it, or git is not installed.
    pub fn discover(directory: &Path) -> Result<Self, Diagnostic> {
        GitRepository::discover_with(directory, &|_| ())
    }

    fn discover_with(directory: &Path, prepare: &dyn Fn(&mut Command)) -> Result<Self, Diagnostic> {
        let ask = |arguments: &[&str]| {
            let mut command = git();
            command.current_dir(directory).args(arguments);
            prepare(&mut command);
            run(&mut command)
        };
        let from = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let places = ask(&[
            "rev-parse",
            "--absolute-git-dir",
            "--git-common-dir",
            "--git-path",
            "objects",
            "--git-path",
            "index",
            "--is-inside-work-tree",
        ])?;
        let [git_dir, common, objects, index, in_work_tree] = line(&places).split(|byte| *byte == b'\n').collect::<Vec<_>>()[..]
        else {
            return Err(failure("the path of the repository contains a line break".into()));
        };
        let [git_dir, common, objects, index] = [git_dir, common, objects, index].map(|bytes| from.join(path(bytes)));
        let root = if in_work_tree == b"true" { Some(path(line(&ask(&["rev-parse", "--show-toplevel"])?))) } else { None };
        let root = root.map(|root| std::fs::canonicalize(&root).unwrap_or(root));
        refuse_strange(&git_dir, root.as_deref())?;
        let file = common.join("config");
        let mut list = git();
        list.current_dir(&from).args(["config", "--no-includes", "--list", "-z", "--file"]).arg(&file);
        let settings = if file.exists() { run(&mut list)? } else { Vec::new() };
        let unusable =
            |cause: std::io::Error| failure(format!("can't read the repository `{}`: {}", git_dir.display(), reason(&cause)));
        let view = View::new(Places { git_dir: git_dir.clone(), common, objects, index }, &settings).map_err(unusable)?;
        let mut repository = GitRepository { root, view: Arc::new(view), no_filters: Arc::default() };
        // Also those of the user: the attributes in the tree would choose which of them are started.
        let filters = repository.git().args(["config", "--name-only", "-z", "--get-regexp", "^filter[.]"]).output();
        repository.no_filters = without_filters(&filters.map_err(|cause| not_started(&cause))?.stdout).into();
        Ok(repository)
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
        self.changes_to(since, until, 0)
    }

    fn changes_to(&self, since: &str, until: Option<&str>, depth: usize) -> Result<BTreeSet<PathBuf>, Diagnostic> {
        let mut command = self.git();
        // git would start `git status` in each submodule, with its configuration: they are compared below.
        command.args([
            "diff",
            "--name-only",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=dirty",
        ]);
        let mut changes = paths(&run(command.arg(since).args(until).arg("--"))?);
        if until.is_none() {
            changes.extend(self.list(&["--others"])?);
            changes.extend(self.changed_submodules(depth)?);
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

    /// The submodules of the working tree that are checked out and differ from their own commits.
    fn changed_submodules(&self, depth: usize) -> Result<BTreeSet<PathBuf>, Diagnostic> {
        let Some(root) = self.root.as_deref().filter(|_| depth < MAX_SUBMODULES) else { return Ok(BTreeSet::new()) };
        let staged = run(self.git().args(["ls-files", "-z", "--stage"]))?;
        let submodules = staged.split(|byte| *byte == 0).filter(|entry| entry.starts_with(b"160000 "));
        let mut changed = BTreeSet::new();
        for entry in submodules {
            let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
            let submodule = path(&entry[tab + 1..]);
            let directory = root.join(&submodule);
            if directory.join(".git").symlink_metadata().is_err() {
                continue;
            }
            let changes = GitRepository::discover_apart(&directory)
                .and_then(|inner| inner.changes_to(&inner.commit("HEAD")?, None, depth + 1));
            if changes.map_or(true, |changes| !changes.is_empty()) {
                changed.insert(submodule);
            }
        }
        Ok(changed)
    }

    /// The repository of a submodule, whatever repository the environment names.
    fn discover_apart(directory: &Path) -> Result<Self, Diagnostic> {
        GitRepository::discover_with(directory, &|command| {
            for variable in super::git::LOCAL_VARIABLES {
                command.env_remove(variable);
            }
        })
    }

    /// git, set up for this repository: without its configuration, without filters, and without access to remotes.
    pub(super) fn git(&self) -> Command {
        let mut command = git();
        self.view.apply(&mut command, &self.no_filters);
        if let Some(root) = &self.root {
            command.env("GIT_WORK_TREE", root).current_dir(root);
        }
        command
    }
}

/// Rejects repositories that a tree may contain to be taken for another one.
fn refuse_strange(git_dir: &Path, root: Option<&Path>) -> Result<(), Diagnostic> {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    if is_set("GIT_DIR") || is_set("GIT_WORK_TREE") {
        return Ok(());
    }
    match root {
        Some(root) if root.join(".git").symlink_metadata().is_err() => {
            let message = format!(
                "the repository `{}` sets `core.worktree` to `{}`, which does not contain it",
                git_dir.display(),
                root.display()
            );
            Err(failure(message).help("if this is intended, set `GIT_DIR` and `GIT_WORK_TREE`"))
        }
        None if is_embedded(git_dir) => {
            let message = format!("`{}` is a bare repository inside the files of another one", git_dir.display());
            Err(failure(message).help("if it is the right one, set `GIT_DIR`"))
        }
        _ => Ok(()),
    }
}

/// Whether a bare repository is in the working tree of another one.
fn is_embedded(git_dir: &Path) -> bool {
    let in_git_dir = git_dir.components().any(|component| component.as_os_str() == ".git");
    !in_git_dir && git_dir.ancestors().skip(1).any(|directory| directory.join(".git").symlink_metadata().is_ok())
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.args(SETTINGS).args(LOCAL_SETTINGS).args(["--no-pager", "--literal-pathspecs"]);
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1");
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
