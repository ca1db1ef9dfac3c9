//! The object is too large for `kubectl apply` without `--server-side`.
//!
//! kubectl stores the applied object as JSON in an annotation, and the annotations of an object must not exceed 262,144 bytes. Use
//! `kubectl apply --server-side`, `kubectl create`, or `kubectl replace`; in Argo CD, set the option `ServerSideApply=true`. Flux applies
//! on the server. If the object is never applied with kubectl, silence the finding with an annotation on it,
//! `ignore-check.render.dev/too-large-to-apply: Flux applies it`, or with an entry under `silence` in `.render.yaml`.

use super::set::Object;
use super::{Lint, Reporter, Set};
use crate::validate::look::entries;
use crate::yaml::{Node, json};

/// The lint.
pub const LINT: Lint = Lint { code: "too-large-to-apply", file: include_str!("too_large_to_apply.rs"), check };

/// The maximum size of all annotations of an object, in bytes.
const ANNOTATIONS: usize = 256 << 10;

/// The annotation with the copy.
const COPY: &str = "kubectl.kubernetes.io/last-applied-configuration";

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for object in &set.objects {
        let Some(size) = annotations_after_apply(object).filter(|size| *size > ANNOTATIONS) else { continue };
        let name = object.node.at_path(&["metadata", "name"]).unwrap_or(object.node);
        let limit = format!("which allows {ANNOTATIONS}");
        let message = format!("with {size} bytes in annotations, the object is too large for `kubectl apply`, {limit}");
        let help = "apply it with `kubectl apply --server-side`, which does not store a copy of the object in its annotations";
        out.warn(object, name, "metadata.annotations", message, help);
    }
}

/// The size of all annotations after `kubectl apply`; `None` if the object is small or is applied differently.
fn annotations_after_apply(object: &Object<'_>) -> Option<usize> {
    // In JSON, a character takes at most six bytes.
    if weight(object.node) * 6 < ANNOTATIONS {
        return None;
    }
    let annotations = || object.node.get("metadata").into_iter().flat_map(|metadata| entries(metadata, "annotations"));
    let pairs = || annotations().map(|entry| (entry.key.text.as_str(), entry.value.as_text().map_or("", |text| text.as_str())));
    let by_server =
        |options: &str| options.split(',').any(|option| matches!(option.trim(), "ServerSideApply=true" | "Replace=true"));
    if pairs().any(|(key, value)| key == "argocd.argoproj.io/sync-options" && by_server(value)) {
        return None;
    }
    let others = pairs().filter(|(key, _)| *key != COPY).map(|(key, value)| key.len() + value.len()).sum::<usize>();
    let copy = json::print(object.node, false)?.len() + 1 + COPY.len();
    // If its own annotations are too large, no server accepts it.
    (others <= ANNOTATIONS).then_some(copy + others)
}

/// At least the number of characters of an object in JSON, without escapes.
fn weight(node: &Node) -> usize {
    if let Some(scalar) = node.as_scalar() {
        return scalar.text.len() + 8;
    }
    let entries = node.as_mapping().into_iter().flatten().map(|entry| entry.key.text.len() + 4 + weight(&entry.value));
    let items = node.as_sequence().unwrap_or_default().iter().map(|item| weight(item) + 2);
    entries.sum::<usize>() + items.sum::<usize>() + 2
}
