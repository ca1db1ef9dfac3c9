//! Values of Secrets in a kustomization: literals of generators, and patches on Secrets.

use std::path::Path;

use super::found::{Found, is_key, tidy};
use super::wording::{is_like_generator, may_be_secret};
use crate::resource::Pattern;
use crate::yaml::Node;

/// Fields of a generator that contain no values.
const PUBLIC: [&str; 6] = ["name", "namespace", "behavior", "type", "options", "kvSources"];
/// Fields that name files.
const FILES: [&str; 3] = ["files", "envs", "env"];

/// Collects the names of generated Secrets.
pub(super) fn names(node: &Node, found: &mut Found) {
    for entry in generators(node).flat_map(items) {
        found.names.extend(entry.get("name").and_then(Node::as_str).map(str::to_owned));
    }
}

/// Marks the values in a kustomization in this directory.
pub(super) fn mark(node: &Node, directory: &Path, found: &mut Found) {
    generators(node).for_each(|field| generator(field, directory, found));
    for field in ["patches", "patchesJson6902", "patchesStrategicMerge", "generators", "transformers", "validators", "resources"]
    {
        let fields = node.as_mapping().into_iter().flatten().filter(|entry| entry.key.text == field);
        fields.flat_map(|entry| items(&entry.value)).for_each(|item| patch(item, directory, found));
    }
}

fn generators(node: &Node) -> impl Iterator<Item = &Node> {
    let fields = node.as_mapping().into_iter().flatten();
    fields.filter(|field| is_like_generator(&field.key.text)).map(|field| &field.value)
}

/// The items of a list, or the node itself where a list was expected.
fn items(node: &Node) -> &[Node] {
    node.as_sequence().unwrap_or(std::slice::from_ref(node))
}

fn generator(field: &Node, directory: &Path, found: &mut Found) {
    for item in items(field) {
        let Some(mapping) = item.as_mapping() else {
            literals(item, found);
            continue;
        };
        for entry in mapping {
            let key = entry.key.text.as_str();
            if FILES.contains(&key) {
                files(&entry.value, directory, found);
            } else if !PUBLIC.contains(&key) {
                literals(&entry.value, found);
                if !is_key(key) {
                    found.value(entry.key.span(), key);
                }
            }
        }
    }
}

/// `key=value` in which only the value is secret. Anything else is a value.
fn literals(node: &Node, found: &mut Found) {
    if let Some(text) = node.as_text() {
        match text.split_once('=').filter(|(key, _)| is_key(key)) {
            Some((_, value)) => {
                found.value(node.span(), value);
                found.value(node.span(), value.trim_matches(['"', '\'']));
            }
            None => found.value(node.span(), text),
        }
    }
    node.children().for_each(|child| literals(child, found));
    for entry in node.as_mapping().into_iter().flatten() {
        if !is_key(&entry.key.text) {
            found.value(entry.key.span(), &entry.key.text);
        }
    }
}

/// Files that feed a Secret. An item that is not like a path is probably a literal.
fn files(node: &Node, directory: &Path, found: &mut Found) {
    for item in items(node) {
        match item.as_text().map(|text| text.as_str()) {
            Some(text) if text.matches('=').count() > 1 || text.contains('\n') => literals(item, found),
            Some(text) => {
                let path = text.split_once('=').map_or(text, |(_, path)| path);
                found.files.insert(tidy(&directory.join(path)));
            }
            None => literals(item, found),
        }
    }
}

/// An item with a patch: inline, or in a file.
fn patch(item: &Node, directory: &Path, found: &mut Found) {
    let target = item.get("target");
    let inline = [Some(item), item.get("patch")].into_iter().flatten().find(|node| node.as_str().is_some());
    if let Some((node, text)) = inline.and_then(|node| Some((node, node.as_str()?)))
        && (may_be_secret(text) || target.is_some_and(|target| may_select(target, Some(text), found)))
    {
        found.text(node, text);
    }
    if let Some(path) = item.get("path").and_then(Node::as_str)
        && target.is_some_and(|target| may_select(target, None, found))
    {
        found.files.insert(tidy(&directory.join(path)));
    }
}

/// Whether a target may select a Secret: by its kind, or by a name that a Secret has; without both, if the patch changes data.
fn may_select(target: &Node, patch: Option<&str>, found: &Found) -> bool {
    let pattern = |field: &str| target.get(field).and_then(Node::as_text).map(|text| (text, Pattern::new(text)));
    let matches = |field: &str, name: &str| match pattern(field) {
        Some((text, Err(_))) => text.contains(name),
        Some((_, Ok(pattern))) => pattern.matches(name),
        None => true,
    };
    if pattern("kind").is_some() {
        return matches("kind", "Secret");
    }
    match pattern("name").is_some() {
        true => found.names.iter().any(|name| matches("name", name)),
        false => !found.names.is_empty() && patch.is_none_or(|patch| patch.to_lowercase().contains("data")),
    }
}
