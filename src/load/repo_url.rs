//! URLs of git repositories as written in kustomizations: the repository, the revision, and the directory in it.
//!
//! A name that is not such a URL is a local path: this module distinguishes the two, before the loader looks for
//! directories. Behavior: kustomize's `NewRepoSpecFromURL`, with all its leniency.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use super::credentials::mask;
use super::query::Query;
use super::tidy;

/// A directory in a git repository at a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepoUrl {
    /// The URL as written.
    pub raw: String,
    /// The URL that git fetches from.
    pub clone_url: String,
    /// The directory of the kustomization in the repository; empty for the root.
    pub path: String,
    /// The branch, tag, or commit; the remote `HEAD` if there is none.
    pub reference: Option<String>,
    /// How long each run of git may take.
    pub timeout: Duration,
    /// Whether submodules are fetched too.
    pub submodules: bool,
    /// Whether the URL itself marks where the path of the repository ends.
    pub marked: bool,
}

/// Why a text is not the URL of a git repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRepository {
    /// It is an absolute path.
    AbsolutePath,
    /// It has neither a supported scheme nor the form `user@host:path`.
    NoScheme,
    /// No host follows the scheme.
    NoHost,
    /// The path is too short to name a repository.
    NoPath,
    /// The directory is outside the repository.
    LeavesRepository,
}

const SCHEMES: [&str; 4] = ["ssh://", "https://", "http://", "file://"];

/// How many segments of a path name the repository if nothing marks its end.
const ORGANIZATION_AND_REPOSITORY: usize = 2;

impl RepoUrl {
    /// Parses the URL of a directory in a repository.
    ///
    /// # Errors
    /// It is not such a URL, but a local path or a URL without a repository.
    pub fn parse(text: &str) -> Result<Self, NoRepository> {
        if text.starts_with('/') {
            return Err(NoRepository::AbsolutePath);
        }
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let (host, rest) = split_host(address)?;
        let Query { reference, timeout, submodules } = Query::parse(query);
        let Some(Split { repository, path, marked }) = split_path(rest, host == "file://").filter(|s| !s.repository.is_empty())
        else {
            return Err(NoRepository::NoPath);
        };
        let path = path.strip_prefix('/').unwrap_or(&path).to_owned();
        if tidy(Path::new(&path)).components().next() == Some(Component::ParentDir) {
            return Err(NoRepository::LeavesRepository);
        }
        let clone_url = format!("{host}{repository}");
        Ok(RepoUrl { raw: text.to_owned(), clone_url, path, reference, timeout, submodules, marked })
    }

    /// The directory as a path below the root of the repository.
    pub fn directory(&self) -> PathBuf {
        let tidy = tidy(Path::new(&self.path));
        tidy.components().filter(|component| matches!(component, Component::Normal(_))).collect()
    }

    /// The commit, if the revision is a full hash.
    pub fn commit(&self) -> Option<String> {
        let hash = self.reference.as_deref()?;
        let whole = matches!(hash.len(), 40 | 64) && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        whole.then(|| hash.to_ascii_lowercase())
    }

    /// Whether the repository is on this machine.
    pub fn is_local(&self) -> bool {
        self.clone_url.starts_with("file://")
    }

    /// The URL of a path in the repository, to be shown.
    pub fn shown(&self, path: &Path) -> String {
        let path = if path == Path::new(".") { Path::new("") } else { path };
        let slashes = if path.as_os_str().is_empty() { "" } else { "//" };
        let reference = self.reference.as_ref().map(|reference| format!("?ref={reference}")).unwrap_or_default();
        format!("{}{slashes}{}{reference}", mask(&self.clone_url), path.display())
    }

    /// Whether the form of the URL shows that it names a directory of a repository, not a single file.
    pub fn names_directory(&self) -> bool {
        let file = [".yaml", ".yml", ".json"].iter().any(|end| self.path.to_ascii_lowercase().ends_with(end));
        self.marked && !file
    }
}

