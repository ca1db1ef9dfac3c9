//! Replaces the values of a Secret by short digests: a change is visible, the value is not.

use sha2::{Digest, Sha256};

use super::mask::MASKED;
use crate::confidential::Copies;
use crate::yaml::{Node, Scalar, Value};

/// The fields of a Secret that contain its values.
const FIELDS: [&str; 2] = ["data", "stringData"];

/// This annotation contains a copy of the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Replaces the values of a Secret by digests; other objects are not changed.
pub fn hide(node: &mut Node) {
    if node.get("kind").and_then(Node::as_str) != Some("Secret") {
        return;
    }
    for field in FIELDS {
        if let Some(values) = node.get_mut(field) {
            hide_values(values);
        }
    }
    if let Some(copy) = node.at_path_mut(&["metadata", "annotations", LAST_APPLIED]) {
        hide_values(copy);
    }
}

/// Replaces values that were copied from a Secret by digests.
pub fn hide_copies(node: &mut Node, copies: &Copies<'_>) {
    if copies.contain(node) {
        hide_values(node);
    }
    node.items_mut().into_iter().flatten().for_each(|item| hide_copies(item, copies));
    let entries = node.as_mapping_mut().into_iter().flat_map(|mapping| mapping.iter_mut());
    entries.for_each(|entry| hide_copies(&mut entry.value, copies));
}

fn hide_values(node: &mut Node) {
    match node.value() {
        // A mask replaced the value before.
        Value::Scalar(scalar) if scalar.text == MASKED => {}
        Value::Scalar(scalar) => {
            let text = digest(&scalar.text);
            node.respell(Scalar::string(text));
        }
        Value::Sequence(_) => node.items_mut().into_iter().flatten().for_each(hide_values),
        Value::Mapping(_) => {
            node.as_mapping_mut()
                .into_iter()
                .flat_map(|mapping| mapping.iter_mut())
                .for_each(|entry| hide_values(&mut entry.value));
        }
    }
}

/// The form that earlier versions wrote for a masked value of a Secret.
pub fn former_mask() -> String {
    digest(MASKED)
}

/// The first digits of the value's SHA-256 digest.
fn digest(text: &str) -> String {
    let start: String = Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("<secret sha256:{start}>")
}
