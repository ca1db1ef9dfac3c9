//! A tree of files in a temporary directory, and runs of the program in it.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A directory `tree` in a temporary directory that also has room for what lies outside.
pub struct Tree(TempDir);

/// The result of a run.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Both streams.
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl Tree {
    /// A tree with these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let tree = Tree(tempfile::tempdir().unwrap());
        std::fs::create_dir(tree.path("")).unwrap();
        files.iter().for_each(|(path, text)| tree.write(path, text));
        tree
    }

    /// A path in the tree; `../x` is a sibling of the tree.
    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join("tree").join(path)
    }

    /// Writes a file and its directories.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A command of the program in the tree, without the user's configuration, cache, and git settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("render"));
        command.args(arguments).current_dir(self.path("")).stdin(Stdio::null());
        for variable in ["CI", "NO_COLOR", "GIT_DIR"] {
            command.env_remove(variable);
        }
        command.env("HOME", self.0.path().join("home")).env("RENDER_CACHE_DIR", self.0.path().join("cache"));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        command
    }

    /// Runs the program in the tree.
    pub fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments))
    }

    /// The temporary directory that contains the tree.
    pub fn outside(&self) -> &Path {
        self.0.path()
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}
