//! Objects on their way to a program and back: what it is given, and how its answer is taken over.
//!
//! A generator's objects say in annotations whether they need a hash and what they do to existing ones. A transformer's
//! answer replaces: what it leaves out is removed, what is new comes last. Behaviour: kustomize's `plugins/utils`.

use ecow::EcoString;

use crate::diagnostic::{Diagnostic, Result};
use crate::resource::{Behavior, ResId, ResMap, Resource, annotations_mut, objects};
use crate::yaml::provenance::Edit;
use crate::yaml::{self, Entry, Key, Mapping, Node, Value};

const ID: &str = "kustomize.config.k8s.io/id";
const NEEDS_HASH: &str = "kustomize.config.k8s.io/needs-hash";
const BEHAVIOR: &str = "kustomize.config.k8s.io/behavior";

/// The objects as a program gets them: with kustomize's memory and their id in annotations.
///
/// # Errors
/// An id can't be printed.
pub fn outgoing(resources: &ResMap, edit: &mut Edit<'_>) -> Result<Vec<Node>> {
    let mut nodes = Vec::with_capacity(resources.len());
    for resource in resources.iter() {
        let mut node = resource.annotated(edit);
        let id = id_text(resource.id(), edit)?;
        let Some(annotations) = annotations_mut(&mut node, edit) else {
            return Err(resource.error("wrong-type", "`metadata.annotations` is no mapping").into());
        };
        annotations.put(Key::new(ID, edit.span()), Node::string(id, edit));
        nodes.push(node);
    }
    Ok(nodes)
}

/// An id as YAML.
fn id_text(id: &ResId, edit: &mut Edit<'_>) -> Result<String> {
    let parts = [
        ("group", &id.gvk.group),
        ("version", &id.gvk.version),
        ("kind", &id.gvk.kind),
        ("name", &id.name),
        ("namespace", &id.namespace),
    ];
    let entry =
        |(key, text): (&str, &EcoString)| Entry { key: Key::new(key, edit.span()), value: Node::string(text.clone(), edit) };
    let entries: Mapping = parts.into_iter().filter(|(_, text)| !text.is_empty()).map(entry).collect();
    let mut text = String::new();
    yaml::emit(&Node::new(Value::Mapping(entries), edit), &mut text)?;
    Ok(text)
}

/// The objects that a generator made.
///
/// # Errors
/// Something is no object, stands twice, or has an annotation with a value that means nothing.
pub fn generated(nodes: Vec<Node>) -> Result<Vec<Resource>> {
    let mut resources = ResMap::default();
    for resource in objects(nodes, false)? {
        let mut resource = Resource::from_annotated(resource.into_node());
        resource.needs_hash |= needs_hash(resource.node())?;
        let behavior = resource.node().at_path(&["metadata", "annotations", BEHAVIOR]).and_then(Node::as_text);
        resource.behavior = behavior.map_or(Behavior::Unspecified, |name| Behavior::named(name));
        drop_annotations(&mut resource, &[NEEDS_HASH, BEHAVIOR]);
        resources.append(resource)?;
    }
    Ok(resources.into_resources().collect())
}

fn needs_hash(node: &Node) -> Result<bool, Diagnostic> {
    let Some(value) = node.at_path(&["metadata", "annotations", NEEDS_HASH]) else { return Ok(false) };
    match value.as_scalar().map_or("", |scalar| scalar.text.as_str()) {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        text => {
            let error = value.error("wrong-value", format!("`{NEEDS_HASH}` is `{text}`, but a boolean is wanted"));
            Err(error.help("write `\"true\"` or `\"false\"`"))
        }
    }
}

fn drop_annotations(resource: &mut Resource, keys: &[&str]) {
    resource.edit_body(|node| {
        let Some(metadata) = node.get_mut("metadata").and_then(Node::as_mapping_mut) else { return };
        let Some(annotations) = metadata.get_mut("annotations").and_then(Node::as_mapping_mut) else { return };
        annotations.retain(|entry| !keys.contains(&entry.key.text.as_str()));
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    });
}

/// Takes over what a transformer answered. `plugin` names it for messages.
///
/// # Errors
/// Something is no object, or stands twice.
pub fn take_over(resources: &mut ResMap, nodes: Vec<Node>, plugin: &str, edit: &mut Edit<'_>) -> Result<()> {
    let mut answered = ResMap::default();
    for resource in objects(nodes, false)? {
        let mut resource = Resource::from_annotated(resource.into_node());
        drop_annotations(&mut resource, &[ID]);
        if let [first, ..] = answered.find_current(resource.id()) {
            let message = format!("{plugin} answers with two objects called {}", resource.id());
            let error = resource.error("duplicate-object", message);
            let first = answered.get(*first).map(|first| first.node().span().at_start());
            return Err(first.map_or(error.clone(), |first| error.label(first, "the first one is here")).into());
        }
        answered.append(resource.clone())?;
        match *resources.find_current(resource.id()) {
            [] => _ = resources.append(resource)?,
            [at, ..] => {
                let Some(old) = resources.get(at) else { continue };
                resource.var_names = old.var_names.clone();
                let old = old.node().clone();
                resource.edit(|node| *node = adopted(&old, node, edit));
                resources.replace(at, resource);
            }
        }
    }
    for at in resources.positions() {
        if resources.get(at).is_some_and(|resource| answered.find_current(resource.id()).is_empty()) {
            resources.remove(at);
        }
    }
    resources.compact();
    Ok(())
}

/// The new node, in which everything that did not change keeps its place and its history.
fn adopted(old: &Node, new: &Node, edit: &mut Edit<'_>) -> Node {
    if old.same(new) {
        return old.clone();
    }
    match (old.value(), new.value()) {
        (Value::Mapping(before), Value::Mapping(after)) => {
            let entry = |entry: &Entry| match before.get_entry(&entry.key.text) {
                Some(known) => Entry { key: known.key.clone(), value: adopted(&known.value, &entry.value, edit) },
                None => entry.clone(),
            };
            Node::read(Value::Mapping(after.iter().map(entry).collect()), old.span(), old.origin())
        }
        (Value::Sequence(before), Value::Sequence(after)) => {
            let item = |(at, item): (usize, &Node)| before.get(at).map_or_else(|| item.clone(), |old| adopted(old, item, edit));
            Node::read(Value::Sequence(after.iter().enumerate().map(item).collect()), old.span(), old.origin())
        }
        _ => {
            let mut node = old.clone();
            node.replace_with(new.clone(), edit);
            node
        }
    }
}
