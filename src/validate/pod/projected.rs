//! Rules for files from ConfigMaps, Secrets, the downward API, and tokens: `items`, and projected volumes.

use super::env::{VOLUME_FIELDS, field_ref, resource_field_ref};
use crate::validate::look::{self, Unique, items, required_text, set, text};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

/// Checks `defaultMode` and `items` of a ConfigMap or Secret volume.
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

/// Checks a downward API volume.
pub fn down(node: &Node, path: &Path<'_>, out: &mut Findings) {
    mode(node, "defaultMode", path, out);
    downward_items(node, path, out);
}

/// Checks the files of a downward API volume. The server reports errors in them without indices.
fn downward_items(node: &Node, path: &Path<'_>, out: &mut Findings) {
    for (_, item) in items(node, "items") {
        relative(item, path, out);
        mode(item, "mode", path, out);
        let (field, resource) = (set(item, "fieldRef"), set(item, "resourceFieldRef"));
        match (field, resource) {
            (Some(_), Some(_)) => out.invalid(item, path, "`fieldRef` and `resourceFieldRef` are mutually exclusive"),
            (None, None) => out.required(item, path, "one of `fieldRef` or `resourceFieldRef` is required"),
            _ => {}
        }
        match (field, resource) {
            (Some(field), _) => field_ref(field, VOLUME_FIELDS, &path.field("fieldRef"), out),
            (None, Some(resource)) => resource_field_ref(resource, true, &path.field("resourceFieldRef"), out),
            (None, None) => {}
        }
    }
}

/// Checks a projected volume: several sources in one directory.
pub fn projected(node: &Node, path: &Path<'_>, out: &mut Findings) {
    mode(node, "defaultMode", path, out);
    let list = path.field("sources");
    let mut files = Files { seen: Unique::default() };
    for (at, source) in items(node, "sources") {
        let source_path = list.index(at);
        let kinds = ["secret", "configMap", "downwardAPI", "serviceAccountToken"];
        if kinds.into_iter().filter(|kind| set(source, kind).is_some()).count() > 1 {
            out.forbidden(source, &source_path, "a source must not have more than one type");
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

/// Paths of files, each of which only one source can write.
struct Files<'n> {
    seen: Unique<'n>,
}

impl<'n> Files<'n> {
    fn add(&mut self, source: &'n Node, path: &Path<'_>, out: &mut Findings) {
        for (_, item) in items(source, "items") {
            if let Some((file, place)) = text(item, "path")
                && !self.seen.insert(file)
            {
                out.invalid(place, path, format!("the path `{file}` is used by two sources"));
            }
        }
    }
}

/// Checks a service account token. The server reports an error in its path at the volume.
fn token(node: &Node, volume: &Path<'_>, path: &Path<'_>, out: &mut Findings) {
    relative(node, volume, out);
    let path = path.field("expirationSeconds");
    let found = look::int(node, "expirationSeconds").filter(|(seconds, _)| !(600..=1 << 32).contains(seconds));
    if let Some((seconds, place)) = found {
        out.invalid(place, &path, format!("`expirationSeconds` must be between 600 and 2^32, found {seconds}"));
    }
}

/// Checks `path` of a file, which must be relative and must not contain `..`.
fn relative(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some((found, place)) = required_text(node, "path", path, out) else { return };
    let path = path.field("path");
    if found.starts_with('/') {
        out.invalid(place, &path, format!("the path `{found}` must be relative"));
    }
    if found.split('/').any(|part| part == "..") {
        out.invalid(place, &path, format!("the path `{found}` must not contain `..`"));
    } else if found.starts_with("..") {
        out.invalid(place, &path, format!("the path `{found}` must not start with `..`"));
    }
}

/// Checks a file mode: `0` to `0777`.
fn mode(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, place)) = look::int(node, field).filter(|(found, _)| !(0..=0o777).contains(found)) {
        out.invalid(place, &path.field(field), format!("`{field}` must be between 0 and 511 (octal 0777), found {found}"));
    }
}
