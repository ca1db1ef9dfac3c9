//! The suffix of generated names: a hash of the content, so that a change triggers a rollout of the pods that use it.
//!
//! Ten characters of the SHA-256 of a JSON document of kind, type, and data. Behavior: kustomize's `hasher`.

use ecow::eco_format;
use sha2::{Digest, Sha256};

use crate::diagnostic::Result;
use crate::resource::{ResMap, Resource};
use crate::yaml::provenance::{Edit, Provenance};
use crate::yaml::{Node, Scalar, Value, json};

/// Adds the hash to the name of every object that needs one.
///
/// # Errors
/// The content can't be represented as JSON.
pub fn run(resources: &mut ResMap, provenance: &mut Provenance) -> Result<()> {
    let differs = |at: &usize| resources.get(*at).is_some_and(|resource| resource.wants_hash() != resource.needs_hash);
    for at in resources.positions().filter(differs).collect::<Vec<_>>() {
        resources.edit_body(at, |resource| resource.needs_hash = !resource.needs_hash);
    }
    let needing: Vec<usize> = resources.positions().filter(|&at| resources.get(at).is_some_and(Resource::wants_hash)).collect();
    if needing.is_empty() {
        return Ok(());
    }
    let step = provenance.step("", "name suffix hash");
    for at in needing {
        let Some(resource) = resources.get(at) else { continue };
        let hash = hash(resource).ok_or_else(|| {
            resource.error("hash", format!("{} contains a value that can't be represented as JSON", resource.id()))
        })?;
        resources.edit(at, |resource| {
            resource.remember_id();
            resource.edit(|node| {
                let Some(name) = node.at_path_mut(&["metadata", "name"]) else { return };
                let text = eco_format!("{}-{hash}", name.as_scalar().map_or("", |scalar| scalar.text.as_str()));
                let span = name.span();
                name.set(Value::Scalar(Scalar::untagged(text)), &mut Edit::new(provenance, step, span));
            });
        });
    }
    Ok(())
}

/// The hash of an object's content; `None` if it can't be represented as JSON.
pub fn hash(resource: &Resource) -> Option<String> {
    let node = resource.node();
    // kustomize intends to hash the name, but looks it up as a single field named `metadata/name`: it is always empty.
    let mut fields = vec![("kind", Some(json::quoted(resource.kind()))), ("name", Some(value(node, "metadata/name")?))];
    match resource.kind() {
        "ConfigMap" => fields.extend([("binaryData", mapping(node, "binaryData")?), ("data", Some(value(node, "data")?))]),
        "Secret" => fields.extend([
            ("data", Some(value(node, "data")?)),
            ("stringData", mapping(node, "stringData")?),
            ("type", Some(value(node, "type")?)),
        ]),
        _ => fields.push(("object", Some(json::print_settled(node)?))),
    }
    fields.sort();
    let mut text = String::from("{");
    for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&format!("\"{name}\":{value}"));
    }
    text.push('}');
    Some(encode(&Sha256::digest(text.as_bytes())))
}

/// A field as JSON; a missing field is the empty string, and a list is null because kustomize expects a mapping.
fn value(node: &Node, field: &str) -> Option<String> {
    match node.get(field).map(|field| (field, field.value())) {
        None => Some("\"\"".into()),
        Some((_, Value::Scalar(scalar))) => Some(json::quoted(&scalar.text)),
        Some((_, Value::Sequence(_))) => Some("null".into()),
        Some((field, Value::Mapping(_))) => json::print_settled(field),
    }
}

/// A field as JSON, unless it is missing or a scalar.
#[allow(clippy::option_option)]
fn mapping(node: &Node, field: &str) -> Option<Option<String>> {
    match node.get(field).filter(|node| node.as_scalar().is_none()) {
        Some(_) => value(node, field).map(Some),
        None => Some(None),
    }
}

/// The first ten hexadecimal digits, with those that could spell words replaced.
fn encode(digest: &[u8]) -> String {
    let digits = digest.iter().take(5).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"gh2k456789mbcdtf"[usize::from(digit)])).collect()
}
