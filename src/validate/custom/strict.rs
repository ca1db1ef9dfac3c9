//! Checks what the decoder rejects: unknown fields, duplicate keys, and metadata of the wrong type.
//!
//! Behavior: `pruning.PruneWithOptions`, whose findings are errors under strict validation, and `GetObjectMetaWithOptions`.

use super::super::findings::Findings;
use super::super::path::Path;
use super::super::schema as typed;
use super::values::equal;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::schema::structural::{Additional, Structural};
use crate::schema::{Field, Kubernetes, Version};
use crate::yaml::{Entry, Node, Value};

/// The fields that every object has.
const META: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// About the number of fields that `metadata` has.
const FIELDS_OF_METADATA: usize = 16;

/// Checks the types in the metadata of an object.
pub fn metadata(node: &Node, version: Version, out: &mut Findings) {
    let Some(metadata) = node.get("metadata") else { return };
    let kept = without_twins(metadata, out);
    let metadata = kept.as_ref().unwrap_or(metadata);
    let of_all = Kubernetes::new(version).kind("", "v1", "ConfigMap").and_then(|kind| kind.field("metadata"));
    let Some(expected) = of_all.map(Field::value) else { return };
    typed::check(metadata, expected, &Path::ROOT.field("metadata"), out);
}

/// The metadata without duplicate fields of equal value, which the server accepts; `None` if there are no such fields.
fn without_twins(metadata: &Node, out: &mut Findings) -> Option<Node> {
    let mapping = metadata.as_mapping().filter(|mapping| mapping.len() <= 2 * FIELDS_OF_METADATA)?;
    let is_twin = |entry: &Entry| {
        mapping.get_entry(&entry.key.text).is_some_and(|first| !std::ptr::eq(first, entry) && equal(&first.value, &entry.value))
    };
    let twins: Vec<&Entry> = mapping.iter().filter(|entry| is_twin(entry)).collect();
    for twin in &twins {
        let key = &twin.key.text;
        let warning =
            Diagnostic::warning("duplicate-key", format!("the key `{key}` appears twice in one mapping, with the same value"));
        out.push(warning.at(twin.key.span()).help("remove one of them"), Path::ROOT.field("metadata").field(key).to_string());
    }
    let kept = mapping.iter().filter(|entry| !twins.iter().any(|twin| std::ptr::eq(*twin, *entry))).cloned().collect();
    (!twins.is_empty()).then(|| Node::read(Value::Mapping(kept), metadata.span(), metadata.origin()))
}

/// Checks the fields of a whole object. If the definition does not prune, only duplicate keys are reported.
pub fn check_root(node: &Node, schema: &Structural, prunes: bool, out: &mut Findings) {
    let Some(mapping) = node.as_mapping() else { return };
    typed::repeated_here(mapping, &Path::ROOT, out);
    for entry in mapping.iter().filter(|entry| !META.contains(&entry.key.text.as_str())) {
        let name = entry.key.text.as_str();
        let path = Path::ROOT.field(name);
        match schema.value(name) {
            _ if !prunes => typed::repeated_keys(&entry.value, &path, out),
            Some(field) => check(&entry.value, Some(field), &path, out),
            None if schema.preserves => typed::repeated_keys(&entry.value, &path, out),
            None => unknown(entry, Some(schema), &Path::ROOT, out),
        }
    }
}

fn check(node: &Node, schema: Option<&Structural>, path: &Path<'_>, out: &mut Findings) {
    check_kept(node, schema, schema.is_some_and(|schema| schema.preserves), path, out);
}

/// Checks a value whose unknown fields are kept if `keeps`: a list that preserves them does so for its items.
fn check_kept(node: &Node, schema: Option<&Structural>, keeps: bool, path: &Path<'_>, out: &mut Findings) {
    match node.value() {
        Value::Mapping(mapping) => {
            typed::repeated_here(mapping, path, out);
            for entry in mapping {
                field(entry, schema, keeps, path, out);
            }
        }
        Value::Sequence(items) => {
            let of = schema.and_then(|schema| schema.items());
            for (at, item) in items.iter().enumerate() {
                match keeps && of.is_none() {
                    true => typed::repeated_keys(item, &path.index(at), out),
                    false => check_kept(item, of, keeps || of.is_some_and(|of| of.preserves), &path.index(at), out),
                }
            }
        }
        Value::Scalar(_) => {}
    }
}

fn field(entry: &Entry, schema: Option<&Structural>, keeps: bool, path: &Path<'_>, out: &mut Findings) {
    let (name, value) = (entry.key.text.as_str(), &entry.value);
    let Some(known) = schema else { return unknown(entry, schema, path, out) };
    let path_here = path.field(name);
    if known.embedded && META.contains(&name) {
        return typed::repeated_keys(value, &path_here, out);
    }
    match (known.property(name), &known.additional) {
        (Some(of), _) => check(value, Some(of), &path_here, out),
        (None, Some(Additional::Of(of))) => check(value, Some(of), &path_here, out),
        (None, None) if keeps => typed::repeated_keys(value, &path_here, out),
        // Below `additionalProperties: true` the server prunes everything.
        (None, Some(_)) => check(value, None, &path_here, out),
        (None, None) => unknown(entry, schema, path, out),
    }
}

/// Whether all fields of a value are in the schema.
pub fn fits_fields(node: &Node, schema: &Structural) -> bool {
    let mut out = Findings::new(crate::resource::ResId::default(), Version::NEWEST);
    check(node, Some(schema), &Path::ROOT, &mut out);
    !out.has_errors()
}

fn unknown(entry: &Entry, schema: Option<&Structural>, path: &Path<'_>, out: &mut Findings) {
    let name = entry.key.text.as_str();
    let known: Vec<&str> = schema.iter().flat_map(|schema| &schema.properties).map(|(known, _)| known.as_str()).collect();
    let error = Diagnostic::error("unknown-field", format!("unknown field `{name}`")).at(entry.key.span());
    let help = match did_you_mean(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "a mapping is not expected here".to_owned(),
        None if known.len() <= 24 => format!("known fields: {}", known.join(", ")),
        None => "check the indentation".to_owned(),
    };
    out.push(error.help(help), path.field(name).to_string());
}
