//! Whether the commands under `edit add` find what they add: files of a pattern, or a directory or repository of this name.
//!
//! A name that no file matches can still be the URL of a repository, which is fetched to verify it.
//! Behavior: kustomize's `GlobPatterns`, `GlobPatternsWithLoader`, and `FileLoader.New`, with the words of their errors.

use std::path::Path;

use anyhow::{Result, anyhow};

use super::{glob, go_path, log};
use crate::kustomize_words::paths;
use crate::load::credentials::mask;
use crate::load::{Access, Remote, RepoUrl};

const FORCED_GIT: &str = "Warning: Forcing the git protocol using the 'git::' URL prefix is not supported. \
    Kustomize currently strips this invalid prefix, but will stop doing so in a future release. \
    Please remove the 'git::' prefix from your configuration.";

/// The files that match the patterns. A pattern without files is noted on standard error.
///
/// # Errors
/// A pattern is not well-formed.
pub fn matching(patterns: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for pattern in patterns {
        let files = glob::find(pattern)?;
        if files.is_empty() {
            log::line(&format!("{pattern} has no match"));
        }
        found.extend(files);
    }
    Ok(found)
}

/// The files that match the patterns, and the patterns that name a directory or a repository themselves.
///
/// # Errors
/// A pattern is not well-formed, or names nothing.
pub fn existing(patterns: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for pattern in patterns {
        let files = glob::find(pattern).map_err(|error| anyhow!("error checking the filesystem: {error}"))?;
        if files.is_empty() {
            verify_root(pattern).map_err(|reason| anyhow!("{pattern} has no match: {reason}"))?;
            found.push(pattern.clone());
        }
        found.extend(files);
    }
    Ok(found)
}

/// Checks that a build could start at a path or URL.
fn verify_root(path: &str) -> Result<(), String> {
    if path.is_empty() {
        return Err("new root cannot be empty".to_owned());
    }
    if path.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("git::")) {
        log::line(FORCED_GIT);
    }
    if let Ok(url) = RepoUrl::parse(path) {
        return verify_repository(&url);
    }
    if path.starts_with('/') {
        return Err(format!("new root '{path}' cannot be absolute"));
    }
    let here = std::env::current_dir().map_err(|cause| cause.to_string())?;
    let here = here.to_string_lossy();
    let directory = go_path::directory(&paths::clean(&format!("{here}/{path}")));
    let directory = directory.map_err(|reason| format!("must build at directory: {reason}"))?;
    let is_above = directory == "/" || here == directory || here.starts_with(&format!("{directory}/"));
    if is_above {
        return Err(format!("cycle detected: candidate root '{directory}' contains visited root '{here}'"));
    }
    Ok(())
}

/// Fetches a repository and looks for the directory in it.
fn verify_repository(url: &RepoUrl) -> Result<(), String> {
    let tree = Remote::new(Access::default()).tree(url).map_err(|error| {
        let address = mask(&url.clone_url);
        let revision = url.reference.as_deref();
        let at = revision.map(|revision| format!(" at `{revision}`")).unwrap_or_default();
        let what = format!("can't fetch the repository `{address}`{at}: ");
        let reason = error.message.strip_prefix(&what).unwrap_or(&error.message);
        format!("failed to run 'git fetch --depth=1 {address} {}': {reason}", revision.unwrap_or("HEAD"))
    })?;
    let root = tree.root().to_string_lossy();
    let path = paths::clean(&format!("{root}/{}", url.path));
    let resolved = go_path::resolve(&path).map_err(|cause| format!("evalsymlink failure on '{path}' : {cause}"))?;
    if !Path::new(&resolved).is_dir() {
        return Err(format!("'{path}' refers to file '{}'; expecting directory", paths::base(&resolved)));
    }
    let root = go_path::resolve(&root)?;
    if resolved != root && !resolved.starts_with(&format!("{root}/")) {
        return Err(format!("\"{path}\" refers to directory outside of repo \"{root}\""));
    }
    Ok(())
}
