//! `render edit sync`: brings `resources` of the kustomization file in line with the files of its directory.
//!
//! Manifests that no kustomization names are added, and so are directories with a kustomization that none uses; entries whose file
//! does not exist anymore are removed. What kustomize has for this, `create --autodetect`, only creates a new file, and takes
//! every file that it could read for a resource. `sync_settings.rs` has what is left out.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use rustc_hash::FxHashSet;

use super::printed::Printed;
use super::sync_settings::SyncScope;
use crate::commands::output;
use crate::diagnostic::Diagnostics;
use crate::edit::{Kustomization, KustomizationFile, Style};
use crate::escape::line;
use crate::go_cli::Call;
use crate::kustomization::FILE_NAMES;
use crate::kustomize_words::paths;
use crate::load::{Disk, Files, Guard, Input, RepoUrl};
use crate::records::Records;
use crate::repository::{Content, is_broken_manifest, is_patch, is_template, search, sort};
use crate::resource::objects;
use crate::yaml::Dialect;

/// What differs between the file and the directory.
#[derive(Debug, Default, PartialEq, Eq)]
struct Differences {
    /// Paths that the file does not list.
    missing: Vec<String>,
    /// Entries that lead to nothing.
    gone: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// The kustomization can't be read or written, the directory can't be searched, or, with `--check`, they differ.
pub fn run(call: &Call) -> Result<()> {
    let mut file = KustomizationFile::find()?;
    let mut kustomization = file.read()?;
    let mut records = Records::default();
    let found = differences(&kustomization, file.content(), call.on("recursive"), &mut records);
    let Differences { missing, gone } = found.map_err(|errors| {
        output::failed(&errors.into_vec(), &records);
        Printed
    })?;
    let is_check = call.on("check");
    let [added, removed] = if is_check { ["missing", "gone"] } else { ["added", "removed"] };
    let lines = missing.iter().map(|path| (added, path)).chain(gone.iter().map(|path| (removed, path)));
    let lines: String = lines.map(|(what, path)| format!("{what}: {}\n", line(path))).collect();
    if lines.is_empty() {
        return Ok(());
    }
    if !is_check {
        let mut resources = kustomization.texts("resources");
        resources.retain(|entry| !gone.contains(entry));
        add(&mut resources, missing);
        kustomization.set_texts("resources", resources);
        file.write(&kustomization, Style::Surgical)?;
    }
    output::print(&lines);
    if is_check { Err(Printed.into()) } else { Ok(()) }
}

/// Adds paths at their places if the list is sorted, or else at the end.
fn add(list: &mut Vec<String>, paths: Vec<String>) {
    let is_sorted = list.is_sorted();
    list.extend(paths);
    if is_sorted {
        list.sort();
    }
}

fn differences(
    kustomization: &Kustomization,
    content: &[u8],
    recursive: bool,
    records: &mut Records,
) -> Result<Differences, Diagnostics> {
    let scope = SyncScope::new(&String::from_utf8_lossy(content), recursive, records)?;
    let files: Arc<dyn Files> = Arc::new(Disk);
    let guard = Guard::around(&files, Path::new("."));
    let tree = search(&guard, &scope.home, &scope.chosen)?;
    let listed = kustomization.texts("resources");
    let known: FxHashSet<String> = listed.iter().map(|entry| paths::clean(entry)).collect();
    let shown = |path: &Path| path.strip_prefix(&scope.home).ok()?.to_str().map(str::to_owned);
    // Files that belong to this kustomization, and not to one in a directory below.
    let own = tree.files.iter().filter(|(input, below)| below.as_deref() == input.path.strip_prefix(&scope.home).ok());
    let manifests = own.filter(|(input, _)| is_manifest(input)).filter_map(|(input, _)| shown(&input.path));
    let directories = tree.kustomizations.free_below(&scope.home);
    let mut missing: Vec<String> = manifests.chain(directories.iter().filter_map(|directory| shown(directory))).collect();
    missing.retain(|path| (scope.recursive || !path.contains('/') && !Path::new(path).is_dir()) && !known.contains(path));
    missing.sort();
    let is_gone = |entry: &&String| is_local(entry) && !Path::new(entry).exists() && !scope.leaves_out(Path::new(entry));
    Ok(Differences { missing, gone: listed.iter().filter(is_gone).cloned().collect() })
}

/// Whether an entry is a path, and not the address of a repository or file.
fn is_local(entry: &str) -> bool {
    !entry.contains("://") && RepoUrl::parse(entry).is_err()
}

/// Whether all documents of a file are objects. Patches, configurations, and what only looks like an object are not.
fn is_manifest(input: &Input) -> bool {
    let is_own = FILE_NAMES.iter().any(|name| input.path.file_name().is_some_and(|found| found == *name));
    let Ok(content) = input.read() else { return false };
    let mut records = Records::default();
    let step = records.provenance.step("", "");
    let documents = records.add_text(&input.path, content.clone()).map_err(Diagnostics::from);
    let Ok(documents) = documents.and_then(|source| records.documents(source, step, Dialect::Manifest)) else {
        if is_broken_manifest(&content) && !is_template(&content) {
            let path = input.path.file_name().unwrap_or_default().display();
            output::eprint(&format!("warning: `{path}` is not listed, because it is not valid YAML\n"));
        }
        return false;
    };
    let are_objects = documents.iter().all(|document| sort(document) == Content::Object && !is_patch(document, Path::new("")));
    !is_own && !documents.is_empty() && are_objects && objects(documents, || false).is_ok_and(|objects| !objects.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sorted_list_stays_sorted() {
        let after = |list: &[&str], path: &str| {
            let mut list: Vec<String> = list.iter().map(|item| (*item).to_owned()).collect();
            add(&mut list, vec![path.to_owned()]);
            list
        };
        assert_eq!(after(&["a", "c"], "b"), ["a", "b", "c"]);
        assert_eq!(after(&["c", "a"], "b"), ["c", "a", "b"]);
        assert_eq!(after(&[], "b"), ["b"]);
    }

    #[test]
    fn addresses_are_not_files() {
        for entry in ["https://example.com/a.yaml", "github.com/a/b?ref=v1", "git@github.com:a/b"] {
            assert!(!is_local(entry), "{entry}");
        }
        for entry in ["a.yaml", "../base", "a/b/c"] {
            assert!(is_local(entry), "{entry}");
        }
    }
}
