//! The `git` program: fetches one revision of a repository, and finds the commit that a branch points to.
//!
//! Each run has the time limit of the URL, no standard input, and no prompts; credentials are left to git (its helpers, the
//! ssh agent), and so are the proxies and rewritten URLs of the user's configuration. git runs in a new directory, so that no
//! repository of a tree is found, and what a fetched repository contains is not configuration.
//! Behavior: kustomize's `ClonerUsingGitExec`: init, remote add, fetch --depth=1, checkout, submodule update.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::access::Access;
use super::attempt::Failure;
use super::git_view::{add_settings, without_filters};
use super::repo_url::RepoUrl;

/// Variables that a calling program (such as a git hook) may have set, and that would make git use another repository.
pub(super) const LOCAL_VARIABLES: [&str; 9] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// No hooks, no maintenance, no advice: a build does not need them.
pub(super) const SETTINGS: [&str; 16] = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "advice.detachedHead=false",
    "-c",
    "gc.auto=0",
    "-c",
    "maintenance.auto=false",
    "-c",
    "fetch.writeCommitGraph=false",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.ext.allow=never",
    "-c",
    "submodule.recurse=false",
];

/// How deeply submodules may be nested.
const MAX_SUBMODULES: usize = 10;

/// Phrases in git's output that mean that a retry may succeed.
const PASSING: [&str; 14] = [
    "connection reset",
    "connection timed out",
    "connection was aborted",
    "early eof",
    "unexpected disconnect",
    "the remote end hung up",
    "rpc failed",
    "returned error: 429",
    "returned error: 502",
    "returned error: 503",
    "returned error: 504",
    "empty reply from server",
    "temporary failure in name resolution",
    "tls connection was non-properly terminated",
];

/// Phrases that mean a permanent failure, and what to do about it.
const REMEDIES: [(&str, &str); 8] = [
    ("could not read username", CREDENTIALS),
    ("authentication failed", CREDENTIALS),
    ("permission denied (publickey", "git gets ssh keys from the ssh agent; is the right key loaded?"),
    ("host key verification failed", "connect once with `ssh` to accept the key of the host"),
    ("transport 'file' not allowed", "git rejects submodules at local paths unless `protocol.file.allow` is set to `always`"),
    ("unable to update url base from redirection", REDIRECTED),
    ("dubious ownership", "git rejects repositories of other users unless `safe.directory` lists them"),
    ("does not allow request for unadvertised object", "the server does not provide commits by hash: specify a branch or a tag"),
];

const CREDENTIALS: &str = "git gets credentials from its credential helpers; a build does not prompt for them";

const REDIRECTED: &str = "with `--allow-remote`, git does not follow redirects: use the URL that the server redirects to";

/// Fetches the revision of a URL into an empty directory and returns its commit.
///
/// # Errors
/// git is not installed, fails, or takes too long.
pub fn fetch(url: &RepoUrl, directory: &Path, access: &Access) -> Result<String, Failure> {
    let revision = revision(url)?;
    let settings = settings(directory, access)?;
    let git = |arguments: &[&str]| run(arguments, directory, url, &settings);
    git(&["init", "--quiet", "--template="])?;
    // Relative URLs of submodules are relative to the remote `origin`.
    git(&["remote", "add", "origin", &url.clone_url])?;
    git(&["fetch", "--quiet", "--depth=1", "--no-tags", "--", &url.clone_url, revision])?;
    git(&["checkout", "--quiet", "--detach", "FETCH_HEAD"])?;
    if url.submodules {
        fetch_submodules(url, directory, access, &settings, 0)?;
    }
    let commit = git(&["rev-parse", "--verify", "HEAD"])?.trim().to_owned();
    // It contains the URL with its credentials, and half of the bytes.
    std::fs::remove_dir_all(directory.join(".git"))?;
    Ok(commit)
}

