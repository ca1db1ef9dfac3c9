//! Rules for environment variables and their sources.

use crate::schema::quantity::Quantity;
use crate::validate::look::{items, required_text, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// The possible sources of a variable; the last one since Kubernetes 1.35.
const SOURCES: [&str; 5] = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

/// Checks `env` and `envFrom` of a container.
pub fn check(container: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("env");
    for (at, variable) in items(container, "env") {
        let path = list.index(at);
        if required_text(variable, "name", &path, out).is_some() {
            name(variable, "name", &path, out);
        }
        if let Some(source) = set(variable, "valueFrom") {
            value_from(variable, source, &path.field("valueFrom"), out);
        }
    }
    let list = path.field("envFrom");
    for (at, from) in items(container, "envFrom") {
        env_from(from, &list, &list.index(at), out);
    }
}

/// Checks the name of a variable, or the prefix of names.
fn name(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    let rule = if out.since(32) { names::env_name } else { names::strict_env_name };
    if let Some((found, place)) = text(node, field)
        && let Err(cause) = rule(found)
    {
        out.invalid(place, &path.field(field), format!("`{found}` {cause}"));
    }
}

fn value_from(variable: &Node, source: &Node, path: &Path<'_>, out: &mut Findings) {
    let known = if out.since(35) { &SOURCES[..] } else { &SOURCES[..4] };
    let given: Vec<&str> = known.iter().copied().filter(|field| set(source, field).is_some()).collect();
    match given.len() {
        0 => out.invalid(source, path, format!("one of `{}` is required", known.join("`, `"))),
        _ if text(variable, "value").is_some() => two_values(variable, source, path, out),
        1 => {}
        _ => out.invalid(source, path, format!("`{}` are mutually exclusive", given.join("` and `"))),
    }
    for kind in given {
        let Some(node) = set(source, kind) else { continue };
        let path = path.field(kind);
        match kind {
            "fieldRef" => field_ref(node, ENV_FIELDS, &path, out),
            "resourceFieldRef" => resource_field_ref(node, false, &path, out),
            "fileKeyRef" => {
                for field in ["volumeName", "path", "key"] {
                    required_text(node, field, &path, out);
                }
            }
            _ => key_ref(node, &path, out),
        }
    }
}

/// Reports `value` and `valueFrom` of one variable, at the one that a patch added.
fn two_values(variable: &Node, source: &Node, path: &Path<'_>, out: &mut Findings) {
    let own = variable.span().source;
    let value = set(variable, "value").filter(|value| value.span().source != own && source.span().source == own);
    let (node, other) = match value {
        Some(value) => (value, Some("valueFrom")),
        None => (source, (source.span().source != own).then_some("value")),
    };
    let error = node.error("invalid-value", "`value` and `valueFrom` are mutually exclusive");
    out.push(error.help_if(other.map(|other| format!("add `{other}: null` to the patch"))), path.to_string());
}

/// Checks a reference to a key in a ConfigMap or Secret.
fn key_ref(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let name = text(node, "name").map_or("", |(name, _)| name);
    let place = set(node, "name").unwrap_or(node);
    if name.is_empty() {
        out.invalid(place, &path.field("name"), "`name` is required");
    } else if let Err(cause) = names::dns_subdomain(name) {
        out.invalid(place, &path.field("name"), format!("`{name}` {cause}"));
    }
    if let Some((key, place)) = required_text(node, "key", path, out)
        && let Err(cause) = names::config_key(key)
    {
        out.invalid(place, &path.field("key"), format!("`{key}` {cause}"));
    }
}

/// Fields of a pod that variables can contain.
const ENV_FIELDS: &[&str] = &[
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

/// Fields of a pod that the files of a downward API volume can contain.
pub const VOLUME_FIELDS: &[&str] =
    &["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// Checks a reference to a field of the pod itself.
pub fn field_ref(node: &Node, allowed: &[&str], path: &Path<'_>, out: &mut Findings) {
    let version = text(node, "apiVersion");
    let Some((field, place)) = required_text(node, "fieldPath", path, out) else { return };
    let field_path = path.field("fieldPath");
    if let Some((version, place)) = version.filter(|(version, _)| *version != "v1") {
        return out.invalid(place, &field_path, format!("expected the version `v1`, found `{version}`"));
    }
    let subscript = field.strip_suffix("']").and_then(|field| field.split_once("['")).filter(|(map, _)| !map.is_empty());
    match subscript {
        Some(("metadata.annotations", key)) => subscript_key(&key.to_lowercase(), field, place, path, out),
        Some(("metadata.labels", key)) => subscript_key(key, field, place, path, out),
        Some((map, _)) => out.invalid(place, &field_path, format!("`{map}` does not support keys")),
        None if allowed.contains(&field) || (field == "spec.host" && allowed.contains(&"spec.nodeName")) => {}
        None => out.unsupported(place, &field_path, allowed),
    }
}

fn subscript_key(key: &str, field: &str, place: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Err(cause) = names::qualified_name(key) {
        out.invalid(place, path, format!("`{field}` has a key that is not valid: {cause}"));
    }
}

/// Checks a reference to a resource of a container.
pub fn resource_field_ref(node: &Node, needs_container: bool, path: &Path<'_>, out: &mut Findings) {
    const KNOWN: &[&str] = &[
        "limits.cpu",
        "limits.ephemeral-storage",
        "limits.memory",
        "requests.cpu",
        "requests.ephemeral-storage",
        "requests.memory",
    ];
    if needs_container && required_text(node, "containerName", path, out).is_none() {
        return;
    }
    let Some((resource, place)) = required_text(node, "resource", path, out) else { return };
    let is_huge = resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-");
    if !KNOWN.contains(&resource) && !is_huge {
        return out.unsupported(place, &path.field("resource"), KNOWN);
    }
    let Some((divisor, value)) = set(node, "divisor").and_then(|node| Some((node, Quantity::of(node)?))) else { return };
    let is_cpu = resource.ends_with(".cpu");
    let milli = value.nanos() == 1_000_000;
    let allowed = value.nanos() == 0 || if is_cpu { milli || value.nanos() == 1_000_000_000 } else { value.is_unit() };
    if !allowed {
        let units = if is_cpu { "`1m` or `1`" } else { "`1` or one unit, such as `1Mi`" };
        out.invalid(divisor, &path.field("divisor"), format!("the divisor of `{resource}` must be {units}"));
    }
}

/// Checks an item of `envFrom`. The server reports an item with no source or two sources at the list.
fn env_from(from: &Node, list: &Path<'_>, path: &Path<'_>, out: &mut Findings) {
    name(from, "prefix", path, out);
    let given: Vec<&str> = ["configMapRef", "secretRef"].into_iter().filter(|field| set(from, field).is_some()).collect();
    match given.len() {
        0 => out.invalid(from, list, "one of `configMapRef` or `secretRef` is required"),
        1 => {}
        _ => out.invalid(from, list, "`configMapRef` and `secretRef` are mutually exclusive"),
    }
    for (field, node) in given.into_iter().filter_map(|field| Some((field, set(from, field)?))) {
        let path = path.field(field);
        if let Some((found, place)) = required_text(node, "name", &path, out) {
            // Like a name prefix, it can end with `-`.
            let stem = found.strip_suffix('-').map_or(found.to_owned(), |stem| format!("{stem}x"));
            if let Err(cause) = names::dns_subdomain(&stem) {
                out.invalid(place, &path.field("name"), format!("`{found}` {cause}"));
            }
        }
    }
}
