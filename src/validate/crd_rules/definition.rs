//! A CustomResourceDefinition as a whole: names, scope, versions, and columns.

use rustc_hash::FxHashSet;

use super::{conversion, schema};
use crate::validate::custom::equal;
use crate::validate::look::{self, is_true, items, set, text};
use crate::validate::{Findings, Path, names};
use crate::yaml::Node;

/// The annotation that definitions in Kubernetes' own groups require.
const APPROVED: &str = "api-approved.kubernetes.io";
const COLUMN_TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS: [&str; 8] = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

/// Checks a definition.
pub(super) fn check(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("spec");
    let spec = set(node, "spec").unwrap_or(node);
    name(node, spec, out);
    group(node, spec, &path, out);
    scope(spec, &path, out);
    if let Some(kept) = spec.get("preserveUnknownFields").filter(|_| is_true(spec, "preserveUnknownFields")) {
        let path = path.field("preserveUnknownFields");
        let error = kept.error("invalid-value", "`preserveUnknownFields` must be false");
        let help = "set `x-kubernetes-preserve-unknown-fields` in the schema where unknown fields should be preserved";
        out.push(error.help(help), path.to_string());
    }
    versions(spec, &path, out);
    names_of(spec, &path.field("names"), out);
    conversion::check(spec, &path.field("conversion"), out);
}

fn name(node: &Node, spec: &Node, out: &mut Findings) {
    let plural = spec.at_path(&["names", "plural"]).and_then(look::as_text).unwrap_or_default();
    let group = text(spec, "group").map_or("", |(group, _)| group);
    let metadata = node.get("metadata").unwrap_or(node);
    let Some((found, place)) = text(metadata, "name") else { return };
    if found.strip_suffix(group).and_then(|start| start.strip_suffix('.')) != Some(plural) {
        let path = Path::ROOT.field("metadata");
        let error = place.error(
            "invalid-value",
            format!("the name must be `spec.names.plural` and `spec.group` joined by a dot, found `{found}`"),
        );
        let help = (!plural.is_empty() && !group.is_empty()).then(|| format!("rename it to `{plural}.{group}`"));
        out.push(error.help_if(help), path.field("name").to_string());
    }
}

fn group(node: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("group");
    let Some((group, place)) = text(spec, "group") else { return out.required(spec, &path, "`group` is required") };
    if let Err(cause) = names::dns_subdomain(group) {
        out.invalid(place, &path, format!("the group `{group}` {cause}"));
    } else if !group.contains('.') {
        out.invalid(place, &path, format!("the group `{group}` must be a domain with at least one dot"));
    }
    let protected = ["k8s.io", "kubernetes.io"]
        .iter()
        .any(|owner| group.strip_suffix(owner).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    if !protected {
        return;
    }
    let metadata = node.get("metadata").unwrap_or(node);
    let (metadata_path, annotations) = (Path::ROOT.field("metadata"), metadata.get("annotations").unwrap_or(metadata));
    let annotations_path = metadata_path.field("annotations");
    let path = annotations_path.key(APPROVED);
    let help = "set it to the URL of the approval, or to a reason that starts with `unapproved`";
    match text(annotations, APPROVED) {
        None => {
            let error = annotations
                .error("missing-value", format!("a definition in the group `{group}` requires the annotation `{APPROVED}`"));
            out.push(error.help(help), path.to_string());
        }
        Some((value, _)) if value.starts_with("unapproved") => {}
        Some((value, _)) if value.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty()) => {}
        Some((value, place)) => {
            out.push(place.error("invalid-value", format!("`{value}` is not a valid approval")).help(help), path.to_string());
        }
    }
}

fn scope(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    match text(spec, "scope") {
        None => out.required(spec, &path.field("scope"), "`scope` is required"),
        Some(_) => look::one_of(spec, "scope", &["Cluster", "Namespaced"], path, out),
    }
}

fn versions(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let list_path = path.field("versions");
    let versions = spec.get("versions").and_then(Node::as_sequence).unwrap_or_default();
    let hoisted = |field: &str| {
        let first = versions.first().and_then(|version| set(version, field));
        versions.iter().all(|version| match (first, set(version, field)) {
            (Some(a), Some(b)) => equal(a, b),
            (a, b) => a.is_none() && b.is_none(),
        })
    };
    let (schema_hoisted, columns_hoisted, subresources_hoisted, selectable_hoisted) =
        (hoisted("schema"), hoisted("additionalPrinterColumns"), hoisted("subresources"), hoisted("selectableFields"));
    let status_anywhere = versions.iter().any(has_status);
    let mut seen = FxHashSet::default();
    let mut storages = 0;
    for (at, version) in versions.iter().enumerate() {
        let here = list_path.index(at);
        storages += usize::from(is_true(version, "storage"));
        version_name(version, &here, &mut seen, &list_path, out);
        deprecation(version, &here, out);
        // What all versions share is checked once.
        let place = |hoisted: bool| if hoisted { (at == 0).then_some(path) } else { Some(&here) };
        if let Some(place) = place(schema_hoisted) {
            let holder = place.field(if schema_hoisted { "validation" } else { "schema" });
            let root = schema::Root { has_status: if schema_hoisted { status_anywhere } else { has_status(version) } };
            if let Some(found) = version.get("schema").and_then(|schema| set(schema, "openAPIV3Schema")) {
                schema::check_root(found, root, &holder, out);
            }
        }
        if version.get("schema").and_then(|schema| set(schema, "openAPIV3Schema")).is_none() {
            let schema_path = here.field("schema");
            out.required(version, &schema_path.field("openAPIV3Schema"), "the version requires a schema");
        }
        if let Some(place) = place(columns_hoisted) {
            columns(version, &place.field("additionalPrinterColumns"), out);
        }
        if let Some(place) = place(subresources_hoisted) {
            scale(version, &place.field("subresources"), out);
        }
        if let Some(place) = place(selectable_hoisted) {
            schema::selectable_fields(version, &place.field("selectableFields"), out);
        }
    }
    if storages != 1 {
        let place = spec.get("versions").unwrap_or(spec);
        let message = format!("exactly one version must have `storage: true`, found {storages}");
        out.invalid(place, &list_path, message);
    }
}

