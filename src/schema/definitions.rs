//! CustomResourceDefinitions: those in files, among the objects of the build, and in the catalog; read when a kind is first
//! needed.
//!
//! A file is parsed only if its text seems to define the kind that is needed, or if none does; a schema is read only for the
//! version in use. So even megabytes of definitions cost little more than a text search.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::catalogue;
use super::structural::{Structural, is_true};
use crate::diagnostic::Diagnostic;
use crate::provenance::OriginId;
use crate::source::SourceId;
use crate::yaml::{Dialect, Node, read_documents};

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
    faults: Vec<Diagnostic>,
}

/// A file that has not been parsed yet.
#[derive(Debug)]
struct File {
    text: Arc<str>,
    source: SourceId,
    origin: OriginId,
}

/// One CustomResourceDefinition.
#[derive(Debug)]
pub struct Definition {
    /// The API group.
    pub group: EcoString,
    /// The kind.
    pub kind: EcoString,
    /// Whether its objects are namespaced.
    pub namespaced: bool,
    /// The versions, in order.
    pub versions: Vec<Defined>,
    /// Whether it is from the catalog, and may therefore differ from the definition in the cluster.
    pub from_catalogue: bool,
}

/// A version of a custom resource.
#[derive(Debug)]
pub struct Defined {
    /// Its name.
    pub name: EcoString,
    /// Whether the server serves it.
    pub served: bool,
    /// Whether the status is a subresource, so that the server drops it from other writes.
    pub has_status: bool,
    /// The path of the number of replicas, such as `.spec.replicas`.
    pub replicas: Option<EcoString>,
    /// Whether fields that are not in the schema are errors.
    pub prunes: bool,
    /// The schema as written.
    written: Written,
    schema: OnceLock<Arc<Structural>>,
}

#[derive(Debug)]
enum Written {
    Node(Option<Node>),
    Catalogue(u64),
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
            let found = Arc::new(catalogue::find(group, kind)?);
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
            match read_documents(&file.text, file.source, file.origin, Dialect::Manifest) {
                Ok(documents) => documents.iter().for_each(|document| self.add_all(document)),
                Err(errors) => self.faults.extend(errors.into_vec()),
            }
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

/// Whether a text seems to define a kind: `kind: NAME` in YAML or JSON, and the group somewhere.
fn defines(text: &str, group: &str, kind: &str) -> bool {
    let is_kind = |at: usize| {
        let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '"', '\'']);
        let after = text.get(at + kind.len()..).and_then(|after| after.chars().next());
        before.strip_suffix(':').is_some_and(|key| key.trim_end_matches(['"', '\'']).ends_with("kind"))
            && !after.is_some_and(char::is_alphanumeric)
    };
    !kind.is_empty() && text.match_indices(kind).any(|(at, _)| is_kind(at)) && text.contains(group)
}

impl Definition {
    /// Reads a CustomResourceDefinition; `None` if the object is not one, or has no group or kind.
    pub fn read(object: &Node) -> Option<Self> {
        let text = |node: &Node, field: &str| node.get(field).and_then(Node::as_text).cloned();
        let api_version = object.get("apiVersion")?.as_str()?;
        let is_definition = object.get("kind")?.as_str()? == "CustomResourceDefinition";
        let old = match api_version {
            "apiextensions.k8s.io/v1" => false,
            "apiextensions.k8s.io/v1beta1" => true,
            _ => return None,
        };
        let spec = object.get("spec").filter(|_| is_definition)?;
        let listed = spec.get("versions").and_then(Node::as_sequence).unwrap_or_default();
        let mut versions: Vec<Defined> = listed.iter().filter_map(|version| Defined::read(version, spec, old)).collect();
        if let (true, Some(name)) = (versions.is_empty(), text(spec, "version").filter(|_| old)) {
            versions.push(Defined::new(name, true, spec, spec, old));
        }
        Some(Definition {
            group: text(spec, "group")?,
            kind: text(spec.get("names")?, "kind")?,
            namespaced: spec.get("scope").and_then(Node::as_str) != Some("Cluster"),
            versions,
            from_catalogue: false,
        })
    }

    /// The names of the versions that the server serves, for messages: `v1`, `v1beta1`.
    pub fn served(&self) -> String {
        let served = self.versions.iter().filter(|version| version.served).map(|version| version.name.as_str());
        served.collect::<Vec<_>>().join("`, `")
    }

    /// The version with this name.
    pub fn version(&self, name: &str) -> Option<&Defined> {
        self.versions.iter().find(|version| version.name == name)
    }
}

impl Defined {
    fn read(version: &Node, spec: &Node, old: bool) -> Option<Self> {
        let name = version.get("name")?.as_text()?.clone();
        Some(Defined::new(name, is_true(version, "served"), version, spec, old))
    }

    /// Fields that are missing in a version are taken from the top level of an old definition.
    fn new(name: EcoString, served: bool, version: &Node, spec: &Node, old: bool) -> Self {
        let own = |field: &str| version.get(field).filter(|value| !value.is_null());
        let subresources = own("subresources").or_else(|| spec.get("subresources").filter(|_| old));
        let holder = own("schema").or_else(|| spec.get("validation").filter(|_| old));
        let kept = spec.get("preserveUnknownFields").is_none() && old || is_true(spec, "preserveUnknownFields");
        let written = holder.and_then(|holder| holder.get("openAPIV3Schema")).filter(|schema| !schema.is_null()).cloned();
        let replicas = subresources.and_then(|subresources| subresources.at_path(&["scale", "specReplicasPath"]));
        Defined {
            name,
            served,
            has_status: subresources.and_then(|subresources| subresources.get("status")).is_some_and(|status| !status.is_null()),
            replicas: replicas.and_then(Node::as_text).cloned(),
            prunes: written.is_some() && !kept,
            written: Written::Node(written),
            schema: OnceLock::new(),
        }
    }

    /// A version in the catalog, with the number of its schema.
    pub(super) fn in_catalogue(name: &str, has_status: bool, replicas: Option<&str>, schema: u64) -> Self {
        Defined {
            name: name.into(),
            served: true,
            has_status,
            replicas: replicas.map(EcoString::from),
            prunes: true,
            written: Written::Catalogue(schema),
            schema: OnceLock::new(),
        }
    }

    /// The schema, read on first use.
    pub fn schema(&self) -> &Arc<Structural> {
        self.schema.get_or_init(|| match &self.written {
            Written::Node(Some(node)) => Arc::new(Structural::of(node)),
            Written::Node(None) => Arc::new(Structural { preserves: true, ..Structural::default() }),
            Written::Catalogue(number) => catalogue::schema(*number),
        })
    }
}
