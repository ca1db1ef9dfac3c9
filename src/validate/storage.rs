//! Rules for the kinds of `storage.k8s.io`: classes, drivers, attachments, and capacities.
//!
//! Behavior: `pkg/apis/storage/validation`.

use rustc_hash::FxHashSet;

use super::look::{amount, choice, count, entries, form, int, items, one_of, required_form, required_text, set, text, texts};
use super::selectors::label_selector;
use super::{Findings, Path, Rule, names, persistent_volume};
use crate::yaml::Node;

const GROUP: &str = "storage.k8s.io";

/// Rules for the kinds of `storage.k8s.io`.
pub const RULES: &[Rule] = &[
    Rule { group: GROUP, kinds: &["StorageClass"], check: storage_class },
    Rule { group: GROUP, kinds: &["VolumeAttributesClass"], check: attributes_class },
    Rule { group: GROUP, kinds: &["CSIDriver"], check: driver },
    Rule { group: GROUP, kinds: &["CSINode"], check: csi_node },
    Rule { group: GROUP, kinds: &["VolumeAttachment"], check: attachment },
    Rule { group: GROUP, kinds: &["CSIStorageCapacity"], check: capacity },
];

/// The maximum number of parameters, and their maximum total size in bytes.
const MAX_PARAMETERS: usize = 512;
const MAX_PARAMETER_BYTES: usize = 256 * 1024;

fn provisioner(text: &str) -> Result<(), String> {
    names::qualified(&text.to_lowercase())
}

fn storage_class(node: &Node, out: &mut Findings) {
    let root = Path::ROOT;
    required_form(node, "provisioner", provisioner, &root, out);
    parameters(node, &root, out);
    one_of(node, "reclaimPolicy", &["Delete", "Retain"], &root, out);
    choice(node, "volumeBindingMode", &["Immediate", "WaitForFirstConsumer"], &root, out);
    let list = root.field("allowedTopologies");
    for (at, term) in items(node, "allowedTopologies") {
        let path = list.index(at);
        let list = path.field("matchLabelExpressions");
        let mut keys = FxHashSet::default();
        for (at, expression) in items(term, "matchLabelExpressions") {
            topology(expression, &mut keys, &list.index(at), out);
        }
    }
}

fn topology<'n>(expression: &'n Node, keys: &mut FxHashSet<&'n str>, path: &Path<'_>, out: &mut Findings) {
    let values = path.field("values");
    if count(expression, "values") == 0 {
        out.required(expression, &values, "at least one value is required");
    }
    let mut seen = FxHashSet::default();
    for (at, value, place) in texts(expression, "values") {
        if !seen.insert(value) {
            out.duplicate(place, &values.index(at), format!("`{value}` appears twice"));
        }
    }
    let key = text(expression, "key").map_or("", |(key, _)| key);
    let place = set(expression, "key").unwrap_or(expression);
    if !keys.insert(key) {
        out.duplicate(place, &path.field("key"), format!("the key `{key}` appears twice"));
    }
    if let Err(cause) = names::qualified_name(key) {
        out.invalid(place, &path.field("key"), format!("`{key}` is not a valid key: {cause}"));
    }
}

fn parameters(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("parameters");
    let (mut number, mut size) = (0, 0);
    for entry in entries(node, "parameters") {
        number += 1;
        size += entry.key.text.len() + entry.value.as_scalar().map_or(0, |scalar| scalar.text.len());
        if entry.key.text.is_empty() {
            out.at(entry.key.span(), "invalid-value", "the name of a parameter must not be empty", path.to_string());
        }
    }
    if number > MAX_PARAMETERS || size > MAX_PARAMETER_BYTES {
        let message = format!("must have at most {MAX_PARAMETERS} parameters and be no more than {MAX_PARAMETER_BYTES} bytes");
        out.too_long(set(node, "parameters").unwrap_or(node), &path, message);
    }
}

fn attributes_class(node: &Node, out: &mut Findings) {
    required_form(node, "driverName", provisioner, &Path::ROOT, out);
    if entries(node, "parameters").next().is_none() {
        let place = set(node, "parameters").unwrap_or(node);
        out.required(place, &Path::ROOT.field("parameters"), "at least one parameter is required");
    }
    parameters(node, &Path::ROOT, out);
}

