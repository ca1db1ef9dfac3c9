//! Environment variables and where their values come from.

use crate::validate::look::{items, required_text, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

const SOURCES: [&str; 5] = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

/// Checks `env` and `envFrom` of a container.
pub fn check(container: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("env");
    for (at, variable) in items(container, "env") {
        let path = list.index(at);
        match text(variable, "name") {
            None => out.required(set(variable, "name").unwrap_or(variable), &path.field("name"), "`name` is missing"),
            Some((name, node)) if !name.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'=') => {
                out.invalid(
                    node,
                    &path.field("name"),
                    format!("`{name}` must consist of printable ASCII characters without `=`"),
                );
            }
            Some(_) => {}
        }
        if let Some(source) = set(variable, "valueFrom") {
            value_from(variable, source, &path.field("valueFrom"), out);
        }
    }
    let list = path.field("envFrom");
    for (at, from) in items(container, "envFrom") {
        env_from(from, &list.index(at), out);
    }
}

fn value_from(variable: &Node, source: &Node, path: &Path<'_>, out: &mut Findings) {
    let given: Vec<&str> = SOURCES.into_iter().filter(|field| set(source, field).is_some()).collect();
    match given.len() {
        0 => out.invalid(source, path, format!("one of {} is needed", SOURCES.join(", "))),
        1 if text(variable, "value").is_some() => out.invalid(source, path, "`value` and `valueFrom` exclude each other"),
        1 => {}
        _ => out.invalid(source, path, format!("{} exclude each other", given.join(" and "))),
    }
    if let Some(field) = set(source, "fieldRef") {
        field_ref(field, ENV_FIELDS, &path.field("fieldRef"), out);
    }
    if let Some(field) = set(source, "resourceFieldRef") {
        resource_field_ref(field, false, &path.field("resourceFieldRef"), out);
    }
    for name in ["configMapKeyRef", "secretKeyRef"] {
        if let Some(key) = set(source, name) {
            key_ref(key, &path.field(name), out);
        }
    }
}

/// A reference to a key of a ConfigMap or Secret.
fn key_ref(node: &Node, path: &Path<'_>, out: &mut Findings) {
    match text(node, "key") {
        None => out.required(set(node, "key").unwrap_or(node), &path.field("key"), "`key` is missing"),
        Some((key, place)) => {
            if let Err(cause) = config_key(key) {
                out.invalid(place, &path.field("key"), format!("`{key}` {cause}"));
            }
        }
    }
}

/// A key of a ConfigMap or Secret.
pub fn config_key(key: &str) -> Result<(), String> {
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if key.len() > 253 {
        return Err(format!("must have at most 253 characters, has {}", key.len()));
    }
    if key.is_empty() || !key.bytes().all(ok) {
        return Err("must consist of letters, digits, `-`, `_` and `.`".into());
    }
    if key == "." || key.starts_with("..") {
        return Err("must not be `.` nor begin with `..`".into());
    }
    Ok(())
}

/// Fields of a pod that variables may hold.
pub const ENV_FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Fields of a pod that files of a downward volume may hold.
pub const VOLUME_FIELDS: &[&str] =
    &["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// A reference to a field of the pod itself.
pub fn field_ref(node: &Node, allowed: &[&str], path: &Path<'_>, out: &mut Findings) {
    if let Some((version, place)) = text(node, "apiVersion").filter(|(version, _)| *version != "v1") {
        out.invalid(place, &path.field("fieldPath"), format!("the version `{version}` is unknown; `v1` is meant"));
        return;
    }
    let Some((field, place)) = required_text(node, "fieldPath", path, out) else { return };
    let path = path.field("fieldPath");
    if allowed.contains(&field) {
        return;
    }
    match field.strip_suffix("']").and_then(|field| field.split_once("['")) {
        Some((map @ ("metadata.labels" | "metadata.annotations"), key)) => {
            let key = if map == "metadata.annotations" { key.to_lowercase() } else { key.to_owned() };
            if let Err(cause) = names::qualified_name(&key) {
                out.invalid(place, &path, format!("the key in `{field}`: {cause}"));
            }
        }
        Some(_) => out.invalid(place, &path, format!("`{field}` has no keys")),
        None if !field.starts_with("metadata.") && !field.starts_with("spec.") && !field.starts_with("status.") => {
            out.invalid(place, &path, format!("there is no field `{field}` in a pod"));
        }
        None => out.unsupported(place, &path, allowed),
    }
}

/// A reference to the resources of a container.
pub fn resource_field_ref(node: &Node, needs_container: bool, path: &Path<'_>, out: &mut Findings) {
    if needs_container {
        required_text(node, "containerName", path, out);
    }
    const KNOWN: &[&str] = &[
        "limits.cpu",
        "limits.ephemeral-storage",
        "limits.memory",
        "requests.cpu",
        "requests.ephemeral-storage",
        "requests.memory",
    ];
    match text(node, "resource") {
        None => out.required(node, &path.field("resource"), "`resource` is missing"),
        Some((resource, place)) if !KNOWN.contains(&resource) && !resource.contains(".hugepages-") => {
            out.unsupported(place, &path.field("resource"), KNOWN);
        }
        Some(_) => {}
    }
}

fn env_from(from: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some((prefix, node)) = text(from, "prefix") {
        if !prefix.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'=') {
            out.invalid(node, &path.field("prefix"), "the prefix must consist of printable ASCII characters without `=`");
        }
    }
    let given: Vec<&str> = ["configMapRef", "secretRef"].into_iter().filter(|field| set(from, field).is_some()).collect();
    match given.as_slice() {
        [] => out.invalid(from, path, "one of `configMapRef` and `secretRef` is needed"),
        [field] => {
            if let Some(node) = set(from, field).filter(|node| text(node, "name").is_none()) {
                out.required(node, &path.field(field).field("name"), "`name` is missing");
            }
        }
        _ => out.invalid(from, path, "`configMapRef` and `secretRef` exclude each other"),
    }
}
