//! Files that come from ConfigMaps, Secrets, the pod itself and tokens: items, downward and projected volumes.

use super::env::{VOLUME_FIELDS, field_ref, resource_field_ref};
use crate::validate::look::{self, Unique, in_range, items, required_text, set, text};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

/// `defaultMode` and `items` of a ConfigMap or Secret.
pub fn key_items(node: &Node, path: &Path<'_>, out: &mut Findings) {
    mode(node, "defaultMode", path, out);
    let list = path.field("items");
    for (at, item) in items(node, "items") {
        let path = list.index(at);
        required_text(item, "key", &path, out);
        relative(item, &path, out);
        mode(item, "mode", &path, out);
    }
}

/// A downward volume.
pub fn down(node: &Node, path: &Path<'_>, out: &mut Findings) {
    mode(node, "defaultMode", path, out);
    downward_items(node, path, out);
}

/// The files of a downward volume. The server tells no indices here.
fn downward_items(node: &Node, path: &Path<'_>, out: &mut Findings) {
    for (_, item) in items(node, "items") {
        relative(item, path, out);
        mode(item, "mode", path, out);
        let (field, resource) = (set(item, "fieldRef"), set(item, "resourceFieldRef"));
        match (field, resource) {
            (Some(_), Some(_)) => out.invalid(item, path, "`fieldRef` and `resourceFieldRef` exclude each other"),
            (None, None) => out.required(item, path, "one of `fieldRef` and `resourceFieldRef` is needed"),
            _ => {}
        }
        match (field, resource) {
            (Some(field), _) => field_ref(field, VOLUME_FIELDS, &path.field("fieldRef"), out),
            (None, Some(resource)) => resource_field_ref(resource, true, &path.field("resourceFieldRef"), out),
            (None, None) => {}
        }
    }
}

/// A projected volume: several sources in one directory.
pub fn projected(node: &Node, path: &Path<'_>, out: &mut Findings) {
    mode(node, "defaultMode", path, out);
    let list = path.field("sources");
    let mut files = Files { seen: Unique::default() };
    for (at, source) in items(node, "sources") {
        let source_path = list.index(at);
        let kinds = ["secret", "configMap", "downwardAPI", "serviceAccountToken"];
        if kinds.into_iter().filter(|kind| set(source, kind).is_some()).count() > 1 {
            out.forbidden(source, &source_path, "a source can't be of more than one kind");
        }
        for kind in ["secret", "configMap"] {
            if let Some(found) = set(source, kind) {
                required_text(found, "name", &source_path.field(kind), out);
                key_items(found, &source_path.field(kind), out);
                files.add(found, path, out);
            }
        }
        if let Some(found) = set(source, "downwardAPI") {
            downward_items(found, &source_path.field("downwardAPI"), out);
            files.add(found, path, out);
        }
        if let Some(found) = set(source, "serviceAccountToken") {
            token(found, path, &source_path.field("serviceAccountToken"), out);
        }
    }
}

/// Paths of files, each of which only one source may write.
struct Files<'n> {
    seen: Unique<'n>,
}

impl<'n> Files<'n> {
    fn add(&mut self, source: &'n Node, path: &Path<'_>, out: &mut Findings) {
        for (_, item) in items(source, "items") {
            if let Some((file, place)) = text(item, "path")
                && !self.seen.insert(file)
            {
                out.invalid(place, path, format!("two sources write the file `{file}`"));
            }
        }
    }
}

/// A token of the pod's service account. The server tells a wrong path at the volume.
fn token(node: &Node, volume: &Path<'_>, path: &Path<'_>, out: &mut Findings) {
    relative(node, volume, out);
    let path = path.field("expirationSeconds");
    match look::int(node, "expirationSeconds") {
        Some((seconds, place)) if seconds < 600 => out.invalid(place, &path, "must be at least 600 (ten minutes)"),
        Some((seconds, place)) if seconds > 1 << 32 => out.invalid(place, &path, "must be at most 2^32"),
        _ => {}
    }
}

/// `path` of a file: relative, and not upwards.
fn relative(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some((found, place)) = required_text(node, "path", path, out) else { return };
    let path = path.field("path");
    if found.starts_with('/') {
        out.invalid(place, &path, format!("the path `{found}` must be relative"));
    }
    if found.split('/').any(|part| part == "..") {
        out.invalid(place, &path, format!("the path `{found}` must not hold `..`"));
    } else if found.starts_with("..") {
        out.invalid(place, &path, format!("the path `{found}` must not begin with `..`"));
    }
}

/// A mode of files: `0` to `0777`.
fn mode(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    in_range(node, field, 0..=0o777, path, out);
}
