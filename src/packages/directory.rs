//! The objects of the files of a directory, or of one file. Behavior: kyaml's `LocalPackageReader`.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};

use super::file_annotations::{LEGACY_PATH, PATH};
use super::go_path::{absolute, failed};
use super::ignore::Ignored;
use super::object::{Object, objects_of};
use super::stream::read_file;
use super::walk::{Next, walk};
use crate::kustomize_words::paths::{base, dir, join};

/// Reads a directory or a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct PackageReader<'r> {
    /// The directory or the file.
    pub path: &'r str,
    /// The name of the file that makes a directory a package of its own, which is left out; empty if there is none.
    pub package_file: &'r str,
    /// Whether the objects get no annotations about their file.
    pub omit_annotations: bool,
    /// Whether files in JSON are read, too.
    pub with_json: bool,
}

impl PackageReader<'_> {
    /// The objects in the order of the files.
    ///
    /// # Errors
    /// A file can't be read, or is not YAML.
    pub fn read(&self) -> anyhow::Result<Vec<Object>> {
        if self.path.is_empty() {
            return Err(anyhow!("must specify package path"));
        }
        let root = resolved(self.path)?;
        let (mut objects, mut ignored, mut relative_to) = (Vec::new(), Ignored::default(), String::new());
        let mut set = BTreeMap::new();
        walk(&root, &mut |path, metadata| {
            if path == root {
                if metadata.is_dir() {
                    relative_to.clone_from(&root);
                    ignored.open(path)?;
                    return Ok(Next::Continue);
                }
                relative_to = dir(&root);
            }
            if metadata.is_dir() {
                return self.enter(path, &mut ignored);
            }
            if ignored.contains(path, false) || !self.matches(path) {
                return Ok(Next::Continue);
            }
            let relative = path.strip_prefix(relative_to.as_str()).unwrap_or(path).trim_start_matches('/').to_owned();
            let annotations = (!self.omit_annotations).then(|| {
                set.insert(PATH, relative.clone());
                set.insert(LEGACY_PATH, relative);
                &mut set
            });
            let bytes = read_bytes(path).with_context(|| path.to_owned())?;
            objects.extend(objects_of(read_file(&bytes, annotations).with_context(|| path.to_owned())?));
            Ok(Next::Continue)
        })?;
        Ok(objects)
    }

    fn enter(&self, path: &str, ignored: &mut Ignored) -> anyhow::Result<Next> {
        if ignored.contains(path, true) {
            return Ok(Next::SkipDirectory);
        }
        let is_package = !self.package_file.is_empty() && std::fs::metadata(join(path, self.package_file)).is_ok();
        Ok(if is_package { Next::SkipDirectory } else { Next::Continue })
    }

    fn matches(&self, path: &str) -> bool {
        let name = base(path);
        name.ends_with(".yaml") || name.ends_with(".yml") || self.with_json && name.ends_with(".json")
    }
}

fn read_bytes(path: &str) -> anyhow::Result<Vec<u8>> {
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        return Err(anyhow!("read {path}: is a directory"));
    }
    std::fs::read(path).map_err(|error| failed("open", path, &error))
}

/// An absolute path without links.
fn resolved(path: &str) -> anyhow::Result<String> {
    let whole = absolute(path)?;
    let mut open = String::new();
    match std::fs::canonicalize(&whole) {
        Ok(found) => Ok(found.to_string_lossy().into_owned()),
        Err(error) => {
            // The part that is missing is named, not the whole path.
            for part in whole.split('/').filter(|part| !part.is_empty()) {
                open = format!("{open}/{part}");
                if std::fs::symlink_metadata(&open).is_err() {
                    break;
                }
            }
            Err(anyhow!("evalsymlink failure on '{path}' : {}", failed("lstat", &open, &error)))
        }
    }
}