fn has_status(version: &Node) -> bool {
    version.get("subresources").and_then(|subresources| set(subresources, "status")).is_some()
}

fn version_name<'n>(version: &'n Node, here: &Path<'_>, seen: &mut FxHashSet<&'n str>, list: &Path<'_>, out: &mut Findings) {
    let (name, place) = text(version, "name").unwrap_or(("", version));
    if let Err(cause) = names::dns_1035_label(name) {
        out.invalid(place, &here.field("name"), format!("the version `{name}` {cause}"));
    }
    if !seen.insert(name) {
        out.push(place.error("invalid-value", format!("the version `{name}` appears twice")), list.to_string());
    }
}

fn deprecation(version: &Node, here: &Path<'_>, out: &mut Findings) {
    let Some(place) = set(version, "deprecationWarning") else { return };
    let path = here.field("deprecationWarning");
    let warning = look::as_text(place).unwrap_or_default();
    if !is_true(version, "deprecated") {
        out.invalid(place, &path, "`deprecationWarning` requires `deprecated: true`");
    }
    if warning.len() > 256 {
        out.invalid(place, &path, format!("the warning must be no more than 256 bytes, found {}", warning.len()));
    }
    if warning.is_empty() {
        out.invalid(place, &path, "the warning must not be empty");
    }
    if warning.chars().any(|c| c.is_control() || (c.is_whitespace() && c != ' ')) {
        out.invalid(place, &path, "the warning must not contain nonprintable characters");
    }
}

fn columns(version: &Node, path: &Path<'_>, out: &mut Findings) {
    for (at, column) in items(version, "additionalPrinterColumns") {
        let path = path.index(at);
        if text(column, "name").is_none() {
            out.required(column, &path.field("name"), "the column requires `name`");
        }
        match text(column, "type") {
            None => out.required(
                column,
                &path.field("type"),
                format!("the column requires `type`; expected one of `{}`", COLUMN_TYPES.join("`, `")),
            ),
            Some(_) => look::one_of(column, "type", &COLUMN_TYPES, &path, out),
        }
        look::one_of(column, "format", &COLUMN_FORMATS, &path, out);
        match text(column, "jsonPath") {
            None => out.required(column, &path.field("JSONPath"), "the column requires `jsonPath`"),
            Some((found, place)) if !found.starts_with('.') => {
                out.invalid(place, &path.field("JSONPath"), format!("the path `{found}` must start with a dot"));
            }
            Some(_) => {}
        }
    }
}

fn scale(version: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(scale) = version.get("subresources").and_then(|subresources| set(subresources, "scale")) else { return };
    let path = path.field("scale");
    for (field, required, starts) in [
        ("specReplicasPath", true, &[".spec."][..]),
        ("statusReplicasPath", true, &[".status."]),
        ("labelSelectorPath", false, &[".spec.", ".status."]),
    ] {
        match text(scale, field) {
            None if required => out.required(scale, &path.field(field), format!("`{field}` is required")),
            None => {}
            Some((found, _)) if starts.iter().any(|start| found.starts_with(start)) => {}
            Some((found, place)) => {
                let message = format!("the path `{found}` must start with `{}`", starts.join("` or `"));
                out.invalid(place, &path.field(field), message);
            }
        }
    }
}

fn names_of(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let place = set(spec, "names").unwrap_or(spec);
    let names = set(spec, "names");
    let named = |field: &str| names.and_then(|names| text(names, field));
    for field in ["plural", "kind"] {
        if named(field).is_none() {
            out.required(place, &path.field(field), format!("`names.{field}` is required"));
        }
    }
    let mut form = |field: &'static str, mixed_case: bool| {
        let Some((found, node)) = named(field) else { return };
        let checked = if mixed_case { found.to_lowercase() } else { found.to_owned() };
        if let Err(cause) = names::dns_1035_label(&checked) {
            let case = if mixed_case { "; uppercase letters are also allowed" } else { "" };
            out.invalid(node, &path.field(field), format!("`{found}` {cause}{case}"));
        }
    };
    form("plural", false);
    form("singular", false);
    form("kind", true);
    form("listKind", true);
    let Some(names) = names else { return };
    for field in ["shortNames", "categories"] {
        let path = path.field(field);
        for (at, node) in items(names, field) {
            let found = look::as_text(node).unwrap_or_default();
            if let Err(cause) = names::dns_1035_label(found) {
                out.invalid(node, &path.index(at), format!("`{found}` {cause}"));
            }
        }
    }
    if let (Some((kind, _)), Some((list, node))) = (text(names, "kind"), text(names, "listKind"))
        && kind == list
    {
        out.invalid(node, &path.field("listKind"), format!("`kind` and `listKind` must differ, found `{kind}` for both"));
    }
}
