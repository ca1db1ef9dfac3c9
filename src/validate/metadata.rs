//! `metadata` of every object: its name by kind, namespace, labels, annotations.
//!
//! Behaviour: apimachinery's `ValidateObjectMeta` and each kind's name function.

use super::findings::Findings;
use super::names;
use super::object_names;
use super::path::Path;
use crate::yaml::Node;

/// The total of keys and values of annotations, in bytes.
const MAX_ANNOTATIONS: usize = 256 * 1024;

/// Checks the metadata of an object.
pub fn check(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("metadata");
    let Some(metadata) = node.get("metadata").filter(|metadata| !metadata.is_null()) else {
        if !object_names::needs_none(&out.object().gvk) {
            out.required(node, &path.field("name"), "the object needs `metadata.name`");
        }
        return;
    };
    name(metadata, &path, out);
    if let Some(namespace) = text(metadata, "namespace").filter(|(text, _)| !text.is_empty()) {
        if let Err(cause) = names::dns_label(namespace.0) {
            out.invalid(namespace.1, &path.field("namespace"), format!("the namespace `{}` {cause}", namespace.0));
        }
    }
    if let Some(labels) = metadata.get("labels") {
        self::labels(labels, &path.field("labels"), out);
    }
    if let Some(annotations) = metadata.get("annotations") {
        self::annotations(annotations, &path.field("annotations"), out);
    }
}

fn text<'n>(node: &'n Node, field: &str) -> Option<(&'n str, &'n Node)> {
    let value = node.get(field)?;
    Some((value.as_str()?, value))
}

fn name(metadata: &Node, path: &Path<'_>, out: &mut Findings) {
    let generated = text(metadata, "generateName").filter(|(text, _)| !text.is_empty());
    let check = object_names::rule(&out.object().gvk, out.version());
    if let Some((prefix, node)) = generated {
        let stem = prefix.strip_suffix('-').unwrap_or(prefix);
        if let Err(cause) = check(&format!("{stem}x")) {
            out.invalid(node, &path.field("generateName"), format!("the name prefix `{prefix}` {cause}"));
        }
    }
    match text(metadata, "name").filter(|(text, _)| !text.is_empty()) {
        Some((name, node)) => {
            if let Err(cause) = check(name) {
                out.invalid(node, &path.field("name"), format!("the name `{name}` {cause}"));
            }
        }
        None if generated.is_none() && !object_names::needs_none(&out.object().gvk) => {
            out.required(metadata, &path.field("name"), "the object needs a name");
        }
        None => {}
    }
}

/// Checks the keys and values of labels.
pub fn labels(labels: &Node, path: &Path<'_>, out: &mut Findings) {
    for entry in labels.as_mapping().into_iter().flatten() {
        if let Err(cause) = names::qualified_name(&entry.key.text) {
            out.at(entry.key.span, "invalid-value", format!("the label `{}`: {cause}", entry.key.text), path.to_string());
        }
        let value = entry.value.as_scalar().map_or("", |scalar| scalar.text.as_str());
        if let Err(cause) = names::label_value(if entry.value.is_null() { "" } else { value }) {
            out.invalid(&entry.value, path, format!("the value `{value}` of the label `{}` {cause}", entry.key.text));
        }
    }
}

/// Checks the keys and the size of annotations.
pub fn annotations(annotations: &Node, path: &Path<'_>, out: &mut Findings) {
    let mut size = 0;
    for entry in annotations.as_mapping().into_iter().flatten() {
        if let Err(cause) = names::qualified_name(&entry.key.text.to_lowercase()) {
            out.at(entry.key.span, "invalid-value", format!("the annotation `{}`: {cause}", entry.key.text), path.to_string());
        }
        size += entry.key.text.len() + entry.value.as_scalar().map_or(0, |scalar| scalar.text.len());
    }
    if size > MAX_ANNOTATIONS {
        out.too_long(annotations, path, format!("the annotations have {size} bytes, more than the {MAX_ANNOTATIONS} allowed"));
    }
}
