//! The documents of a path on the command line: objects, and documents that are not objects, such as Helm values.
//!
//! In a directory, a file without the name of a YAML or JSON file is read if all of its documents are objects: `kubectl diff` writes
//! files such as `apps.v1.Deployment.shop.web`. Other documents are matched by the path of their file in the directory, or, if both
//! sides are single files, by their position.

use std::path::{Path, PathBuf};

use ecow::EcoString;
use rustc_hash::FxHashMap;

use crate::commands::manifest;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::diff::Object;
use crate::load::Input;
use crate::records::Records;
use crate::source::Sources;
use crate::yaml::Node;

/// Larger files (in bytes) are not read if their names are not those of YAML or JSON files.
const MAX_UNNAMED: u64 = 16 << 20;
/// Endings of copies that editors and tools keep beside a file.
const COPIES: [&str; 8] = ["~", ".bak", ".backup", ".orig", ".old", ".rej", ".save", ".tmp"];
/// The maximum number of skipped files that an error names.
const NAMED: usize = 3;

/// The documents of a path.
#[derive(Default)]
pub struct Documents {
    /// The objects and documents.
    pub objects: Vec<Object>,
    /// The name of a single file; `None` if the path is a directory. Standard input has the empty name.
    pub file: Option<String>,
    /// Files of a directory that contain something else.
    skipped: Vec<PathBuf>,
}

impl Documents {
    /// Reads a path. Standard input is `-`.
    ///
    /// # Errors
    /// It can't be read, is not valid YAML, or defines an object twice.
    pub fn read(path: &Path, records: &mut Records) -> Result<Self> {
        let mut found = Documents::default();
        if path == Path::new("-") {
            found.file = Some(String::new());
            found.add(manifest::read(Path::new("<stdin>"), manifest::stdin()?, records)?, "")?;
        } else if path.is_dir() {
            let files = Input::of_user(path).files_of_any_name()?;
            for file in &files {
                found.file_of_directory(path, file, &files, records)?;
            }
        } else {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            found.add(manifest::read(path, Input::of_user(path).read()?, records)?, &name)?;
            found.file = Some(name);
        }
        found.check_duplicates(&records.sources)?;
        Ok(found)
    }

    fn file_of_directory(&mut self, root: &Path, file: &Input, files: &[Input], records: &mut Records) -> Result<()> {
        let name = file.path.strip_prefix(root).unwrap_or(&file.path).display().to_string();
        if file.has_manifest_name() {
            let content = file.read()?;
            return self.add(manifest::read(&file.path, content, records)?, &name);
        }
        let size = file.size().filter(|size| *size <= MAX_UNNAMED);
        match size.and_then(|_| file.read().ok()).filter(|content| !is_copy(file, files) && contains_objects(content)) {
            Some(content) => return self.add(manifest::read(&file.path, content, records)?, &name),
            None if size == Some(0) => {}
            None => self.skipped.push(name.into()),
        }
        Ok(())
    }

    /// Adds the documents of a file.
    fn add(&mut self, documents: Vec<Node>, name: &str) -> Result<()> {
        let wrong = documents.iter().filter(|document| document.as_scalar().is_some());
        let error = |document: &Node| {
            document.error("wrong-type", format!("expected a mapping or a list, found {}", document.type_name()))
        };
        Diagnostics::check(wrong.map(error).collect::<Vec<Diagnostic>>())?;
        let mut count = 0;
        self.objects.extend(documents.into_iter().map(|document| {
            if Object::is_in(&document) {
                return Object::plain(document);
            }
            count += 1;
            Object::document(document, &numbered(name, count))
        }));
        Ok(())
    }

    /// Checks that no object is defined twice.
    fn check_duplicates(&self, sources: &Sources) -> Result<()> {
        let mut known: FxHashMap<(EcoString, EcoString, EcoString, EcoString), &Node> = FxHashMap::default();
        let mut errors = Vec::new();
        for object in self.objects.iter().filter(|object| !object.is_document() && !object.id.name.is_empty()) {
            let id = &object.id;
            let key = (id.gvk.group.clone(), id.gvk.kind.clone(), id.effective_namespace(), id.name.clone());
            if let Some(first) = known.insert(key, &object.node) {
                let name = |node: &Node| node.at_path(&["metadata", "name"]).unwrap_or(node).span();
                let message = format!("{id} is already defined at {}", sources.place(name(first)));
                let error = Diagnostic::error("duplicate-object", message).at(name(&object.node));
                errors.push(error.label(name(first), "first definition").help("remove one of them"));
            }
        }
        Diagnostics::check(errors)
    }

    /// The error about a path without objects.
    pub fn none(&self, shown: &str) -> Diagnostic {
        let error = Diagnostic::error("no-objects", format!("`{shown}` contains no objects"));
        let help = "if that is intended, use `--allow-empty`";
        let names: Vec<String> = self.skipped.iter().take(NAMED).map(|path| format!("`{}`", path.display())).collect();
        match self.skipped.len() {
            0 => error.help(help),
            1 => error.help(format!("{help}; {} is not a manifest", names.join(", "))),
            count if count > NAMED => error.help(format!("{help}; {count} files are not manifests: {}, ...", names.join(", "))),
            _ => error.help(format!("{help}; {} are not manifests", names.join(", "))),
        }
    }
}

/// Gives the documents of two single files the same names, so that they are matched by position.
pub fn name_alike(sides: [(&Option<String>, &mut Vec<Object>); 2]) {
    let [(Some(old), _), (Some(new), _)] = &sides else { return };
    let name = if new.is_empty() { old.clone() } else { new.clone() };
    for (_, objects) in sides {
        for (at, object) in objects.iter_mut().filter(|object| object.is_document()).enumerate() {
            *object = Object::document(object.node.clone(), &numbered(&name, at + 1));
        }
    }
}

/// The name of a document of a file: `values.yaml`, `values.yaml#2`.
fn numbered(file: &str, count: usize) -> String {
    let file = if file.is_empty() { "<stdin>" } else { file };
    if count == 1 { file.to_owned() } else { format!("{file}#{count}") }
}

/// Whether all documents of a file are objects.
fn contains_objects(content: &[u8]) -> bool {
    let has = |word: &str| content.windows(word.len()).any(|bytes| bytes == word.as_bytes());
    if content.contains(&0) || !has("apiVersion") || !has("kind") {
        return false;
    }
    let is_object = |node: &Node| node.get("apiVersion").and_then(Node::as_str).is_some() && Object::is_in(node);
    manifest::read(Path::new(""), content.to_vec(), &mut Records::default())
        .is_ok_and(|documents| !documents.is_empty() && documents.iter().all(is_object))
}

/// Whether a file is a copy that an editor or a tool keeps beside a manifest.
fn is_copy(file: &Input, files: &[Input]) -> bool {
    let name = file.path.as_os_str().to_string_lossy();
    let original = COPIES.iter().find_map(|ending| name.strip_suffix(ending)).map(Path::new);
    original.is_some_and(|original| files.iter().any(|other| other.path == original && other.has_manifest_name()))
}
