//! Rules for claims: device claims of a pod (`resourceClaims`), and volume claim templates.

use crate::schema::quantity::Quantity;
use crate::validate::look::{self, Unique, items, one_of, required_text, set, text};
use crate::validate::metadata::{annotations, labels};
use crate::validate::selectors::label_selector;
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// Checks `resourceClaims` of a pod spec.
pub fn pod_claims(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if !out.since(34) {
        return;
    }
    let list = path.field("resourceClaims");
    let mut seen = Unique::default();
    for (at, claim) in items(spec, "resourceClaims") {
        let path = list.index(at);
        if let Some((name, place)) = required_text(claim, "name", &path, out)
            && !seen.add(name, place, &path.field("name"), out)
        {
            look::form(claim, "name", names::dns_label, &path, out);
        }
        match (set(claim, "resourceClaimName"), set(claim, "resourceClaimTemplateName")) {
            (Some(_), Some(_)) => {
                out.invalid(claim, &path, "`resourceClaimName` and `resourceClaimTemplateName` are mutually exclusive");
            }
            (None, None) => out.invalid(claim, &path, "one of `resourceClaimName` or `resourceClaimTemplateName` is required"),
            _ => {}
        }
        for field in ["resourceClaimName", "resourceClaimTemplateName"] {
            let name = set(claim, field).and_then(look::as_text);
            if let (Some(name), Some(place)) = (name, set(claim, field))
                && let Err(cause) = names::dns_subdomain(name)
            {
                out.invalid(place, &path.field(field), format!("`{name}` {cause}"));
            }
        }
    }
}

/// Checks the volume claim template of an ephemeral volume.
pub fn ephemeral(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("volumeClaimTemplate");
    let Some(template) = set(node, "volumeClaimTemplate") else {
        return out.required(node, &path, "`volumeClaimTemplate` is required");
    };
    let metadata_path = path.field("metadata");
    for entry in look::entries(template, "metadata").filter(|entry| !entry.value.is_null()) {
        let field = entry.key.text.as_str();
        match field {
            "labels" => labels(&entry.value, &metadata_path.field(field), out),
            "annotations" => annotations(&entry.value, &metadata_path.field(field), out),
            _ if is_empty(&entry.value) => {}
            _ => out.forbidden(
                &entry.value,
                &metadata_path.field(field),
                "only `labels` and `annotations` are allowed in the metadata of this template",
            ),
        }
    }
    claim_spec(set(template, "spec").unwrap_or(template), &path.field("spec"), out);
}

fn is_empty(node: &Node) -> bool {
    match node.as_scalar() {
        Some(scalar) => matches!(scalar.text.as_str(), "" | "0"),
        None => node.as_mapping().is_none_or(|mapping| mapping.is_empty()) && node.as_sequence().is_none_or(<[Node]>::is_empty),
    }
}

const MODES: &[&str] = &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];

/// Checks the spec of a volume claim.
pub fn claim_spec(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    access_modes(spec, path, out);
    if let Some(selector) = set(spec, "selector") {
        label_selector(selector, &path.field("selector"), out);
    }
    let resources = path.field("resources");
    let key = resources.key("storage");
    match spec.at_path(&["resources", "requests", "storage"]).filter(|storage| !storage.is_null()) {
        None => {
            out.required(set(spec, "resources").unwrap_or(spec), &key, "`resources.requests.storage` is required");
        }
        Some(storage) if Quantity::of(storage).is_some_and(|size| size.nanos() <= 0) => {
            out.invalid(storage, &key, "the size must be greater than 0");
        }
        Some(_) => {}
    }
    one_of(spec, "volumeMode", &["Block", "Filesystem"], path, out);
    look::form(spec, "storageClassName", names::dns_subdomain, path, out);
    if let Some(source) = set(spec, "dataSource") {
        data_source(source, &path.field("dataSource"), out);
    }
}

fn access_modes(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("accessModes");
    let place = set(spec, "accessModes").unwrap_or(spec);
    if items(spec, "accessModes").next().is_none() {
        out.required(place, &list, "at least one access mode is required");
    }
    for (_, mode) in items(spec, "accessModes") {
        if !look::as_text(mode).is_some_and(|mode| MODES.contains(&mode)) {
            out.unsupported(mode, &list, MODES);
        }
    }
    let once_per_pod = |mode: &Node| look::as_text(mode) == Some("ReadWriteOncePod");
    let several = look::count(spec, "accessModes") > 1;
    if several && items(spec, "accessModes").any(|(_, mode)| once_per_pod(mode)) {
        out.forbidden(place, &list, "`ReadWriteOncePod` is not allowed together with other access modes");
    }
}

/// Checks the source of the content of a volume.
fn data_source(source: &Node, path: &Path<'_>, out: &mut Findings) {
    required_text(source, "name", path, out);
    let kind = required_text(source, "kind", path, out);
    let group = text(source, "apiGroup");
    if let (Some((kind, place)), None) = (kind, group)
        && kind != "PersistentVolumeClaim"
    {
        out.invalid(place, path, format!("`{kind}` requires `apiGroup`; without it, `kind` must be `PersistentVolumeClaim`"));
    }
}
