//! The objects in a text, and in kustomize's words why it contains none: whether an entry names a file, a directory, or is an
//! object itself is decided by whether its text can be read as objects.
//!
//! Behavior: kustomize's `Factory.NewResMapFromBytes`, `RNode.GetValidatedMetadata`, and `kusterr.Handler`.

use std::collections::BTreeMap;

use super::words::{Failure, Result};
use crate::diagnostic::Diagnostics;
use crate::records::Records;
use crate::resource::{ResId, ResMap, Resource, objects};
use crate::yaml::{Dialect, Node, Tag, Value};

/// The objects in a text.
///
/// # Errors
/// It is not valid YAML, or a document is not an object.
pub fn read(text: &[u8], records: &mut Records) -> Result<Vec<Resource>> {
    let source = records.add_text("", text.to_vec()).map_err(|error| words(&error.into()))?;
    let step = records.provenance.step("", "");
    let documents = records.documents(source, step, Dialect::Manifest).map_err(|errors| words(&errors))?;
    let is_split = is_split(records.sources.get(source).text());
    match listed(&documents, is_split).map(Node::value) {
        None => documents.iter().try_for_each(check)?,
        Some(Value::Sequence(items)) => items.iter().try_for_each(check)?,
        // Its keys and values are no objects.
        Some(Value::Mapping(items)) if !items.is_empty() => return Err(Failure::new("missing Resource metadata")),
        Some(_) => return Ok(Vec::new()),
    }
    let objects = objects(documents, || is_split).map_err(|errors| words(&errors))?;
    let mut known = ResMap::default();
    for object in &objects {
        if !known.find_current(object.id()).is_empty() {
            let id = in_words(object.id());
            return Err(Failure(format!("may not add resource with an already registered id: {id}")));
        }
        known.append(object.clone()).map_err(|error| words(&error.into()))?;
    }
    Ok(objects)
}

/// The failure to read a file, with the path of the file if its text is not valid YAML.
pub fn in_file(failure: Failure, path: &str) -> Failure {
    let text = &failure.0;
    if text.contains("error converting YAML to JSON") || text.contains("error unmarshaling JSON") {
        return Failure(format!("YAML file [{path}] encounters a format error.\n{text}\n"));
    }
    if text.contains("MalformedYAMLError") { Failure(format!("{text} in File: {path}")) } else { failure }
}

/// An id. Behavior: `ResId.String`.
pub fn in_words(id: &ResId) -> String {
    let or = |text: &str, none: &str| if text.is_empty() { none.to_owned() } else { text.to_owned() };
    let (kind, version) = (or(&id.gvk.kind, "[noKind]"), or(&id.gvk.version, "[noVer]"));
    let (group, name) = (or(&id.gvk.group, "[noGrp]"), or(&id.name, "[noName]"));
    format!("{kind}.{version}.{group}/{name}.{}", or(&id.namespace, "[noNs]"))
}

/// What kustomize says about the first error.
pub fn words(errors: &Diagnostics) -> Failure {
    let first = errors.iter().next();
    Failure(first.map(|error| error.words.compose(&error.message, |_| None)).unwrap_or_default())
}

/// Whether a text has more than one document; even an empty one counts.
fn is_split(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find("\n---") {
        let line = &rest[at + 4..];
        if line.contains('\n') {
            return true;
        }
        rest = line;
    }
    false
}

/// The items of a list that is the only document: what kustomize reads in place of the list.
fn listed(documents: &[Node], is_split: bool) -> Option<&Node> {
    let [only] = documents else { return None };
    let is_list = matches!(only.get("kind").and_then(Node::as_str), Some("List" | "ResourceList"));
    only.get("items").or_else(|| only.get("functionConfig")).filter(|_| is_list && !is_split)?;
    only.get("items")
}

fn check(document: &Node) -> Result<()> {
    if is_nothing(Some(document)) {
        return Ok(());
    }
    let meta = Meta::of(document)?;
    if meta.kind.is_empty() {
        return Err(Failure(format!("missing kind in object {meta}")));
    }
    if let Some(items) = document.get("items").filter(|_| meta.kind.ends_with("List")) {
        let found = match items.value() {
            Value::Sequence(items) => return items.iter().try_for_each(check),
            Value::Mapping(_) => "map[string]interface {}",
            Value::Scalar(scalar) => match scalar.tag {
                Tag::Null => return Ok(()),
                Tag::Bool => "bool",
                Tag::Int => "int",
                Tag::Float => "float64",
                Tag::Timestamp => "time.Time",
                Tag::Str => "string",
            },
        };
        return Err(Failure(format!("expected array in {}/items, but found {found}", meta.kind)));
    }
    if !meta.kind.ends_with("List") && meta.name.is_empty() {
        return Err(Failure(format!("missing metadata.name in object {meta}")));
    }
    Ok(())
}

/// What is known of an object before it counts as one. Behavior: `ResourceMeta`, and how Go prints it.
#[derive(Default)]
struct Meta {
    version: String,
    kind: String,
    name: String,
    namespace: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

impl Meta {
    fn of(document: &Node) -> Result<Self> {
        let is_set = |node: Option<&Node>| !is_nothing(node);
        let (version, kind, metadata) = (document.get("apiVersion"), document.get("kind"), document.get("metadata"));
        let part = |key: &str| metadata.and_then(|metadata| metadata.get(key)).filter(|node| is_set(Some(node)));
        let parts = ["name", "namespace", "labels", "annotations"];
        if !is_set(version) && !is_set(kind) && parts.iter().all(|key| part(key).is_none()) {
            return Err(Failure::new("missing Resource metadata"));
        }
        let text = |node: Option<&Node>| node.map(value).unwrap_or_default();
        let map = |key: &str| {
            let entries = part(key).and_then(Node::as_mapping).map(|mapping| mapping.iter());
            entries.into_iter().flatten().map(|entry| (entry.key.text.to_string(), value(&entry.value))).collect()
        };
        Ok(Meta {
            version: text(version),
            kind: text(kind),
            name: text(part("name")),
            namespace: text(part("namespace")),
            labels: map("labels"),
            annotations: map("annotations"),
        })
    }
}

impl std::fmt::Display for Meta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let map = |map: &BTreeMap<String, String>| {
            let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{value}")).collect();
            format!("map[{}]", entries.join(" "))
        };
        let (labels, annotations) = (map(&self.labels), map(&self.annotations));
        let Meta { version, kind, name, namespace, .. } = self;
        write!(f, "{{{{{version} {kind}}} {{{{{name} {namespace}}} {labels} {annotations}}}}}")
    }
}

/// The text of a scalar; nothing for lists and mappings.
fn value(node: &Node) -> String {
    node.as_scalar().map(|scalar| scalar.text.to_string()).unwrap_or_default()
}

/// Whether there is no value, or an empty one; an empty string is a value. Behavior: `IsYNodeNilOrEmpty`.
fn is_nothing(node: Option<&Node>) -> bool {
    node.is_none_or(|node| match node.value() {
        Value::Scalar(scalar) => scalar.tag == Tag::Null,
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(mapping) => mapping.is_empty(),
    })
}
