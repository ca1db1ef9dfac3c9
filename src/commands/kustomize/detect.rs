//! Finding the files and directories of the working directory that are resources of a kustomization.
//!
//! Behavior: kustomize's `detectResources`: every file that it could read as manifests, whatever its name, and also one without
//! any object; each directory with a kustomization file, which is not searched further.

use std::path::Path;

use anyhow::{Result, anyhow};

use crate::edit::go_error;
use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, Files};
use crate::records::Records;
use crate::resource::objects;
use crate::yaml::Dialect;

/// The resources in the working directory, by path, and in directories below it if `recursive`.
///
/// # Errors
/// A file or directory can't be read.
pub fn manifests(recursive: bool) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = entries("")?;
    while let Some(path) = open.pop() {
        let lstat = |cause: std::io::Error| anyhow!(go_error::path("lstat", &path, &cause));
        if !Path::new(&path).symlink_metadata().map_err(lstat)?.is_dir() {
            let content = read(&path)?;
            if is_manifest(content) {
                found.push(path);
            }
        } else if recursive {
            if FILE_NAMES.iter().any(|name| Path::new(&path).join(name).exists()) {
                found.push(path);
            } else {
                open.extend(entries(&path)?);
            }
        }
    }
    Ok(found)
}

fn read(path: &str) -> Result<Vec<u8>> {
    let operation = if Path::new(path).is_dir() { "read" } else { "open" };
    Disk.read(Path::new(path)).map_err(|cause| {
        // A link to a directory.
        let is_directory = operation == "read";
        anyhow!(if is_directory { format!("read {path}: is a directory") } else { go_error::path("open", path, &cause) })
    })
}

/// The paths in a directory, last one first. Names that are not valid UTF-8 can't be listed in a kustomization.
fn entries(directory: &str) -> Result<Vec<String>> {
    let shown = if directory.is_empty() { "." } else { directory };
    let names = Disk.list(Path::new(shown)).map_err(|cause| anyhow!(go_error::path("open", shown, &cause)))?;
    let names = names.iter().rev().filter_map(|name| name.to_str());
    Ok(names.map(|name| if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }).collect())
}

/// Whether all documents of a file are objects.
fn is_manifest(content: Vec<u8>) -> bool {
    let mut records = Records::default();
    let Ok(source) = records.add_text("", content) else { return false };
    let step = records.provenance.step("", "");
    let text = records.sources.get(source).text();
    let is_split = text.match_indices("\n---").any(|(at, _)| text[at + 1..].contains('\n'));
    records.documents(source, step, Dialect::Manifest).is_ok_and(|documents| objects(documents, || is_split).is_ok())
}
