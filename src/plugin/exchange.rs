//! Exchanges objects with a program: what it is given, and how its output is applied.
//!
//! Annotations of a generator's objects specify whether they need a hash and how they affect existing ones. A transformer's
//! output replaces: objects that it omits are removed, new ones come last. Behavior: kustomize's `plugins/utils`.

use ecow::EcoString;

use crate::diagnostic::{Diagnostic, Result};
use crate::resource::{Behavior, ResId, ResMap, Resource, annotations_mut, objects};
use crate::yaml::provenance::Edit;
use crate::yaml::{self, Entry, Key, Mapping, Node, Value};

const ID: &str = "kustomize.config.k8s.io/id";
const NEEDS_HASH: &str = "kustomize.config.k8s.io/needs-hash";
const BEHAVIOR: &str = "kustomize.config.k8s.io/behavior";

/// The objects as passed to a program: with kustomize's internal state and their id in annotations.
///
/// # Errors
/// An id can't be printed.
pub fn outgoing(resources: &ResMap, edit: &mut Edit<'_>) -> Result<Vec<Node>> {
    let mut nodes = Vec::with_capacity(resources.len());
    for resource in resources.iter() {
        let mut node = resource.annotated(edit);
        let id = id_text(resource.id(), edit)?;
        let Some(annotations) = annotations_mut(&mut node, edit) else {
            return Err(resource.error("wrong-type", "`metadata.annotations` is not a mapping").into());
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

/// The objects that a generator created.
///
/// # Errors
/// An item is not an object, appears twice, or has an annotation with an invalid value.
pub fn generated(nodes: Vec<Node>) -> Result<Vec<Resource>> {
    let mut resources = ResMap::default();
    for resource in objects(nodes, || false)? {
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
            let error = value.error("wrong-value", format!("expected a boolean as `{NEEDS_HASH}`, found `{text}`"));
            Err(error.help("set it to `\"true\"` or `\"false\"`"))
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

/// Applies the output of a transformer. `plugin` is its name for messages.
///
/// # Errors
/// An item is not an object, or appears twice.
pub fn take_over(resources: &mut ResMap, nodes: Vec<Node>, plugin: &str, edit: &mut Edit<'_>) -> Result<()> {
    let mut returned = ResMap::default();
    for resource in objects(nodes, || false)? {
        let mut resource = Resource::from_annotated(resource.into_node());
        drop_annotations(&mut resource, &[ID]);
        if let [first, ..] = returned.find_current(resource.id())[..] {
            let message = format!("{plugin} returned two objects named {}", resource.id());
            let error = resource.error("duplicate-object", message);
            let first = returned.get(first).map(|first| first.node().span().at_start());
            return Err(first.map_or(error.clone(), |first| error.label(first, "first defined here")).into());
        }
        returned.append(resource.clone())?;
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
        if resources.get(at).is_some_and(|resource| returned.find_current(resource.id()).is_empty()) {
            resources.remove(at);
        }
    }
    resources.compact();
    Ok(())
}

/// The new node, in which everything that did not change keeps its location and its history.
fn adopted(old: &Node, new: &Node, edit: &mut Edit<'_>) -> Node {
    if old.same(new) {
        return old.clone();
    }
    match (old.value(), new.value()) {
        (Value::Mapping(before), Value::Mapping(after)) => {
            let entry = |entry: &Entry| match before.get_entry(&entry.key.text) {
                Some(known) => Entry { key: known.key, value: adopted(&known.value, &entry.value, edit) },
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