/// The first part of the address: scheme, user, and host, ready to be followed by the path of the repository.
fn split_host(address: &str) -> Result<(String, &str), NoRepository> {
    // The prefix of go-getter, which kustomize once used, no longer has a meaning.
    let address = strip_prefix(address, "git::").unwrap_or(address);
    let (scheme, rest) = split_scheme(address);
    let after_scheme = rest;
    let (user, rest) = split_user(rest);
    let github = ["github.com/", "github.com:"].iter().any(|host| strip_prefix(rest, host).is_some());
    let scp = scheme.is_empty() && (!user.is_empty() || github);
    if scheme.is_empty() && !scp {
        return Err(NoRepository::NoScheme);
    }
    if scheme == "file://" {
        return Ok((scheme.to_owned(), after_scheme));
    }
    let (host, path) = match separator(rest, scp) {
        Some(at) => rest.split_at(at + 1),
        None => (rest, ""),
    };
    if github {
        let ssh = scheme == "ssh://" || !user.is_empty();
        return Ok((if ssh { format!("{user}github.com:") } else { "https://github.com/".to_owned() }, path));
    }
    if host.is_empty() { Err(NoRepository::NoHost) } else { Ok((format!("{scheme}{user}{host}"), path)) }
}

fn split_scheme(text: &str) -> (&'static str, &str) {
    SCHEMES.iter().find_map(|scheme| Some((*scheme, strip_prefix(text, scheme)?))).unwrap_or(("", text))
}

/// A user, with its `@`.
fn split_user(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
    let is_user = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text[end..].starts_with('@');
    text.split_at(if is_user { end + 1 } else { 0 })
}

/// Where the host ends: at a slash, and in the form `user@host:path` at a colon before it.
fn separator(text: &str, scp: bool) -> Option<usize> {
    let slash = text.find('/');
    let colon = text.find(':').filter(|_| scp);
    match (slash, colon) {
        (Some(slash), Some(colon)) if colon > 0 && colon < slash => Some(colon),
        (None, colon) => colon,
        (slash, _) => slash,
    }
}

struct Split {
    repository: String,
    path: String,
    marked: bool,
}

/// The path of the repository and the path in it: separated by a mark, or else after two segments.
fn split_path(text: &str, local: bool) -> Option<Split> {
    let split =
        |repository: &str, path: &str, marked| Some(Split { repository: repository.to_owned(), path: path.to_owned(), marked });
    if let Some(at) = text.find("_git/") {
        let end = text[at + 5..].find('/').map_or(text.len(), |slash| at + 5 + slash);
        return split(&text[..end], text.get(end + 1..).unwrap_or(""), true);
    }
    if let Some((repository, path)) = text.split_once("//") {
        return split(repository, path, true);
    }
    if let Some(at) = text.find(".git") {
        let (repository, path) = text.split_at(at + 4);
        return split(repository, path, path.is_empty() || path.starts_with('/'));
    }
    if local {
        return split(text, "", true);
    }
    let segments: Vec<&str> = text.split('/').collect();
    if segments.len() < ORGANIZATION_AND_REPOSITORY {
        return None;
    }
    let (repository, path) = segments.split_at(ORGANIZATION_AND_REPOSITORY);
    split(&repository.join("/"), &path.join("/"), false)
}

/// The rest of a text after a prefix, ignoring case.
fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

