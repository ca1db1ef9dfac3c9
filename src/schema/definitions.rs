//! CustomResourceDefinitions: those in files, among the objects of the build, and in the catalog; and JSON schemas in files. They
//! are read when a kind is first needed.
//!
//! A file is parsed only if its text seems to define the kind that is needed, or if none does; a schema is read only for the
//! version in use. So even megabytes of definitions cost little more than a text search.

use std::sync::{Arc, Mutex, MutexGuard};

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::catalogue;
use super::definition::Definition;
use super::schema_files::{SchemaFile, SchemaFiles};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::SourceId;
use crate::yaml::OriginId;
use crate::yaml::{Dialect, Node, read_valid_documents};

/// All available definitions; earlier ones take precedence over later ones, and all take precedence over the catalog.
#[derive(Debug, Default)]
pub struct Definitions {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By kind; the group is checked afterward.
    known: FxHashMap<EcoString, Vec<Arc<Definition>>>,
    unread: Vec<File>,
    schemas: SchemaFiles,
    faults: Vec<Diagnostic>,
}

/// A file that has not been parsed yet.
#[derive(Debug)]
struct File {
    text: Arc<str>,
    source: SourceId,
    origin: OriginId,
}

impl Definitions {
    /// Adds an object; returns whether it was a definition.
    pub fn add(&mut self, object: &Node) -> bool {
        let state = self.state.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.add(object)
    }

    /// Adds a file of definitions, to be parsed on demand.
    pub fn add_text(&mut self, text: Arc<str>, source: SourceId, origin: OriginId) {
        let state = self.state.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.unread.push(File { text, source, origin });
    }

    /// Adds a JSON schema, to be read on demand.
    pub fn add_schema(&mut self, file: SchemaFile) {
        let state = self.state.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.schemas.add(file);
    }

    /// The definition of a kind.
    pub fn find(&self, group: &str, kind: &str) -> Option<Arc<Definition>> {
        let mut state = self.lock();
        if let Some(found) = state.known(group, kind) {
            return Some(found);
        }
        state.read(|text| defines(text, group, kind));
        if let Some(found) = state.known(group, kind) {
            return Some(found);
        }
        state.read(|_| true);
        state.known(group, kind).or_else(|| {
            let State { schemas, faults, .. } = &mut *state;
            let found = schemas.find(group, kind, faults).or_else(|| catalogue::find(group, kind))?;
            let found = Arc::new(found);
            state.insert(Arc::clone(&found));
            Some(found)
        })
    }

    /// The kinds of a group that are known so far.
    pub fn kinds(&self, group: &str) -> Vec<EcoString> {
        let state = self.lock();
        let known = state.known.values().flatten().filter(|known| known.group == group).map(|known| known.kind.clone());
        let mut kinds: Vec<EcoString> = known.chain(catalogue::kinds(group).map(EcoString::from)).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    /// The groups that have a kind, as far as they are known.
    pub fn groups(&self, kind: &str) -> Vec<EcoString> {
        let state = self.lock();
        let known = state.known.get(kind).into_iter().flatten().map(|known| known.group.clone());
        known.chain(catalogue::groups(kind).map(EcoString::from)).collect()
    }

    /// The path of the JSON schema whose kind is closest to this one, if it is close.
    pub fn near_schema(&self, group: &str, kind: &str) -> Option<String> {
        let state = self.lock();
        let others = state.schemas.kinds(group).filter(|(known, _)| !known.eq_ignore_ascii_case(kind));
        let near = did_you_mean(kind, others.map(|(known, _)| known.as_str()))?.to_owned();
        state.schemas.kinds(group).find(|(known, _)| **known == near).map(|(_, path)| path.to_owned())
    }

    /// The errors in the files that were parsed.
    pub fn faults(&self) -> Vec<Diagnostic> {
        self.lock().faults.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl State {
    fn known(&self, group: &str, kind: &str) -> Option<Arc<Definition>> {
        self.known.get(kind)?.iter().find(|known| known.group == group).cloned()
    }

    fn add(&mut self, object: &Node) -> bool {
        let definition = Definition::read(object);
        let found = definition.is_some();
        definition.into_iter().for_each(|definition| self.insert(Arc::new(definition)));
        found
    }

    fn insert(&mut self, definition: Arc<Definition>) {
        self.known.entry(definition.kind.clone()).or_default().push(definition);
    }

    /// Parses the selected files.
    fn read(&mut self, mut is_selected: impl FnMut(&str) -> bool) {
        let (now, later): (Vec<File>, Vec<File>) = self.unread.drain(..).partition(|file| is_selected(&file.text));
        self.unread = later;
        for file in now {
            let (documents, errors) = read_valid_documents(&file.text, file.source, file.origin, Dialect::Manifest);
            documents.iter().for_each(|document| self.add_all(document));
            self.faults.extend(errors);
        }
    }

    /// A definition, or a list of them.
    fn add_all(&mut self, document: &Node) {
        if !self.add(document) {
            let items = document.get("items").and_then(Node::as_sequence).unwrap_or_default();
            items.iter().for_each(|item| _ = self.add(item));
        }
    }
}

/// How many definitions a text seems to contain.
pub fn definitions_in(text: &str) -> usize {
    const KIND: &str = "CustomResourceDefinition";
    text.match_indices(KIND).filter(|(at, _)| is_kind_at(text, *at, KIND)).count()
}

/// Whether a text seems to define a kind: `kind: NAME` in YAML or JSON, and the group somewhere.
fn defines(text: &str, group: &str, kind: &str) -> bool {
    !kind.is_empty() && text.match_indices(kind).any(|(at, _)| is_kind_at(text, at, kind)) && text.contains(group)
}

/// Whether the name here is the value of `kind`.
fn is_kind_at(text: &str, at: usize, name: &str) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '"', '\'']);
    let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
    before.strip_suffix(':').is_some_and(|key| key.trim_end_matches(['"', '\'']).ends_with("kind"))
        && !after.is_some_and(char::is_alphanumeric)
}
