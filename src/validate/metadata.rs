//! Rules for `metadata` of all objects: name, namespace, labels, annotations, finalizers, and owners.
//!
//! Behavior: apimachinery's `ValidateObjectMeta`, core's addition to it, and the name function of each kind. Fields that the
//! server sets (`managedFields`, `resourceVersion`, `uid`, `creationTimestamp`) can have any value of the right type.

use super::findings::Findings;
use super::look::{self, as_text, count, int, is_true, items, set, text};
use super::object_names;
use super::path::Path;
use super::{names, scope};
use crate::schema::known_in;
use crate::yaml::Node;

/// The maximum total size of the keys and values of annotations, in bytes.
const MAX_ANNOTATIONS: usize = 256 * 1024;
/// Finalizers without a domain.
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];
/// Groups whose servers do not require a domain in finalizers.
const ANY_FINALIZER: [&str; 3] = ["admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io"];

/// Checks the metadata of an object.
pub fn check(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("metadata");
    let Some(metadata) = set(node, "metadata") else {
        if !object_names::needs_none(&out.object().gvk) {
            out.required(node, &path.field("name"), "`metadata.name` is required");
        }
        return;
    };
    name(metadata, &path, out);
    namespace(metadata, &path, out);
    if let Some(labels) = metadata.get("labels") {
        self::labels(labels, &path.field("labels"), out);
    }
    if let Some(annotations) = metadata.get("annotations") {
        self::annotations(annotations, &path.field("annotations"), out);
    }
    finalizers(metadata, &path.field("finalizers"), out);
    owners(metadata, &path.field("ownerReferences"), out);
    if let Some((_, place)) = int(metadata, "generation").filter(|(number, _)| *number < 0 && keeps_generation(out)) {
        out.invalid(place, &path.field("generation"), "`generation` must not be negative");
    }
}

fn name(metadata: &Node, path: &Path<'_>, out: &mut Findings) {
    let generated = text(metadata, "generateName");
    let check = object_names::rule(&out.object().gvk, out.version());
    if let Some((prefix, node)) = generated {
        // The server appends letters and digits, so the prefix can end with a dash.
        let stem = prefix.strip_suffix('-').filter(|stem| !stem.is_empty());
        let masked = stem.map_or(prefix.to_owned(), |stem| format!("{stem}x"));
        if let Err(cause) = check(&masked) {
            out.invalid(node, &path.field("generateName"), format!("the name prefix `{prefix}` {cause}"));
        }
    }
    match text(metadata, "name") {
        Some((name, node)) => {
            if let Err(cause) = check(name) {
                out.invalid(node, &path.field("name"), format!("the name `{name}` {cause}"));
            }
        }
        None if generated.is_none() && !object_names::needs_none(&out.object().gvk) => {
            out.required(metadata, &path.field("name"), "`metadata.name` is required");
        }
        None => {}
    }
}

/// Checks the namespace of an object; warns if the kind is cluster-scoped.
fn namespace(metadata: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some((name, node)) = text(metadata, "namespace") else { return };
    let gvk = &out.object().gvk;
    if scope::is_cluster_scoped(&gvk.group, &gvk.kind) {
        return needless(node, name, path, out);
    }
    if let Err(cause) = names::dns_label(name) {
        out.invalid(node, &path.field("namespace"), format!("the namespace `{name}` {cause}"));
    }
}

/// Warns if an object of a cluster-scoped kind has a namespace, which the server ignores.
pub fn needless_namespace(object: &Node, out: &mut Findings) {
    let Some(metadata) = object.get("metadata") else { return };
    if let Some((name, node)) = text(metadata, "namespace") {
        needless(node, name, &Path::ROOT.field("metadata"), out);
    }
}

fn needless(node: &Node, name: &str, path: &Path<'_>, out: &mut Findings) {
    let message = format!("{} is cluster-scoped; the namespace `{name}` is ignored", out.object().gvk.kind);
    out.push(node.warning("needless-namespace", message), path.field("namespace").to_string());
}

/// Checks the keys and values of labels.
pub fn labels(labels: &Node, path: &Path<'_>, out: &mut Findings) {
    for entry in labels.as_mapping().into_iter().flatten() {
        if let Err(cause) = names::qualified_name(&entry.key.text) {
            out.at(
                entry.key.span(),
                "invalid-value",
                format!("`{}` is not a valid label key: {cause}", entry.key.text),
                path.to_string(),
            );
        }
        let value = as_text(&entry.value).unwrap_or("");
        if let Err(cause) = names::label_value(value) {
            out.invalid(&entry.value, path, format!("the value `{value}` of the label `{}` {cause}", entry.key.text));
        }
    }
}