impl std::fmt::Display for NoRepository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NoRepository::AbsolutePath => "it is an absolute path",
            NoRepository::NoScheme => "its scheme is not one of `https`, `http`, `ssh`, `file`",
            NoRepository::NoHost => "it has no host",
            NoRepository::NoPath => "it has no repository path, such as `organization/repository`",
            NoRepository::LeavesRepository => "its path leaves the repository",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, clone_url: &str, path: &str, reference: &str) {
        let url = RepoUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let found = (url.clone_url.as_str(), url.path.as_str(), url.reference.as_deref().unwrap_or(""));
        assert_eq!(found, (clone_url, path, reference), "{text}");
    }

    /// Each form of a host, with each path and revision.
    #[test]
    fn hosts() {
        for (written, host) in [
            ("GitHub.com/", "https://github.com/"),
            ("github.com:", "https://github.com/"),
            ("http://github.com/", "https://github.com/"),
            ("HTTPS://github.com/", "https://github.com/"),
            ("git::https://gitlab.com/", "https://gitlab.com/"),
            ("GIT::http://git.test/", "http://git.test/"),
            ("https://git.test:8443/", "https://git.test:8443/"),
            ("ssh://git.test:7999/", "ssh://git.test:7999/"),
            ("ssh://me@git.test/", "ssh://me@git.test/"),
            ("ssh://git@ssh.github.com:443/", "ssh://git@ssh.github.com:443/"),
            ("https://user:token@git.test/", "https://user:token@git.test/"),
            ("git@github.com:", "git@github.com:"),
            ("git@github.com/", "git@github.com:"),
            ("git::git@github.com:", "git@github.com:"),
            ("ssh://org-12@github.com/", "org-12@github.com:"),
            ("git@gitlab.com:", "git@gitlab.com:"),
            ("git@gitlab.com/", "git@gitlab.com/"),
        ] {
            for path in ["", "/base", "/a/b.txt"] {
                for reference in ["", "main", "group/v1", "v0.1.0"] {
                    let query = if reference.is_empty() { String::new() } else { format!("?ref={reference}") };
                    let text = format!("{written}org/repo{path}{query}");
                    check(&text, &format!("{host}org/repo"), path.trim_start_matches('/'), reference);
                }
            }
        }
    }

    /// Where the repository ends and the path in it begins.
    #[test]
    fn paths() {
        for (text, clone_url, path, reference) in [
            ("https://h/a/b/c//d/e/?ref=x", "https://h/a/b/c", "d/e/", "x"),
            ("https://h/a/b.git/d", "https://h/a/b.git", "d", ""),
            ("https://h/a/b.git//d", "https://h/a/b.git", "d", ""),
            ("https://gist.github.com/0123.git", "https://gist.github.com/0123.git", "", ""),
            ("git@h:a/b/c.git?version=v1", "git@h:a/b/c.git", "", "v1"),
            ("git@h/user:name/r.git/p", "git@h/user:name/r.git", "p", ""),
            ("https://org@dev.azure.com/o/p/_git/r//d/e", "https://org@dev.azure.com/o/p/_git/r", "d/e", ""),
            ("https://h/p/_git/r/d?version=v1", "https://h/p/_git/r", "d", "v1"),
            ("https://h/o/r/?ref=a.git/b_git/c", "https://h/o/r", "", "a.git/b_git/c"),
            ("https://h/o/r/%-no-escape", "https://h/o/r", "%-no-escape", ""),
            ("file:///a/b/c?ref=x", "file:///a/b/c", "", "x"),
            ("file://a/b.git/c", "file://a/b.git", "c", ""),
            ("file:///a/b//c", "file:///a/b", "c", ""),
            ("file://me@home/r.git//p", "file://me@home/r.git", "p", ""),
            ("file:///", "file:///", "", ""),
            ("https://h/o/r//a/../b", "https://h/o/r", "a/../b", ""),
        ] {
            check(text, clone_url, path, reference);
        }
    }

    #[test]
    fn texts_that_are_not_repository_urls() {
        use NoRepository::*;
        for (text, reason) in [
            ("/tmp", AbsolutePath),
            ("../../tmp", NoScheme),
            ("base", NoScheme),
            ("", NoScheme),
            ("src/github.com/org/repo", NoScheme),
            ("ftp://github.com/o/r", NoScheme),
            ("gh:org/repo", NoScheme),
            ("github.com!org/repo.git//p", NoScheme),
            ("git::x", NoScheme),
            ("https://", NoHost),
            ("ssh://h", NoPath),
            ("https://h?ref=a/b", NoPath),
            ("https://github.com/x.yaml", NoPath),
            ("file:////tmp//p", NoPath),
            ("git@ssh://github.com/o/r.git//p", NoPath),
            ("https://h/o/r.git//p/../../x", LeavesRepository),
            ("https://h/o/r/..", LeavesRepository),
        ] {
            assert_eq!(RepoUrl::parse(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn a_mark_without_an_extension_means_a_directory() {
        let directory = |text| RepoUrl::parse(text).is_ok_and(|url| url.names_directory());
        assert!(directory("https://h/o/r//p") && directory("https://h/o/r.git") && directory("https://h/o/_git/r/p"));
        assert!(!directory("https://h/o/r/p") && !directory("https://h/o/r//p.YAML") && !directory("https://h/o/r.github/p"));
    }

    #[test]
    fn urls_are_shown_without_credentials() {
        let url = RepoUrl::parse("https://me:token@h/o/r.git/p?ref=v1&timeout=5").unwrap();
        assert_eq!(url.shown(&url.directory()), "https://***@h/o/r.git//p?ref=v1");
        assert_eq!(url.shown(Path::new(".")), "https://***@h/o/r.git?ref=v1");
    }

    #[test]
    fn only_full_hashes_are_commits() {
        let commit = |reference: &str| RepoUrl::parse(&format!("https://h/o/r?ref={reference}")).unwrap().commit();
        assert_eq!(commit(&"aB".repeat(20)), Some("ab".repeat(20)));
        assert_eq!(commit("abcdef0"), None);
        assert_eq!(commit(&"main".repeat(10)), None);
    }
}
