//! Addresses that a browser shows for a directory or file of a repository, and the addresses that can be built or read instead.
//!
//! kustomize takes `/tree/main/base` for a directory of that name in the repository, and reads the page of a `/blob/` address.
//! Both fail; this module only knows the help.

use crate::diagnostic::Diagnostic;

/// Adds the address that was probably meant to an error about an address.
pub fn explain(error: Diagnostic, address: &str) -> Diagnostic {
    error.help_if(instead(address).map(|instead| format!("this is the address of a web page; write `{instead}`")))
}

/// The error for content that is a web page.
///
/// # Errors
/// The content is HTML.
pub fn refuse_page(address: &str, content: &[u8]) -> Result<(), Diagnostic> {
    let start: Vec<u8> = content.trim_ascii_start().iter().take(14).map(u8::to_ascii_lowercase).collect();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        let error = Diagnostic::error("bad-url", format!("`{}` is a web page", super::credentials::mask(address)));
        return Err(explain(error.help("use the address of the file itself"), address));
    }
    Ok(())
}

/// The address of the directory or file that a page of GitHub or GitLab shows.
fn instead(address: &str) -> Option<String> {
    let address = address.split_once(['?', '#']).map_or(address, |(address, _)| address);
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
    let (host, path) = rest.split_once('/')?;
    if !matches!(scheme, "http" | "https") || host.contains('@') {
        return None;
    }
    let is_github = host.eq_ignore_ascii_case("github.com") || host.eq_ignore_ascii_case("www.github.com");
    let (project, kind, rest) = if is_github {
        let mut parts = path.splitn(4, '/');
        let (owner, name, kind) = (parts.next()?, parts.next()?, parts.next()?);
        (format!("{owner}/{name}"), kind, parts.next()?)
    } else {
        let (project, page) = path.split_once("/-/")?;
        let (kind, rest) = page.split_once('/')?;
        (project.to_owned(), kind, rest)
    };
    let (reference, inner) = rest.split_once('/').unwrap_or((rest, ""));
    let inner = inner.trim_end_matches('/');
    if reference.is_empty() {
        return None;
    }
    match kind {
        "tree" if is_github => Some(format!("https://github.com/{project}{}?ref={reference}", below(inner))),
        "tree" => Some(format!("{scheme}://{host}/{project}.git{}?ref={reference}", below(inner))),
        "blob" if inner.is_empty() => None,
        "blob" if is_kustomization(inner) => {
            let directory = inner.rsplit_once('/').map_or("", |(directory, _)| directory);
            let end = if is_github { "" } else { ".git" };
            Some(format!("{scheme}://{host}/{project}{end}{}?ref={reference}", below(directory)))
        }
        "blob" if is_github => Some(format!("https://raw.githubusercontent.com/{project}/{reference}/{inner}")),
        "blob" => Some(format!("{scheme}://{host}/{project}/-/raw/{reference}/{inner}")),
        _ => None,
    }
}

fn below(directory: &str) -> String {
    if directory.is_empty() { String::new() } else { format!("//{directory}") }
}

fn is_kustomization(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_repositories_have_an_address_that_can_be_used() {
        let table = [
            ("https://github.com/a/b/tree/main/x/y", Some("https://github.com/a/b//x/y?ref=main")),
            ("github.com/a/b/tree/v1.2/", Some("https://github.com/a/b?ref=v1.2")),
            ("https://github.com/a/b/blob/main/x/c.yaml", Some("https://raw.githubusercontent.com/a/b/main/x/c.yaml")),
            ("https://github.com/a/b/blob/main/x/kustomization.yaml", Some("https://github.com/a/b//x?ref=main")),
            ("https://gitlab.com/a/b/c/-/tree/main/x", Some("https://gitlab.com/a/b/c.git//x?ref=main")),
            ("https://gitlab.com/a/b/-/blob/main/x.yaml?x=1", Some("https://gitlab.com/a/b/-/raw/main/x.yaml")),
            ("https://github.com/a/b//tree/main?ref=x", None),
            ("https://github.com/a/b/tree", None),
            ("https://github.com/a/b", None),
            ("https://example.com/a/b/tree/main/x", None),
            ("base/tree/main", None),
        ];
        for (address, expected) in table {
            assert_eq!(instead(address).as_deref(), expected, "{address}");
        }
    }
}
