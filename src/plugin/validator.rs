//! Checks that a validator does not change anything.
//!
//! Behavior: kustomize's `runValidators`. The only exception is the label `validated-by`, which stays in the output.
//! kustomize's internal state of an object counts as well: a validator that renames an object to the same name changes it.
//! Unlike in kustomize, the annotations that the protocol of functions leaves behind do not count, so functions can be
//! validators.

use super::resource_list::LEFT_BEHIND;
use crate::diagnostic::Diagnostic;
use crate::resource::{ResMap, Resource};
use crate::yaml::provenance::{Edit, Provenance};
use crate::yaml::{self, Node, Scalar, Value};

const VALIDATED_BY: &str = "validated-by";

/// Checks that a validator left the objects unchanged.
///
/// # Errors
/// It added, removed, or changed an object.
pub fn check_unchanged(before: &ResMap, after: &ResMap, provenance: &mut Provenance) -> Result<(), Diagnostic> {
    for old in before.iter() {
        match after.find_current(old.id())[..] {
            [at] => {
                if let Some(path) = after.get(at).and_then(|new| difference(old, new, provenance)) {
                    return Err(modified(old, format!("a validator changed `{path}` of {}", old.id())));
                }
            }
            [] => {
                let words = format!("id in self missing from other; id: {}", old.id().words());
                let words = format!("validator shouldn't modify the resource map: {words}");
                return Err(modified(old, format!("a validator removed {}", old.id())).words(words));
            }
            _ => return Err(modified(old, format!("a validator created several objects named {}", old.id()))),
        }
    }
    match after.iter().find(|new| before.find_current(new.id()).is_empty()) {
        Some(new) => Err(modified(new, format!("a validator added {}", new.id()))),
        None => Ok(()),
    }
}

fn modified(resource: &Resource, message: String) -> Diagnostic {
    resource
        .error("validator-changes", message)
        .help("a validator may only fail or add the label `validated-by`; list it under `transformers` to let it change objects")
}

/// The path of the first field in which two objects are printed differently.
fn difference(old: &Resource, new: &Resource, provenance: &mut Provenance) -> Option<String> {
    let step = provenance.step("", "validators");
    let mut edit = Edit::new(provenance, step, old.node().span());
    let (mut old, mut new) = (old.annotated(&mut edit), new.annotated(&mut edit));
    drop_validated_by(&mut new, &mut edit);
    [&mut old, &mut new].into_iter().for_each(drop_protocol);
    let printed_alike = printed(&old).is_some_and(|text| printed(&new) == Some(text));
    if printed_alike { None } else { first_difference(&old, &new, String::new()) }
}

/// When kustomize removes a label, it writes the labels back as strings, and omits an empty mapping of labels.
fn drop_validated_by(node: &mut Node, edit: &mut Edit<'_>) {
    let Some(metadata) = node.get_mut("metadata").and_then(Node::as_mapping_mut) else { return };
    let Some(labels) = metadata.get_mut("labels").and_then(Node::as_mapping_mut) else { return };
    if labels.remove(VALIDATED_BY).is_none() {
        return;
    }
    for entry in labels.iter_mut().filter(|entry| entry.value.as_str().is_none()) {
        let text = entry.value.as_scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
        entry.value.set(Value::Scalar(Scalar::string(text)), edit);
    }
    if labels.is_empty() {
        metadata.remove("labels");
    }
}

/// The paths that the protocol of functions leaves in annotations do not count as a change by a validator.
fn drop_protocol(node: &mut Node) {
    let Some(metadata) = node.get_mut("metadata").and_then(Node::as_mapping_mut) else { return };
    let Some(annotations) = metadata.get_mut("annotations").and_then(Node::as_mapping_mut) else { return };
    annotations.retain(|entry| !LEFT_BEHIND.contains(&entry.key.text.as_str()));
    if annotations.is_empty() {
        metadata.remove("annotations");
    }
}

/// The printed object; `None` if it can't be printed.
fn printed(node: &Node) -> Option<String> {
    let mut out = String::new();
    yaml::emit(node, &mut out).is_ok().then_some(out)
}

fn first_difference(old: &Node, new: &Node, path: String) -> Option<String> {
    let joined = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (old.value(), new.value()) {
        (Value::Mapping(a), Value::Mapping(b)) => {
            let one_sided = a.iter().find(|entry| b.get(&entry.key.text).is_none());
            let one_sided = one_sided.or_else(|| b.iter().find(|entry| a.get(&entry.key.text).is_none()));
            let below = |entry: &yaml::Entry| first_difference(&entry.value, b.get(&entry.key.text)?, joined(&entry.key.text));
            a.iter().find_map(below).or_else(|| one_sided.map(|entry| joined(&entry.key.text)))
        }
        (Value::Sequence(a), Value::Sequence(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (a, b))| first_difference(a, b, joined(&at.to_string())))
        }
        _ if old.same(new) => None,
        _ => Some(path),
    }
}