/// Fetches the submodules of a directory, and theirs, after a check of their URLs.
fn fetch_submodules(
    url: &RepoUrl,
    directory: &Path,
    access: &Access,
    settings: &[(String, String)],
    depth: usize,
) -> Result<(), Failure> {
    if !directory.join(".gitmodules").exists() {
        return Ok(());
    }
    if depth >= MAX_SUBMODULES {
        return Err(Failure::new("git", format!("its submodules are nested more than {MAX_SUBMODULES} levels deep")));
    }
    let mut settings = settings.to_vec();
    if !url.is_local() {
        // A repository of a server has nothing to do with those of this machine.
        settings.push(("protocol.file.allow".into(), "never".into()));
    }
    let git = |arguments: &[&str]| run(arguments, directory, url, &settings);
    git(&["submodule", "--quiet", "init"])?;
    if access.is_limited() {
        // git fails if there are none.
        let urls = git(&["config", "--local", "-z", "--get-regexp", "^submodule[.].*[.]url$"]).unwrap_or_default();
        for submodule in urls.split('\0').filter_map(|setting| setting.split_once('\n')) {
            access.check(submodule.1).map_err(|failure| {
                let reason = format!("of its submodule `{}`, {}", submodule.1.escape_debug(), failure.reason);
                Failure { reason, ..failure }
            })?;
        }
    }
    git(&["submodule", "--quiet", "update", "--checkout"])?;
    let staged = git(&["ls-files", "-z", "--stage"])?;
    for entry in staged.split('\0').filter(|entry| entry.starts_with("160000 ")) {
        let submodule = entry.split_once('\t').map(|(_, path)| directory.join(path));
        if let Some(submodule) = submodule.filter(|submodule| submodule.join(".git").is_file()) {
            fetch_submodules(url, &submodule, access, &settings, depth + 1)?;
        }
    }
    Ok(())
}

/// Settings that depend on what may be contacted. The filters of the user's configuration, such as Git LFS, contact servers on
/// their own; a limited build does without them.
fn settings(directory: &Path, access: &Access) -> Result<Vec<(String, String)>, Failure> {
    if !access.is_limited() {
        return Ok(Vec::new());
    }
    let mut command = command(directory);
    command.args(["config", "--name-only", "-z", "--get-regexp", "^filter[.]"]);
    let filters = command.stdin(Stdio::null()).output().map_err(|cause| not_started(&cause))?;
    let mut settings = without_filters(&filters.stdout);
    settings.push(("http.followRedirects".into(), "false".into()));
    Ok(settings)
}

/// The commit that the revision of a URL currently points to; `None` if the server's listing does not contain it.
///
/// # Errors
/// As [`fetch`].
pub fn resolve(url: &RepoUrl, directory: &Path, access: &Access) -> Result<Option<String>, Failure> {
    let revision = revision(url)?;
    let peeled = format!("{revision}^{{}}");
    let settings = settings(directory, access)?;
    let listing = run(&["ls-remote", "--quiet", "--", &url.clone_url, revision, &peeled], directory, url, &settings)?;
    Ok(choose(&listing, revision))
}

/// The commit of a name in the output of `ls-remote`, in git's order: as written, then as a tag, then as a branch.
fn choose(listing: &str, name: &str) -> Option<String> {
    let lines: Vec<(&str, &str)> = listing.lines().filter_map(|line| line.split_once('\t')).collect();
    let find = |name: &str| lines.iter().find(|(_, full)| *full == name).map(|(hash, _)| (*hash).to_owned());
    ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"].iter().find_map(|prefix| {
        let full = format!("{prefix}{name}");
        let found = find(&full)?;
        // An annotated tag is a separate object that points to a commit.
        Some(find(&format!("{full}^{{}}")).unwrap_or(found))
    })
}

/// The revision, if it is valid: git must not interpret it as an option or a refspec.
fn revision(url: &RepoUrl) -> Result<&str, Failure> {
    let revision = url.reference.as_deref().unwrap_or("HEAD");
    let strange = |c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\+".contains(c);
    if revision.starts_with('-') || revision.contains("..") || revision.contains(strange) {
        return Err(Failure::new("bad-revision", format!("`{revision}` is not a valid name of a branch, tag, or commit")).ours());
    }
    Ok(revision)
}

/// git in a directory; repositories above it are not found.
fn command(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.args(SETTINGS).current_dir(directory);
    for variable in LOCAL_VARIABLES {
        command.env_remove(variable);
    }
    if let Some(above) = directory.parent() {
        command.env("GIT_CEILING_DIRECTORIES", above);
    }
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
    command
}

fn not_started(cause: &std::io::Error) -> Failure {
    match cause.kind() {
        std::io::ErrorKind::NotFound => Failure::new("no-git", "the program `git` is not installed")
            .help("install git, or copy the files into this repository"),
        _ => Failure::new("no-git", format!("can't start `git`: {cause}")),
    }
}