/// Checks the keys and the size of annotations.
pub fn annotations(annotations: &Node, path: &Path<'_>, out: &mut Findings) {
    let mut size = 0;
    for entry in annotations.as_mapping().into_iter().flatten() {
        let key = entry.key.text.as_str();
        // The domain can contain uppercase letters too.
        let checked = match key.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => names::qualified_name(&key.to_lowercase()),
            false => names::qualified_name(key),
        };
        if let Err(cause) = checked {
            out.at(
                entry.key.span(),
                "invalid-value",
                format!("`{key}` is not a valid annotation key: {cause}"),
                path.to_string(),
            );
        }
        size += key.len() + as_text(&entry.value).map_or(0, str::len);
    }
    if size > MAX_ANNOTATIONS {
        out.too_long(annotations, path, format!("the annotations must be no more than {MAX_ANNOTATIONS} bytes, found {size}"));
    }
}

/// Checks finalizers; those of built-in kinds require a domain. As on the server, a missing domain is reported at the item, and
/// any other error at the list.
fn finalizers(metadata: &Node, path: &Path<'_>, out: &mut Findings) {
    if count(metadata, "finalizers") == 0 {
        return;
    }
    let gvk = &out.object().gvk;
    let is_custom = known_in(&gvk.group, &gvk.version, &gvk.kind).first().is_none();
    let requires_domain = !is_custom && !ANY_FINALIZER.contains(&gvk.group.as_str());
    let mut seen = look::Unique::default();
    for (at, node) in items(metadata, "finalizers") {
        let name = as_text(node).unwrap_or("");
        seen.insert(name);
        if let Err(cause) = names::qualified_name(name) {
            out.invalid(node, path, format!("`{name}` is not a valid finalizer: {cause}"));
        } else if requires_domain && !name.contains('/') && !STANDARD_FINALIZERS.contains(&name) {
            let message = format!("the finalizer `{name}` requires a domain, as in `example.com/{name}`");
            out.invalid(node, &path.index(at), message);
        }
    }
    if let Some(list) = set(metadata, "finalizers").filter(|_| seen.has("orphan") && seen.has("foregroundDeletion")) {
        out.invalid(list, path, "`orphan` and `foregroundDeletion` are mutually exclusive");
    }
}

/// Checks owner references; as on the server, the fields of findings have no index.
fn owners(metadata: &Node, path: &Path<'_>, out: &mut Findings) {
    // The server drops duplicate owners.
    let mut controllers = rustc_hash::FxHashSet::default();
    for (_, owner) in items(metadata, "ownerReferences") {
        let api_version = text(owner, "apiVersion").map_or("", |(text, _)| text);
        let version = api_version.rsplit('/').next().unwrap_or("");
        if version.is_empty() || api_version.matches('/').count() > 1 {
            let place = set(owner, "apiVersion").unwrap_or(owner);
            out.invalid(place, &path.field("apiVersion"), "the owner requires an API version such as `apps/v1`");
        }
        for field in ["kind", "name", "uid"] {
            if text(owner, field).is_none() {
                let place = set(owner, field).unwrap_or(owner);
                let error = place.error("invalid-value", format!("the owner requires `{field}`"));
                let help = (field == "uid")
                    .then(|| "owner references are usually set by controllers; remove them from the manifest".to_owned());
                out.push(error.help_if(help), path.field(field).to_string());
            }
        }
        if api_version == "v1" && text(owner, "kind").is_some_and(|(kind, _)| kind == "Event") {
            out.invalid(owner, path, "an Event can't be an owner");
        }
        let id = text(owner, "uid").map_or("", |(id, _)| id);
        if is_true(owner, "controller") && controllers.insert(id) && controllers.len() == 2 {
            out.invalid(owner, path, "only one owner can be the controller");
        }
    }
}

/// Whether the server keeps the generation of a new object; for most kinds with a spec it starts at 1.
fn keeps_generation(out: &Findings) -> bool {
    let gvk = &out.object().gvk;
    match gvk.group.as_str() {
        "rbac.authorization.k8s.io" => true,
        "autoscaling" => gvk.kind == "HorizontalPodAutoscaler",
        "resource.k8s.io" => gvk.kind == "ResourceClaimTemplate",
        _ => false,
    }
}