fn driver(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    choice(spec, "fsGroupPolicy", &["None", "File", "ReadWriteOnceWithFSType"], &path, out);
    let modes = path.field("volumeLifecycleModes");
    for (_, mode, place) in texts(spec, "volumeLifecycleModes") {
        if !matches!(mode, "Persistent" | "Ephemeral") {
            out.unsupported(place, &modes, &["Ephemeral", "Persistent"]);
        }
    }
    let list = path.field("tokenRequests");
    let mut audiences = FxHashSet::default();
    for (at, request) in items(spec, "tokenRequests") {
        let path = list.index(at);
        let audience = text(request, "audience").map_or("", |(audience, _)| audience);
        if !audiences.insert(audience) {
            out.duplicate(request, &path.field("audience"), format!("the audience `{audience}` appears twice"));
        }
        if let Some((seconds, place)) =
            int(request, "expirationSeconds").filter(|(seconds, _)| !(600..=1 << 32).contains(seconds))
        {
            out.invalid(
                place,
                &path.field("expirationSeconds"),
                format!("`expirationSeconds` must be between 600 and 2^32, found {seconds}"),
            );
        }
    }
    if let Some((seconds, place)) = int(spec, "nodeAllocatableUpdatePeriodSeconds").filter(|(seconds, _)| *seconds < 10) {
        out.invalid(
            place,
            &path.field("nodeAllocatableUpdatePeriodSeconds"),
            format!("`nodeAllocatableUpdatePeriodSeconds` must be at least 10, found {seconds}"),
        );
    }
}

fn csi_node(node: &Node, out: &mut Findings) {
    let Some(spec) = set(node, "spec") else { return };
    let path = Path::ROOT.field("spec");
    let list = path.field("drivers");
    let mut seen = FxHashSet::default();
    for (at, driver) in items(spec, "drivers") {
        let path = list.index(at);
        required_form(driver, "name", names::driver_name, &path, out);
        if let Some((name, place)) = text(driver, "name").filter(|(name, _)| !seen.insert(*name)) {
            out.duplicate(place, &path.field("name"), format!("the driver `{name}` appears twice"));
        }
        required_text(driver, "nodeID", &path, out);
        if let Some(allocatable) = set(driver, "allocatable") {
            super::look::not_negative(allocatable, "count", &path.field("allocatable"), out);
        }
        let keys = path.field("topologyKeys");
        let mut found = FxHashSet::default();
        for (_, key, place) in texts(driver, "topologyKeys") {
            if let Err(cause) = names::qualified_name(key) {
                out.invalid(place, &keys, format!("`{key}` is not a valid key: {cause}"));
            }
            if !found.insert(key) {
                out.duplicate(place, &keys, format!("the key `{key}` appears twice"));
            }
        }
    }
}

fn attachment(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let spec = set(node, "spec").unwrap_or(node);
    required_form(spec, "attacher", names::driver_name, &path, out);
    required_text(spec, "nodeName", &path, out);
    let path = path.field("source");
    let source = set(spec, "source").unwrap_or(spec);
    match (set(source, "inlineVolumeSpec"), set(source, "persistentVolumeName")) {
        (None, None) => out.required(source, &path, "one of `inlineVolumeSpec` or `persistentVolumeName` is required"),
        (Some(_), Some(second)) => {
            out.forbidden(second, &path, "`inlineVolumeSpec` and `persistentVolumeName` are mutually exclusive");
        }
        (None, Some(_)) => form(source, "persistentVolumeName", names::dns_subdomain, &path, out),
        (Some(inline), None) => persistent_volume::spec(inline, &path.field("inlineVolumeSpec"), out),
    }
}

fn capacity(node: &Node, out: &mut Findings) {
    let root = Path::ROOT;
    required_form(node, "storageClassName", names::dns_subdomain, &root, out);
    if let Some(selector) = set(node, "nodeTopology") {
        label_selector(selector, &root.field("nodeTopology"), out);
    }
    for field in ["capacity", "maximumVolumeSize"] {
        if let Some(place) = set(node, field).filter(|value| amount(value).is_some_and(|value| value < 0.0)) {
            out.invalid(place, &root.field(field), format!("`{field}` must not be negative"));
        }
    }
}
