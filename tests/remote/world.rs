//! A test environment with a git repository and a web server on this machine, in which `render` is run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::server::{self, Request, Response, Server};

/// A temporary directory with a separate cache, isolated from the user's configuration.
pub struct World {
    directory: TempDir,
}

/// The result of a run of `render`.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl World {
    /// An environment with the repository `org/repo.git`: two bases, an overlay, a component, and the tag `v1`.
    pub fn new() -> Self {
        let world = World { directory: tempfile::tempdir().expect("a directory") };
        world.write("gitconfig", "[user]\nname = N\nemail = n@example.com\n[protocol \"file\"]\nallow = always\n");
        world.write("srv/org/repo.git/kustomization.yaml", "resources: [base]\nnamePrefix: root-\n");
        world.write("srv/org/repo.git/base/kustomization.yaml", "resources: [map.yaml]\n");
        world.write("srv/org/repo.git/base/map.yaml", &map("map"));
        world.write("srv/org/repo.git/overlay/kustomization.yaml", "resources: [../base]\nnameSuffix: -over\n");
        let component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: part-\n";
        world.write("srv/org/repo.git/part/kustomization.yaml", component);
        world.git("org/repo.git", &["init", "--quiet", "--initial-branch=main"]);
        world.commit("org/repo.git");
        world.git("org/repo.git", &["tag", "v1"]);
        world
    }

    /// A path in the environment.
    pub fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }

    /// Runs git in a repository; returns what it prints.
    pub fn git(&self, repository: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(self.path("srv").join(repository));
        let output = self.isolated(&mut command).output().expect("git starts");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Commits everything; returns the commit.
    pub fn commit(&self, repository: &str) -> String {
        self.git(repository, &["add", "--all"]);
        self.git(repository, &["commit", "--quiet", "--message", "change"]);
        self.git(repository, &["rev-parse", "HEAD"])
    }

    /// The URL of the repository as a local one.
    pub fn repository(&self) -> String {
        format!("file://{}", self.path("srv/org/repo.git").display())
    }

    /// A server for the repositories and for the responses of `answer`.
    pub fn serve(&self, answer: impl Fn(&Request) -> Option<Response> + Send + Sync + 'static) -> Server {
        let root = self.path("srv");
        let config = self.path("gitconfig");
        Server::start(move |request| {
            answer(request).or_else(|| server::git(&root, &config, request)).unwrap_or(Response::new(404, "not here"))
        })
    }

    /// Builds a kustomization with one field in the directory `work`.
    pub fn build(&self, kustomization: &str) -> Run {
        self.build_with(kustomization, &[])
    }

    /// The same, with flags.
    pub fn build_with(&self, kustomization: &str, flags: &[&str]) -> Run {
        self.write("work/kustomization.yaml", kustomization);
        self.run(&[&["build", "work"], flags].concat())
    }

    /// Runs `render`.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.render(arguments).output().expect("the program starts").into()
    }

    /// The command `render`, ready to run.
    pub fn render(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
        command.args(arguments).current_dir(self.directory.path());
        self.isolated(&mut command);
        command
    }

    fn isolated<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("RENDER_CACHE_DIR", self.path("cache")).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
        command.env("GIT_CONFIG_GLOBAL", self.path("gitconfig")).env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR")
    }

    /// The number of trees in the cache.
    pub fn trees(&self) -> usize {
        let entries = |path: &Path| std::fs::read_dir(path).expect("a directory").map(|entry| entry.expect("an entry").path());
        entries(&self.path("cache/git"))
            .flat_map(|repository| entries(&repository).filter(|tree| !tree.ends_with("refs")))
            .count()
    }
}

impl Run {
    /// The names of the objects that were printed.
    #[track_caller]
    pub fn names(&self) -> Vec<&str> {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self.stdout.lines().filter_map(|line| line.strip_prefix("  name: ")).collect()
    }

    /// The reported error; nothing must be printed.
    #[track_caller]
    pub fn error(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{}", self.stderr);
        &self.stderr
    }

    /// Asserts that the output contains a text.
    #[track_caller]
    pub fn prints(&self, text: &str) {
        assert!(self.code == Some(0) && self.stdout.contains(text), "`{text}` is not in:\n{}{}", self.stdout, self.stderr);
    }

    /// Asserts that the reported error contains a text.
    #[track_caller]
    pub fn reports(&self, text: &str) {
        assert!(self.error().contains(text), "`{text}` is not in:\n{}", self.stderr);
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
        Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// A ConfigMap.
pub fn map(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n")
}

/// A kustomization with these resources.
pub fn resources(entries: &[&str]) -> String {
    entries.iter().fold("resources:\n".to_owned(), |text, entry| text + &format!("- {entry}\n"))
}
