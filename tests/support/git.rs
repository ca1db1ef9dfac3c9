//! git repositories that tests make; nothing of the user's configuration is seen.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A directory with a repository in it.
pub struct World {
    pub directory: TempDir,
}

impl World {
    /// With these files in the repository, all committed; `None` where there is no git.
    pub fn of(files: &[(&str, &str)]) -> Option<World> {
        if !is_there() {
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

    /// Commits all there is; returns the commit.
    pub fn commit(&self) -> String {
        commit(&self.path(""))
    }
}

/// Whether there is a git; where there is none, a test skips itself.
pub fn is_there() -> bool {
    let is_there = Command::new("git").arg("--version").output().is_ok();
    if !is_there {
        eprintln!("skipped: there is no git");
    }
    is_there
}

/// Runs git in a repository; returns what it prints.
pub fn git(repository: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=N", "-c", "user.email=n@example.com", "-c", "protocol.file.allow=always"]);
    let output = alone(command.args(arguments).current_dir(repository)).output().expect("git starts");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Makes a directory a repository with a commit of all there is; returns the commit.
pub fn init(repository: &Path) -> String {
    git(repository, &["init", "--quiet", "--initial-branch=main"]);
    commit(repository)
}

/// Commits all there is; returns the commit.
pub fn commit(repository: &Path) -> String {
    git(repository, &["add", "--all"]);
    git(repository, &["commit", "--quiet", "--allow-empty", "--message", "change"]);
    git(repository, &["rev-parse", "HEAD"])
}

/// A command that sees nothing of the user's configuration.
pub fn alone(command: &mut Command) -> &mut Command {
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR")
}
