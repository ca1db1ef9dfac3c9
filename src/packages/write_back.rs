//! Writes objects back to the files that they come from. Behavior: kyaml's `LocalPackageReadWriter`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::anyhow;

use super::annotations;
use super::file_annotations::{INDEX, LEGACY_INDEX, LEGACY_PATH, PATH, complete, path_of};
use super::go_path::{failed, written};
use super::meta::Meta;
use super::object::Object;
use super::writer::Writer;
use crate::go_yaml::Node;
use crate::kustomize_words::paths::{clean, dir, join};
use crate::write;

/// The files of objects.
pub(super) fn files(objects: &[Object]) -> BTreeSet<String> {
    objects.iter().map(|object| path_of(&object.borrow())).collect()
}

/// Writes all objects, and removes the files that had objects before and have none now.
///
/// # Errors
/// A file can't be written, or its path leads outside of the directory.
pub(super) fn write_back(root: &str, before: &BTreeSet<String>, objects: &[Object]) -> anyhow::Result<()> {
    let after = files(objects);
    write_all(root, objects)?;
    for file in before.difference(&after) {
        let path = join(root, file);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed("unlinkat", &path, &error)),
            _ => {}
        }
    }
    Ok(())
}

fn write_all(root: &str, objects: &[Object]) -> anyhow::Result<()> {
    complete_paths(objects)?;
    if !Path::new(root).exists() {
        return Err(anyhow!("could not write to {root:?}: file does not exist"));
    }
    let root = if Path::new(root).is_dir() { root.to_owned() } else { dir(root) };
    let mut files: BTreeMap<String, Vec<Object>> = BTreeMap::new();
    for object in objects {
        files.entry(file_of(&root, &object.borrow())?).or_default().push(object.clone());
    }
    for (file, objects) in &mut files {
        sort_by_index(objects)?;
        let path = join(&root, file);
        if Path::new(&path).is_dir() {
            return Err(anyhow!("config.kubernetes.io/path cannot be a directory: {file}"));
        }
        let directory = dir(&path);
        std::fs::create_dir_all(&directory).map_err(|error| failed("mkdir", &directory, &error))?;
    }
    let writer = Writer { clear: vec![PATH, LEGACY_PATH], ..Writer::default() };
    for (file, objects) in &files {
        let path = join(&root, file);
        write::file(Path::new(&path), &writer.print(objects)?, false).map_err(|error| written(&path, error))?;
    }
    Ok(())
}

/// The file of an object, in the directory.
fn file_of(root: &str, node: &Node) -> anyhow::Result<String> {
    for key in [INDEX, PATH] {
        if annotations::get(node, key)?.is_none_or(|value| value.value.is_empty()) {
            return Err(anyhow!("resources must be annotated with {key} to be written to files"));
        }
    }
    let file = annotations::get(node, PATH)?.map(|value| value.value.clone()).unwrap_or_default();
    if file.starts_with('/') {
        return Err(anyhow!("package paths may not be absolute paths"));
    }
    let cleaned = clean(&file);
    if cleaned.contains("..") {
        return Err(anyhow!("resource must be written under package {root}: {cleaned}"));
    }
    Ok(file)
}

/// Gives objects without a file one that is named after them, and those without a position the last one.
fn complete_paths(objects: &[Object]) -> anyhow::Result<()> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for object in objects {
        let mut node = object.borrow_mut();
        complete(&mut node)?;
        let meta = Meta::required(&node)?;
        match meta.annotations.get(PATH) {
            Some(path) => {
                let index: i64 = meta.annotation(INDEX).parse().unwrap_or_default();
                let count = counts.entry(path.clone()).or_default();
                *count = index.max(*count);
            }
            None => set_both(&mut node, [PATH, LEGACY_PATH], &default_path("", &meta))?,
        }
    }
    for object in objects {
        let mut node = object.borrow_mut();
        let meta = Meta::required(&node)?;
        if meta.annotations.contains_key(INDEX) {
            continue;
        }
        let count = counts.entry(meta.annotation(PATH).to_owned()).or_default();
        let index = count.to_string();
        *count += 1;
        set_both(&mut node, [INDEX, LEGACY_INDEX], &index)?;
    }
    Ok(())
}

/// The path of the file of a new object.
pub(super) fn default_path(directory: &str, meta: &Meta) -> String {
    let name = format!("{}_{}.yaml", meta.kind.to_lowercase(), meta.name);
    join(&join(directory, &meta.namespace), &name)
}

/// Sets an annotation under both names.
pub(super) fn set_both(node: &mut Node, keys: [&str; 2], value: &str) -> anyhow::Result<()> {
    keys.into_iter().try_for_each(|key| annotations::set(node, key, value))
}

/// Sorts the objects of a file. Those without a position come first.
fn sort_by_index(objects: &mut [Object]) -> anyhow::Result<()> {
    let text = |object: &Object| Meta::of(&object.borrow()).annotation(INDEX).to_owned();
    let texts: BTreeSet<String> = objects.iter().map(text).filter(|text| !text.is_empty()).collect();
    if texts.len() > 1
        && let Some(wrong) = texts.iter().find(|text| text.parse::<i64>().is_err())
    {
        let reason = format!("strconv.Atoi: parsing {wrong:?}: invalid syntax");
        return Err(anyhow!("unable to parse config.kubernetes.io/index {wrong} :{reason}"));
    }
    objects.sort_by_key(|object| text(object).parse::<i64>().ok());
    Ok(())
}
