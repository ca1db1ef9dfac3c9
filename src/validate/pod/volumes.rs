//! Volumes: one source each, and the fields of that source.

use rustc_hash::FxHashSet;

use super::env::{VOLUME_FIELDS, config_key, field_ref, resource_field_ref};
use crate::validate::look::{self, Unique, in_range, items, one_of, required_text, set, text};
use crate::validate::selectors::label_selector;
use crate::validate::{Findings, Path, names, quantity};
use crate::yaml::Node;

/// Checks the volumes of a pod and returns their names.
pub fn check<'n>(spec: &'n Node, path: &Path<'_>, out: &mut Findings) -> FxHashSet<&'n str> {
    let list = path.field("volumes");
    let mut found = FxHashSet::default();
    let mut unique = Unique::default();
    for (at, volume) in items(spec, "volumes") {
        let path = list.index(at);
        if let Some((name, node)) = required_text(volume, "name", &path, out) {
            if let Err(cause) = names::dns_label(name) {
                out.invalid(node, &path.field("name"), format!("`{name}` {cause}"));
            }
            unique.add(name, node, &path.field("name"), out);
            found.insert(name);
        }
        source(volume, &path, out);
    }
    found
}

fn source(volume: &Node, path: &Path<'_>, out: &mut Findings) {
    let sources: Vec<_> =
        volume.as_mapping().into_iter().flatten().filter(|entry| entry.key.text != "name" && !entry.value.is_null()).collect();
    if let [_, second, ..] = sources.as_slice() {
        let path = path.field(&second.key.text);
        out.forbidden(&second.value, &path, "a volume can't have more than one source");
    }
    for entry in sources {
        let (node, kind) = (&entry.value, entry.key.text.as_str());
        volume_source(node, kind, &path.field(kind), out);
    }
}

fn volume_source(node: &Node, kind: &str, path: &Path<'_>, out: &mut Findings) {
    let mut needs = |fields: &[&str]| {
        for field in fields {
            required_text(node, field, path, out);
        }
    };
    match kind {
        "hostPath" => {
            needs(&["path"]);
            no_dots(node, "path", path, out);
            let types = ["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];
            one_of(node, "type", &types, path, out);
        }
        "secret" => {
            needs(&["secretName"]);
            key_items(node, path, out);
        }
        "configMap" => {
            needs(&["name"]);
            key_items(node, path, out);
        }
        "persistentVolumeClaim" => needs(&["claimName"]),
        "nfs" => {
            needs(&["server", "path"]);
            if let Some((found, place)) = text(node, "path").filter(|(found, _)| !found.starts_with('/')) {
                out.invalid(place, &path.field("path"), format!("`{found}` must be an absolute path"));
            }
        }
        "csi" => needs(&["driver"]),
        "gitRepo" => needs(&["repository"]),
        "awsElasticBlockStore" => needs(&["volumeID"]),
        "gcePersistentDisk" => needs(&["pdName"]),
        "azureFile" => needs(&["secretName", "shareName"]),
        "azureDisk" => needs(&["diskName", "diskURI"]),
        "cephfs" => {
            if items(node, "monitors").next().is_none() {
                out.required(node, &path.field("monitors"), "`monitors` is missing");
            }
        }
        "rbd" => {
            if items(node, "monitors").next().is_none() {
                out.required(node, &path.field("monitors"), "`monitors` is missing");
            }
            required_text(node, "image", path, out);
        }
        "glusterfs" => needs(&["endpoints", "path"]),
        "cinder" => needs(&["volumeID"]),
        "flexVolume" => needs(&["driver"]),
        "iscsi" => needs(&["targetPortal", "iqn"]),
        "portworxVolume" => needs(&["volumeID"]),
        "vsphereVolume" => needs(&["volumePath"]),
        "image" => {
            needs(&["reference"]);
            one_of(node, "pullPolicy", &["Always", "IfNotPresent", "Never"], path, out);
        }
        "emptyDir" => size_limit(node, path, out),
        "downwardAPI" => {
            mode(node, "defaultMode", path, out);
            downward_items(node, path, out);
        }
        "projected" => projected(node, path, out),
        "ephemeral" => ephemeral(node, path, out),
        _ => {}
    }
}

fn no_dots(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, place)) = text(node, field).filter(|(found, _)| found.split('/').any(|part| part == "..")) {
        out.invalid(place, &path.field(field), format!("`{found}` must not hold `..`"));
    }
}

fn relative(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some((found, place)) = required_text(node, "path", path, out) else { return };
    if found.starts_with('/') {
        out.invalid(place, &path.field("path"), "the path must be relative");
    } else if found.split('/').any(|part| part == "..") || found.starts_with("..") {
        out.invalid(place, &path.field("path"), "the path must not hold `..`");
    }
}

