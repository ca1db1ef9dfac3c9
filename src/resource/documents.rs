//! The objects in documents: lists are unpacked, and documents without a kind or name are rejected.

use super::resource::Resource;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::yaml::{Mapping, Node, check_json, json};

/// The objects in documents: lists are unpacked, and each object must have a kind and a name. `is_split` says that the text
/// contains further, empty documents: in that case kustomize converts the items of a list to JSON and back. It is only asked for a list.
///
/// # Errors
/// A document is not a mapping, or has no kind or no name.
pub fn objects(mut documents: Vec<Node>, is_split: impl FnOnce() -> bool) -> Result<Vec<Resource>> {
    if let [only] = documents.as_slice() {
        let kind = only.get("kind").and_then(Node::as_str);
        let wrapped = only.get("items").or_else(|| only.get("functionConfig"));
        if matches!(kind, Some("List" | "ResourceList")) && wrapped.is_some() && !is_split() {
            if let Some(items) = only.get("items").filter(|items| items.as_mapping().is_some()) {
                let mut error = no_list(items);
                error.words.replace("missing Resource metadata");
                return Err(error.into());
            }
            documents = only.get("items").and_then(Node::as_sequence).unwrap_or_default().to_vec();
        }
    }
    let mut errors = Vec::new();
    let mut objects = Vec::new();
    let mut queue: std::collections::VecDeque<Node> = documents.into();
    while let Some(node) = queue.pop_front() {
        let empty = node.as_mapping().is_some_and(Mapping::is_empty) || node.as_sequence().is_some_and(<[Node]>::is_empty);
        if node.is_null() || empty {
            continue;
        }
        if let Err(error) = check_object(&node) {
            errors.push(error);
            continue;
        }
        if list_items(&node).is_some()
            && let Err(found) = check_json(&node)
        {
            errors.extend(found.into_vec());
            continue;
        }
        match list_items(&node) {
            Some(items) if items.is_null() => {}
            Some(items) => match items.as_sequence() {
                Some(items) => queue.extend(items.iter().cloned().map(|mut item| {
                    json::respell(&mut item);
                    item
                })),
                None => errors.push(no_list(items)),
            },
            None => objects.push(Resource::from_input(node)),
        }
    }
    Diagnostics::check(errors)?;
    Ok(objects)
}

fn no_list(items: &Node) -> Diagnostic {
    let found = match items.as_scalar() {
        Some(_) => "string",
        None => "map[string]interface {}",
    };
    items
        .error("wrong-type", format!("expected a list in `items`, found {}", items.type_name()))
        .words(format!("expected array in List/items, but found {found}"))
}

/// The `items` of an object whose kind ends with `List`.
fn list_items(node: &Node) -> Option<&Node> {
    let kind = node.get("kind").and_then(Node::as_text)?;
    kind.ends_with("List").then(|| node.get("items"))?
}

fn check_object(node: &Node) -> Result<(), Diagnostic> {
    let help = "a Kubernetes object has `apiVersion`, `kind` and `metadata.name`";
    if node.as_mapping().is_none() {
        let error = node.error("not-an-object", format!("expected an object, found {}", node.type_name()));
        return Err(error.words("missing Resource metadata").help(help));
    }
    let set = |node: Option<&Node>| node.and_then(Node::as_text).is_some_and(|text| !text.is_empty());
    let place = node.as_mapping().and_then(|mapping| mapping.iter().next()).map_or(node.span(), |entry| entry.key.span());
    if !set(node.get("kind")) {
        let words = match ["apiVersion", "metadata"].iter().all(|field| node.get(field).is_none_or(Node::is_null)) {
            true => "missing Resource metadata".to_owned(),
            false => format!("missing kind in object {}", meta(node)),
        };
        return Err(Diagnostic::error("not-an-object", "the object has no `kind`").at(place).words(words).help(help));
    }
    let is_list = node.get("kind").and_then(Node::as_text).is_some_and(|kind| kind.ends_with("List"));
    if !is_list && !set(node.at_path(&["metadata", "name"])) {
        let words = format!("missing metadata.name in object {}", meta(node));
        return Err(Diagnostic::error("not-an-object", "the object has no `metadata.name`").at(place).words(words).help(help));
    }
    Ok(())
}

/// The metadata of a document as Go prints it. Behavior: `%v` of kyaml's `ResourceMeta`.
fn meta(node: &Node) -> String {
    let text = |path: &[&str]| node.at_path(path).and_then(Node::as_text).map_or("", |text| text.as_str()).to_owned();
    let map = |field: &str| {
        let entries = node.at_path(&["metadata", field]).and_then(Node::as_mapping).into_iter().flatten();
        let value = |value: &Node| value.as_scalar().map_or("", |scalar| scalar.text.as_str()).to_owned();
        let mut entries: Vec<String> = entries.map(|entry| format!("{}:{}", entry.key.text, value(&entry.value))).collect();
        entries.sort();
        format!("map[{}]", entries.join(" "))
    };
    let (version, kind) = (text(&["apiVersion"]), text(&["kind"]));
    let (name, namespace) = (text(&["metadata", "name"]), text(&["metadata", "namespace"]));
    format!("{{{{{version} {kind}}} {{{{{name} {namespace}}} {} {}}}}}", map("labels"), map("annotations"))
}