fn run(arguments: &[&str], directory: &Path, url: &RepoUrl, settings: &[(String, String)]) -> Result<String, Failure> {
    let mut command = command(directory);
    // If git has to be killed, its helpers end soon too.
    let patience = format!("http.lowSpeedTime={}", url.timeout.as_secs().saturating_add(2).min(86_400));
    command.args(["-c", &patience, "-c", "http.lowSpeedLimit=1"]).args(arguments);
    add_settings(&mut command, settings);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|cause| not_started(&cause))?;
    let (output, errors) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let Some(status) = wait(&mut child, url.timeout)? else {
        let reason = format!("`git {}` took longer than {}", arguments[0], seconds(url.timeout));
        return Err(Failure::new("timeout", reason).help("allow more time with `timeout=2m` in the query of the URL"));
    };
    let text = |pipe: Receiver<Vec<u8>>| {
        // A helper that outlives git may keep the pipe open: its output is not waited for.
        String::from_utf8_lossy(&pipe.recv_timeout(Duration::from_secs(1)).unwrap_or_default()).into_owned()
    };
    if status.success() { Ok(text(output)) } else { Err(explain(&text(errors), status, url)) }
}

/// Reads a pipe to its end on a separate thread.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut content = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut content);
        }
        let _ = sender.send(content);
    });
    receiver
}

/// Waits until the program ends; `None` if it had to be killed.
fn wait(child: &mut Child, timeout: Duration) -> Result<Option<ExitStatus>, Failure> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= timeout {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(None);
        }
        std::thread::sleep(pause.min(timeout.saturating_sub(start.elapsed())));
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// git's usual path, which kustomize's messages contain.
const GIT: &str = "/usr/bin/git";

/// git's error message in one line, and what to do about it.
fn explain(errors: &str, status: ExitStatus, url: &RepoUrl) -> Failure {
    let is_error = |line: &&str| !line.is_empty() && !["warning:", "hint:"].iter().any(|start| line.starts_with(start));
    let first = errors.lines().map(str::trim).find(is_error).unwrap_or_default();
    let plain = ["fatal: ", "error: ", "remote: "].iter().find_map(|start| first.strip_prefix(start)).unwrap_or(first);
    let reason = if plain.is_empty() { format!("git failed with {status}") } else { format!("git failed: {plain}") };
    let lower = errors.to_ascii_lowercase();
    let passing = PASSING.iter().any(|sign| lower.contains(sign));
    let revision = url.reference.as_deref().unwrap_or("HEAD");
    let words = format!("failed to run '{GIT} fetch --depth=1 {} {revision}': {errors}: {status}", url.clone_url);
    let failure = Failure::new("git", reason).passing(passing).words(words.replace("exit status: ", "exit status "));
    if lower.contains("couldn't find remote ref") {
        return failure.help(missing_revision(url));
    }
    match REMEDIES.iter().find(|(sign, _)| lower.contains(sign)) {
        Some((_, help)) => failure.passing(false).help(*help),
        None => failure,
    }
}

fn missing_revision(url: &RepoUrl) -> String {
    match url.reference.as_deref() {
        Some(hash) if hash.len() >= 7 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            "write the full hash of the commit".into()
        }
        Some(name) => format!("is there a branch or a tag `{name}`?"),
        None => "the repository is empty, or has no `HEAD`: specify a branch with `?ref=`".into(),
    }
}

/// A human-readable duration.
fn seconds(duration: Duration) -> String {
    if duration.subsec_nanos() == 0 { format!("{} s", duration.as_secs()) } else { format!("{} ms", duration.as_millis()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_come_before_branches_and_annotated_tags_are_peeled() {
        let listing = "1\trefs/heads/x/v1\n2\trefs/heads/v1\n3\trefs/tags/v1\n4\trefs/tags/v1^{}\n5\tHEAD\n";
        assert_eq!(choose(listing, "v1").as_deref(), Some("4"));
        assert_eq!(choose(listing, "heads/v1").as_deref(), Some("2"));
        assert_eq!(choose(listing, "refs/heads/v1").as_deref(), Some("2"));
        assert_eq!(choose(listing, "HEAD").as_deref(), Some("5"));
        assert_eq!(choose(listing, "v2"), None);
    }

    #[test]
    fn revisions_are_not_options_or_refspecs() {
        for text in ["--upload-pack=x", "a:b", "%2Ba", "a%20b", "a..b", "a~1", "a%0Ab"] {
            let url = RepoUrl::parse(&format!("https://h/o/r?ref={text}")).unwrap();
            assert_eq!(revision(&url).unwrap_err().code, "bad-revision", "{text}");
        }
        let url = RepoUrl::parse("https://h/o/r?ref=refs/pull/1/head").unwrap();
        assert_eq!(revision(&url), Ok("refs/pull/1/head"));
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(seconds(Duration::from_secs(27)), "27 s");
        assert_eq!(seconds(Duration::from_millis(300)), "300 ms");
    }
}