fn size_limit(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(limit) = set(node, "sizeLimit") {
        if limit.as_scalar().and_then(|scalar| quantity::parse(&scalar.text)).is_some_and(|value| value < 0.0) {
            out.forbidden(limit, &path.field("sizeLimit"), "the limit is negative");
        }
    }
}

fn mode(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    in_range(node, field, 0..=0o777, path, out);
}

fn key_items(node: &Node, path: &Path<'_>, out: &mut Findings) {
    mode(node, "defaultMode", path, out);
    let list = path.field("items");
    for (at, item) in items(node, "items") {
        let path = list.index(at);
        if let Some((key, place)) = required_text(item, "key", &path, out) {
            if let Err(cause) = config_key(key) {
                let _ = (cause, place);
            }
        }
        relative(item, &path, out);
        mode(item, "mode", &path, out);
    }
}

fn downward_items(node: &Node, path: &Path<'_>, out: &mut Findings) {
    for (_, item) in items(node, "items") {
        relative(item, path, out);
        mode(item, "mode", path, out);
        match (set(item, "fieldRef"), set(item, "resourceFieldRef")) {
            (Some(_), Some(_)) => out.invalid(item, path, "`fieldRef` and `resourceFieldRef` exclude each other"),
            (Some(field), None) => field_ref(field, VOLUME_FIELDS, &path.field("fieldRef"), out),
            (None, Some(field)) => resource_field_ref(field, true, &path.field("resourceFieldRef"), out),
            (None, None) => out.required(item, &path.field("fieldRef"), "one of `fieldRef` and `resourceFieldRef` is needed"),
        }
    }
}

fn projected(node: &Node, path: &Path<'_>, out: &mut Findings) {
    mode(node, "defaultMode", path, out);
    let list = path.field("sources");
    for (at, source) in items(node, "sources") {
        let path = list.index(at);
        let kinds = ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];
        let given: Vec<&str> = kinds.into_iter().filter(|kind| set(source, kind).is_some()).collect();
        if let [_, second, ..] = given.as_slice() {
            out.forbidden(set(source, second).unwrap_or(source), &path.field(second), "a source can't be of more than one kind");
        }
        for kind in ["secret", "configMap"] {
            if let Some(found) = set(source, kind) {
                required_text(found, "name", &path.field(kind), out);
                key_items(found, &path.field(kind), out);
            }
        }
        if let Some(found) = set(source, "downwardAPI") {
            downward_items(found, &path.field("downwardAPI"), out);
        }
        if let Some(found) = set(source, "serviceAccountToken") {
            let path = path.field("serviceAccountToken");
            relative(found, &path, out);
            if look::int(found, "expirationSeconds").is_some_and(|(seconds, _)| seconds < 600) {
                out.invalid(
                    set(found, "expirationSeconds").unwrap_or(found),
                    &path.field("expirationSeconds"),
                    "must be at least 600 (ten minutes)",
                );
            }
        }
    }
}

fn ephemeral(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("volumeClaimTemplate");
    match set(node, "volumeClaimTemplate") {
        None => out.required(node, &path, "`volumeClaimTemplate` is missing"),
        Some(template) => claim_spec(set(template, "spec").unwrap_or(template), &path.field("spec"), out),
    }
}

/// Checks the spec of a volume claim.
pub fn claim_spec(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("accessModes");
    if items(spec, "accessModes").next().is_none() {
        out.required(set(spec, "accessModes").unwrap_or(spec), &list, "at least one access mode is needed");
    }
    const MODES: &[&str] = &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];
    for (_, mode) in items(spec, "accessModes") {
        if !look::as_text(mode).is_some_and(|mode| MODES.contains(&mode)) {
            out.unsupported(mode, &list, MODES);
        }
    }
    if let Some(selector) = set(spec, "selector") {
        label_selector(selector, &path.field("selector"), out);
    }
    let requests = path.field("resources");
    let requests = requests.field("requests");
    match spec.at_path(&["resources", "requests", "storage"]).filter(|storage| !storage.is_null()) {
        None => {
            let key = requests.key("storage");
            out.required(set(spec, "resources").unwrap_or(spec), &key, "the size is missing: `resources.requests.storage`");
        }
        Some(storage) => {
            if storage.as_scalar().and_then(|scalar| quantity::parse(&scalar.text)).is_some_and(|value| value <= 0.0) {
                out.invalid(storage, &requests.key("storage"), "the size must be more than 0");
            }
        }
    }
    one_of(spec, "volumeMode", &["Block", "Filesystem"], path, out);
    look::form(spec, "storageClassName", names::dns_subdomain, path, out);
    if let Some(source) = set(spec, "dataSource") {
        let path = path.field("dataSource");
        required_text(source, "kind", &path, out);
        required_text(source, "name", &path, out);
    }
}
