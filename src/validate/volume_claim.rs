//! Rules for PersistentVolumeClaims, and for the same spec in claim templates.
//!
//! Behavior: `ValidatePersistentVolumeClaimSpec` in `pkg/apis/core/validation`.

use super::look::{amount, as_text, choice, count, form, items, required_text, set, text, texts};
use super::selectors::label_selector;
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

/// Rules for PersistentVolumeClaims.
pub const RULES: &[Rule] = &[Rule { group: "", kinds: &["PersistentVolumeClaim"], check: volume_claim }];

const MODES: &[&str] = &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

fn volume_claim(node: &Node, out: &mut Findings) {
    spec(set(node, "spec").unwrap_or(node), false, &Path::ROOT.field("spec"), out);
}

/// Checks the spec of a claim or of a claim template.
pub fn spec(spec: &Node, is_template: bool, path: &Path<'_>, out: &mut Findings) {
    access_modes(spec, "at least one access mode is required", path, out);
    if let Some(selector) = set(spec, "selector") {
        label_selector(selector, &path.field("selector"), out);
    }
    let resources = path.field("resources");
    let size = resources.key("storage");
    match spec.at_path(&["resources", "requests", "storage"]) {
        None => {
            let place = set(spec, "resources").unwrap_or(spec);
            out.required(place, &size, "`resources.requests.storage` is required");
        }
        Some(storage) if amount(storage).is_some_and(|value| value <= 0.0) => {
            out.invalid(storage, &size, "the size must be greater than 0");
        }
        Some(_) => {}
    }
    form(spec, "storageClassName", names::dns_subdomain, path, out);
    choice(spec, "volumeMode", &["Block", "Filesystem"], path, out);
    form(spec, "volumeAttributesClassName", names::dns_subdomain, path, out);
    // The server drops unknown sources of claims, but rejects them in templates.
    if let Some(source) = set(spec, "dataSource").filter(|source| is_template || is_known_source(source)) {
        data_source(source, &path.field("dataSource"), out);
    }
    if let Some(source) = set(spec, "dataSourceRef") {
        data_source(source, &path.field("dataSourceRef"), out);
    }
}

/// Checks `accessModes` of a claim or volume; `missing` is the message for an empty list.
pub fn access_modes(spec: &Node, missing: &str, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("accessModes");
    if count(spec, "accessModes") == 0 {
        out.required(set(spec, "accessModes").unwrap_or(spec), &path, missing);
    }
    for (_, mode, place) in texts(spec, "accessModes") {
        if !MODES.contains(&mode) {
            out.unsupported(place, &path, MODES);
        }
    }
    let alone = items(spec, "accessModes").find(|(_, mode)| as_text(mode) == Some("ReadWriteOncePod"));
    if let Some((_, place)) = alone.filter(|_| texts(spec, "accessModes").any(|(_, mode, _)| mode != "ReadWriteOncePod")) {
        out.forbidden(place, &path, "`ReadWriteOncePod` is not allowed together with other access modes");
    }
}

fn is_known_source(source: &Node) -> bool {
    let field = |field| text(source, field).map_or("", |(found, _)| found);
    matches!((field("apiGroup"), field("kind")), ("", "PersistentVolumeClaim") | ("snapshot.storage.k8s.io", "VolumeSnapshot"))
}

fn data_source(source: &Node, path: &Path<'_>, out: &mut Findings) {
    required_text(source, "name", path, out);
    let kind = required_text(source, "kind", path, out);
    form(source, "apiGroup", names::dns_subdomain, path, out);
    if let Some((kind, place)) = kind.filter(|(kind, _)| *kind != "PersistentVolumeClaim")
        && text(source, "apiGroup").is_none()
    {
        out.invalid(place, path, format!("`{kind}` requires `apiGroup`; without it, `kind` must be `PersistentVolumeClaim`"));
    }
}
