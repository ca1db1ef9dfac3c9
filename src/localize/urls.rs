//! Where the destination keeps what URLs name, and how directories are called by default.
//!
//! Behavior: kustomize's `locFilePath`, `locRootPath`, `parseHost`, and `defaultNewDir`.

use std::path::{Path, PathBuf};

use super::go_path::{clean, join};
use crate::load::RepoUrl;

/// The directory below a kustomization for what it names by URL.
pub const DIRECTORY: &str = "localized-files";

/// The directory in it for repositories of the machine.
const LOCAL_REPOSITORIES: &str = "file-schemed";

/// How the names of destinations begin by default.
const PREFIX: &str = "localized";

const SCHEMES: [&str; 3] = ["https://", "http://", "ssh://"];

/// The path of a file, below the kustomization that names its URL.
pub fn of_file(url: &str) -> PathBuf {
    let address = url.split_once('#').map_or(url, |(address, _)| address);
    let address = address.split_once('?').map_or(address, |(address, _)| address);
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    Path::new(DIRECTORY).join(inner(host_name(authority))).join(inner(&escaped(path)))
}

/// The path of a directory in a repository, below the kustomization that names its URL.
pub fn of_directory(url: &RepoUrl, in_repository: &Path) -> PathBuf {
    let (host, repository) = split(&url.clone_url);
    let repository = repository.strip_suffix(".git").unwrap_or(repository);
    let reference = url.reference.as_deref().unwrap_or_default();
    let path = Path::new(DIRECTORY).join(inner(host)).join(inner(repository)).join(inner(reference));
    clean(&path.join(in_repository))
}

/// The name of the destination for a directory, unless the user specifies one. `fetched` is the URL that it comes from, and
/// whether it is the root of its repository.
pub fn destination(root: &Path, fetched: Option<(&RepoUrl, bool)>) -> String {
    let name = root.file_name().map(|name| name.to_string_lossy().into_owned());
    match (fetched, name) {
        (None, None) => PREFIX.to_owned(),
        (None, Some(name)) => format!("{PREFIX}-{name}"),
        (Some((url, is_repository)), name) => {
            let repository = split(&url.clone_url).1.trim_end_matches('/');
            let last = repository.rsplit('/').next().unwrap_or_default().to_owned();
            let name = if is_repository { last } else { name.unwrap_or_default() };
            format!("{PREFIX}-{name}-{}", url.reference.as_deref().unwrap_or_default().replace('/', "-"))
        }
    }
}

/// A path that stays where it is put, whatever it contains.
fn inner(path: &str) -> PathBuf {
    join(Path::new("/"), path).strip_prefix("/").map(Path::to_owned).unwrap_or_default()
}

/// The host and the path of the repository in the address of a repository.
fn split(address: &str) -> (&str, &str) {
    if let Some(path) = address.strip_prefix("file://") {
        return (LOCAL_REPOSITORIES, path);
    }
    if let Some(rest) = SCHEMES.iter().find_map(|scheme| address.strip_prefix(scheme)) {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        return (host_name(authority), path);
    }
    // `user@host:path`, or `user@host/path`.
    let user = address.find('@').map_or(0, |at| at + 1);
    let end = address[user..].find([':', '/']).map_or(address.len(), |at| user + at);
    (&address[user..end], address.get(end + 1..).unwrap_or_default())
}

/// A host without user and port.
fn host_name(authority: &str) -> &str {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(host, |(address, _)| address),
        None => host.split_once(':').map_or(host, |(host, _)| host),
    }
}

/// A path as servers receive it. Behavior: `URL.EscapedPath`.
fn escaped(path: &str) -> String {
    let keeps = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:@/[]%".contains(&byte);
    let escape = |byte: u8| if keeps(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_by_host_and_path() {
        for (url, path) in [
            ("https://raw.githubusercontent.com/o/r/v1/a/b.yaml", "localized-files/raw.githubusercontent.com/o/r/v1/a/b.yaml"),
            ("http://me:x@h:8080/../a%2Fb c?q=1#f", "localized-files/h/a%2Fb%20c"),
            ("https://[2001:db8::1]:80/x", "localized-files/2001:db8::1/x"),
        ] {
            assert_eq!(of_file(url), Path::new(path));
        }
    }

    #[test]
    fn directories_are_kept_by_host_repository_and_revision() {
        for (url, inside, path) in [
            ("https://github.com/o/r//a?ref=v1", "a", "localized-files/github.com/o/r/v1/a"),
            ("git@gitlab.com:o/r.git?ref=x/y", "", "localized-files/gitlab.com/o/r/x/y"),
            ("ssh://git@h:22/o/r.git//a?ref=1", "a", "localized-files/h/o/r/1/a"),
            ("file:///srv/r.git//a?ref=1", "a", "localized-files/file-schemed/srv/r/1/a"),
            ("https://h/../../o/r.git?ref=1", "", "localized-files/h/o/r/1"),
        ] {
            let url = RepoUrl::parse(url).expect("the URL of a repository");
            assert_eq!(of_directory(&url, Path::new(inside)), Path::new(path));
        }
    }

    #[test]
    fn destinations_are_named_after_their_sources() {
        let url = RepoUrl::parse("https://h/o/r.git//a/b?ref=x/y").expect("the URL of a repository");
        assert_eq!(destination(Path::new("/a/b"), None), "localized-b");
        assert_eq!(destination(Path::new("/"), None), "localized");
        assert_eq!(destination(Path::new("/cache/a/b"), Some((&url, false))), "localized-b-x-y");
        assert_eq!(destination(Path::new("/cache"), Some((&url, true))), "localized-r.git-x-y");
    }
}
