//! Checks embedded resources (`x-kubernetes-embedded-resource`): they require an API version, a kind, and valid metadata.
//!
//! Behavior: `objectmeta.Validate`.

use super::super::findings::Findings;
use super::super::path::Path;
use super::super::{metadata, names, schema as typed};
use crate::schema::structural::{Additional, Structural};
use crate::schema::{Field, Kubernetes, Version};
use crate::yaml::{Node, Value};

/// Checks all embedded resources in a value.
pub fn check(node: &Node, schema: &Structural, path: &Path<'_>, version: Version, out: &mut Findings) {
    if !schema.below.embedded {
        return;
    }
    match node.value() {
        Value::Sequence(items) => {
            if let Some(of) = &schema.items {
                items.iter().enumerate().for_each(|(at, item)| check(item, of, &path.index(at), version, out));
            }
        }
        Value::Mapping(mapping) => {
            if schema.embedded {
                object(node, path, version, out);
            }
            for entry in mapping {
                let name = entry.key.text.as_str();
                match (schema.property(name), &schema.additional) {
                    (Some(of), _) => check(&entry.value, of, &path.field(name), version, out),
                    (None, Some(Additional::Of(of))) => check(&entry.value, of, &path.key(name), version, out),
                    _ => {}
                }
            }
        }
        Value::Scalar(_) => {}
    }
}

fn object(node: &Node, path: &Path<'_>, version: Version, out: &mut Findings) {
    for field in ["apiVersion", "kind"] {
        let here = path.field(field);
        match node.get(field) {
            None => out.required(node, &here, format!("`{field}` is required")),
            Some(value) => match value.as_str() {
                None => out.invalid(value, &here, format!("expected a string, found {}", value.type_name())),
                Some("") => out.invalid(value, &here, format!("`{field}` must not be empty")),
                Some(kind) if field == "kind" => {
                    if let Err(cause) = names::dns_1035_label(&kind.to_lowercase()) {
                        out.invalid(value, &here, format!("the kind `{kind}` {cause}; uppercase letters are also allowed"));
                    }
                }
                Some(text) if text.matches('/').count() > 1 => {
                    out.invalid(value, &here, format!("`{text}` must not contain more than one `/`"));
                }
                Some(_) => {}
            },
        }
    }
    let Some(metadata) = node.get("metadata").filter(|metadata| !metadata.is_null()) else { return };
    let path = path.field("metadata");
    let of_all = Kubernetes::new(version).kind("", "v1", "ConfigMap").and_then(|kind| kind.field("metadata"));
    if let Some(expected) = of_all.map(Field::value) {
        typed::check(metadata, expected, &path, out);
    }
    if let Some(labels) = metadata.get("labels") {
        metadata::labels(labels, &path.field("labels"), out);
    }
    if let Some(annotations) = metadata.get("annotations") {
        metadata::annotations(annotations, &path.field("annotations"), out);
    }
}
