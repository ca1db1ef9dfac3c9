//! Rules for PersistentVolumes: capacity, source, and node affinity.
//!
//! Behavior: `ValidatePersistentVolumeSpec` in `pkg/apis/core/validation`. [`SOURCES`] is in the server's order: of two sources
//! it rejects the later one.

use super::look::{amount, choice, count, entries, form, int, one_of, required_form, required_text, set, text};
use super::selectors::node_selector;
use super::volume_claim::access_modes;
use super::{Findings, Path, Rule, names};
use crate::yaml::Node;

/// Rules for PersistentVolumes.
pub const RULES: &[Rule] = &[Rule { group: "", kinds: &["PersistentVolume"], check: persistent_volume }];

/// Sources and their required strings.
const SOURCES: &[(&str, &[&str])] = &[
    ("hostPath", &["path"]),
    ("gcePersistentDisk", &["pdName"]),
    ("awsElasticBlockStore", &["volumeID"]),
    ("glusterfs", &["endpoints", "path"]),
    ("flocker", &[]),
    ("nfs", &["server", "path"]),
    ("rbd", &["image"]),
    ("quobyte", &["registry", "volume"]),
    ("cephfs", &[]),
    ("iscsi", &["targetPortal", "iqn"]),
    ("cinder", &["volumeID"]),
    ("fc", &[]),
    ("flexVolume", &["driver"]),
    ("azureFile", &["secretName", "shareName"]),
    ("vsphereVolume", &["volumePath"]),
    ("photonPersistentDisk", &["pdID"]),
    ("portworxVolume", &["volumeID"]),
    ("azureDisk", &["diskName", "diskURI"]),
    ("scaleIO", &["gateway", "system", "volumeName"]),
    ("local", &["path"]),
    ("storageos", &[]),
    ("csi", &["driver", "volumeHandle"]),
];

fn persistent_volume(node: &Node, out: &mut Findings) {
    spec(set(node, "spec").unwrap_or(node), &Path::ROOT.field("spec"), out);
}

/// Checks the spec of a volume.
pub fn spec(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    access_modes(spec, "at least one access mode is required", path, out);
    capacity(spec, path, out);
    one_of(spec, "persistentVolumeReclaimPolicy", &["Delete", "Recycle", "Retain"], path, out);
    node_affinity(spec, path, out);
    source(spec, path, out);
    form(spec, "storageClassName", names::dns_subdomain, path, out);
    choice(spec, "volumeMode", &["Block", "Filesystem"], path, out);
    if set(spec, "volumeAttributesClassName").is_some() {
        required_form(spec, "volumeAttributesClassName", names::dns_subdomain, path, out);
        if set(spec, "csi").is_none() {
            out.required(spec, &path.field("csi"), "`volumeAttributesClassName` requires the source `csi`");
        }
    }
}

fn capacity(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("capacity");
    let given = set(spec, "capacity").filter(|_| entries(spec, "capacity").next().is_some());
    let Some(given) = given else {
        return out.required(set(spec, "capacity").unwrap_or(spec), &path, "`capacity.storage` is required");
    };
    for entry in entries(spec, "capacity") {
        let name = entry.key.text.as_str();
        if name != "storage" {
            let message = format!("`{name}` is not supported; the only capacity is `storage`");
            out.at(entry.key.span(), "unsupported-value", message, path.to_string());
        }
        if amount(&entry.value).is_some_and(|value| value <= 0.0) {
            out.invalid(&entry.value, &path.key(name), "the capacity must be greater than 0");
        }
    }
    if given.get("storage").is_none() {
        out.required(given, &path, "`capacity.storage` is required");
    }
}

fn node_affinity(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(affinity) = set(spec, "nodeAffinity") else { return };
    let path = path.field("nodeAffinity");
    let path = path.field("required");
    let Some(required) = set(affinity, "required") else {
        return out.required(affinity, &path, "`required` is required");
    };
    node_selector(required, &path, out);
}

fn source(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let mut given = SOURCES.iter().filter_map(|(field, needs)| Some((*field, *needs, set(spec, field)?)));
    let Some((field, needs, first)) = given.next() else {
        return out.required(spec, path, "a volume source is required, such as `csi` or `nfs`");
    };
    for (field, _, place) in given {
        out.forbidden(place, &path.field(field), "a volume must not have more than one source");
    }
    // In its errors the server uses another name for this source.
    let path_of_source = path.field(if field == "gcePersistentDisk" { "persistentDisk" } else { field });
    for needed in needs {
        required_text(first, needed, &path_of_source, out);
    }
    match field {
        "hostPath" => {
            no_backsteps(first, "path", &path_of_source, out);
            let types = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
            choice(first, "type", &types, &path_of_source, out);
            let recycled = text(spec, "persistentVolumeReclaimPolicy").filter(|(policy, _)| *policy == "Recycle");
            let is_root = text(first, "path").is_some_and(|(path, _)| path.split('/').all(|part| part.is_empty() || part == "."));
            if let Some((_, place)) = recycled.filter(|_| is_root) {
                out.forbidden(
                    place,
                    &path.field("persistentVolumeReclaimPolicy"),
                    "the policy `Recycle` is not allowed for the path `/`",
                );
            }
        }
        "nfs" => {
            if let Some((found, place)) = text(first, "path").filter(|(found, _)| !found.starts_with('/')) {
                out.invalid(place, &path_of_source.field("path"), format!("`{found}` must be an absolute path"));
            }
        }
        "local" => {
            no_backsteps(first, "path", &path_of_source, out);
            if set(spec, "nodeAffinity").is_none() {
                out.required(spec, &path.field("nodeAffinity"), "a local volume requires `nodeAffinity`");
            }
        }
        "csi" => csi(first, &path_of_source, out),
        "cephfs" | "rbd" if count(first, "monitors") == 0 => {
            out.required(first, &path_of_source.field("monitors"), "`monitors` is required");
        }
        _ => {}
    }
    let partitioned = matches!(field, "gcePersistentDisk" | "awsElasticBlockStore");
    if let Some((number, place)) = int(first, "partition").filter(|(number, _)| partitioned && !(0..=255).contains(number)) {
        out.invalid(place, &path_of_source.field("partition"), format!("`partition` must be between 0 and 255, found {number}"));
    }
}

fn no_backsteps(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, place)) = text(node, field).filter(|(found, _)| found.split('/').any(|part| part == "..")) {
        out.invalid(place, &path.field(field), format!("`{found}` must not contain `..`"));
    }
}

fn csi(source: &Node, path: &Path<'_>, out: &mut Findings) {
    form(source, "driver", names::driver_name, path, out);
    let references = ["controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"];
    for field in references {
        if let Some(reference) = set(source, field) {
            let path = path.field(field);
            required_text(reference, "name", &path, out);
            required_text(reference, "namespace", &path, out);
        }
    }
}
