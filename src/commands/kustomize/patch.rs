//! The patch that the flags of `edit add patch` and `edit remove patch` describe.
//!
//! Behavior: kustomize's `types.Patch` and its `Equals`.

use serde_json::{Map, Value};

use crate::go_cli::Call;

/// The flags of the target, and the fields that they set.
const TARGET: [(&str, &str); 7] = [
    ("group", "group"),
    ("version", "version"),
    ("kind", "kind"),
    ("name", "name"),
    ("namespace", "namespace"),
    ("annotation-selector", "annotationSelector"),
    ("label-selector", "labelSelector"),
];

/// The patch of the command line. Without a flag for the target, it has none.
pub fn from_flags(call: &Call) -> Map<String, Value> {
    let fields = |pairs: &[(&str, &str)]| -> Map<String, Value> {
        let given = pairs.iter().filter(|(flag, _)| !call.text(flag).is_empty());
        given.map(|(flag, field)| ((*field).to_owned(), Value::from(call.text(flag)))).collect()
    };
    let mut patch = fields(&[("path", "path"), ("patch", "patch")]);
    let target = fields(&TARGET);
    if !target.is_empty() {
        patch.insert("target".to_owned(), Value::Object(target));
    }
    patch
}

/// Whether an item of the file is the same patch. Targets and options that are empty differ from those that are absent.
pub fn is_same(item: &Value, patch: &Map<String, Value>) -> bool {
    let part = |field: &str| item.get(field).filter(|value| !value.is_null());
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let same = |field: &str| text(part(field)) == text(patch.get(field));
    let same_target = match (part("target"), patch.get("target")) {
        (None, None) => true,
        (Some(one), Some(other)) => TARGET.iter().all(|(_, field)| text(one.get(field)) == text(other.get(field))),
        _ => false,
    };
    same("path") && same("patch") && same_target && part("options").is_none()
}
