//! JSON schemas in files: each describes one version of a kind, which its path or its content names.
//!
//! A file is read when its kind is needed, because a catalog has thousands of them. What such a file can't say is not checked:
//! whether objects have a namespace, and whether there are other versions.

use std::fmt;
use std::sync::Arc;

use ecow::EcoString;

use super::catalogue;
use super::definition::{Defined, Definition};
use super::json_schema;
use super::layout::Named;
use crate::diagnostic::Diagnostic;

/// Reads the text of a file.
pub type Read = Box<dyn Fn() -> Result<Arc<str>, Diagnostic> + Send>;

/// A file with a JSON schema.
pub struct SchemaFile {
    /// What it is the schema of, as far as that is known without reading it.
    pub named: Named,
    /// Its path, as shown to users.
    pub path: String,
    /// Reads it.
    pub read: Read,
}

impl fmt::Debug for SchemaFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SchemaFile").field("named", &self.named).field("path", &self.path).finish_non_exhaustive()
    }
}

impl SchemaFile {
    /// Whether a text is a JSON schema of a kind that it names itself or, otherwise, that `by_path` names.
    pub fn kind_in(text: &str, by_path: Option<Named>) -> Option<Named> {
        let document: serde_json::Value = serde_json::from_str(text).ok()?;
        if !json_schema::is_schema(&document) || document.get("kind").is_some_and(serde_json::Value::is_string) {
            return None;
        }
        match json_schema::names(&document) {
            Some((group, version, kind)) => Some(Named::new(&group, &version, &kind)),
            None => by_path,
        }
    }

    /// The version of a kind that the file describes; `None` if it describes something else.
    fn defined(&self, group: &str, kind: &str) -> Result<Option<Defined>, Diagnostic> {
        let text = (self.read)()?;
        let document: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|cause| {
            let message = format!("`{}` is not valid JSON: {cause}", self.path);
            Diagnostic::error("json-syntax", message).help("a JSON schema is one JSON object")
        })?;
        let named = json_schema::names(&document);
        let is_other = named.as_ref().is_some_and(|(its_group, _, its_kind)| its_group != group || its_kind != kind);
        if is_other || !json_schema::is_schema(&document) {
            return Ok(None);
        }
        let version = self.named.any_version().map(str::to_owned).or_else(|| named.map(|(_, version, _)| version));
        let schema = catalogue::parse(&json_schema::convert(&document).to_string());
        let Some(schema) = schema else { return Ok(None) };
        Ok(Some(Defined::in_schema_file(&version.unwrap_or_default(), schema)))
    }
}

/// The JSON schemas of a run.
#[derive(Debug, Default)]
pub struct SchemaFiles {
    files: Vec<SchemaFile>,
}

impl SchemaFiles {
    /// Adds a file.
    pub fn add(&mut self, file: SchemaFile) {
        self.files.push(file);
    }

    /// The versions of a kind. Versions without a file are taken from the catalog.
    pub fn find(&self, group: &str, kind: &str, faults: &mut Vec<Diagnostic>) -> Option<Definition> {
        let built_in = catalogue::find(group, kind);
        // The case of the kind is not in the path, but the catalog may know it.
        if built_in.is_none() && catalogue::kinds(group).any(|known| known.eq_ignore_ascii_case(kind)) {
            return None;
        }
        let mut versions: Vec<(bool, Defined)> = Vec::new();
        for file in self.files.iter().filter(|file| file.named.is_for(group, kind)) {
            let strict = file.path.contains("-strict/");
            match file.defined(group, kind) {
                Ok(None) => {}
                Ok(Some(defined)) => match versions.iter_mut().find(|(_, known)| known.name == defined.name) {
                    Some(known) if strict && !known.0 => *known = (strict, defined),
                    Some(_) => {}
                    None => versions.push((strict, defined)),
                },
                Err(fault) => faults.push(fault),
            }
        }
        if versions.is_empty() {
            return None;
        }
        let namespaced = built_in.as_ref().is_none_or(|built_in| built_in.namespaced);
        let mut versions: Vec<Defined> = versions.into_iter().map(|(_, defined)| defined).collect();
        for other in built_in.into_iter().flat_map(|built_in| built_in.versions) {
            if versions.iter().all(|known| known.name != other.name && !known.name.is_empty()) {
                versions.push(other);
            }
        }
        Some(Definition { group: group.into(), kind: kind.into(), namespaced, versions, is_partial: true })
    }

    /// The kinds of a group, in lower case, and the path of a file of each.
    pub fn kinds(&self, group: &str) -> impl Iterator<Item = (&EcoString, &str)> {
        let here = self.files.iter().filter(move |file| file.named.group.as_ref().is_none_or(|known| known == group));
        here.filter_map(|file| Some((file.named.kind.as_ref()?, file.path.as_str())))
    }
}
