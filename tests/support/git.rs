//! Git repositories that are created by the tests; the user's configuration has no effect.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A directory that contains a repository.
pub struct World {
    pub directory: TempDir,
}

impl World {
    /// A repository with these files, all committed; `None` if git is not available.
    pub fn of(files: &[(&str, &str)]) -> Option<World> {
        if !is_available() {
            return None;
        }
        let world = World { directory: tempfile::tempdir().expect("a directory") };
        files.iter().for_each(|(path, text)| world.write(path, text));
        init(&world.path(""));
        Some(world)
    }

    /// A path in the repository.
    pub fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join("repository").join(path)
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }

    /// Runs git; returns what it prints.
    pub fn git(&self, arguments: &[&str]) -> String {
        git(&self.path(""), arguments)
    }

    /// Commits everything; returns the commit.
    pub fn commit(&self) -> String {
        commit(&self.path(""))
    }
}

/// Whether git is available; prints a note if it is not.
pub fn is_available() -> bool {
    let is_available = Command::new("git").arg("--version").output().is_ok();
    if !is_available {
        eprintln!("skipped: git not found");
    }
    is_available
}

/// Runs git in a repository; returns what it prints.
pub fn git(repository: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=N", "-c", "user.email=n@example.com", "-c", "protocol.file.allow=always"]);
    let output = isolated(command.args(arguments).current_dir(repository)).output().expect("git starts");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Turns a directory into a repository and commits everything; returns the commit.
pub fn init(repository: &Path) -> String {
    git(repository, &["init", "--quiet", "--initial-branch=main"]);
    commit(repository)
}

/// Commits everything; returns the commit.
pub fn commit(repository: &Path) -> String {
    git(repository, &["add", "--all"]);
    git(repository, &["commit", "--quiet", "--allow-empty", "--message", "change"]);
    git(repository, &["rev-parse", "HEAD"])
}

/// Isolates a command from the user's configuration.
pub fn isolated(command: &mut Command) -> &mut Command {
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR")
}
