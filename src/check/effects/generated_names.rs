//! Finds references that still contain the old name of a renamed object, because kustomize does not know the field.
//!
//! kustomize updates references in built-in kinds, and lints check them. This file looks at the fields of custom resources and the
//! annotations that the table of references contains, for every renamed object, and at other annotations and fields of custom
//! resources whose names mention a ConfigMap or Secret.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::custom::{is_custom, visit_scalars};
use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::finish::custom_references::{Stale, stale};
use crate::records::Records;
use crate::resource::{ResMap, Resource};
use crate::validate::Path;
use crate::yaml::Node;

/// Generated objects by their former names.
type Generated<'r> = FxHashMap<EcoString, Vec<&'r Resource>>;

/// Records a finding for each reference that still contains the former name of a generated object.
pub fn find(resources: &ResMap, records: &mut Records) {
    let mut generated = Generated::default();
    for resource in resources.iter().filter(|resource| resource.needs_hash) {
        for former in resource.former().iter().filter(|former| former.name != resource.id().name) {
            generated.entry(former.name.clone()).or_default().push(resource);
        }
    }
    let mut found = known(resources);
    if !generated.is_empty() {
        let known: FxHashSet<_> = found.iter().map(|finding| (finding.object.clone(), finding.field.clone())).collect();
        for resource in resources.iter() {
            look(resource, &generated, &mut |finding| {
                if !known.contains(&(finding.object.clone(), finding.field.clone())) {
                    found.push(finding);
                }
            });
        }
    }
    found.into_iter().for_each(|finding| records.find(finding));
}

/// References that the table of references contains.
fn known(resources: &ResMap) -> Vec<Finding> {
    let finding = |stale: Stale<'_>| {
        let referrer = resources.get(stale.at)?;
        let target = stale.target;
        let message = format!("the {} is now named `{}`, but this reference was not updated", target.kind(), target.id().name);
        let place = if target.needs_hash { "generated here" } else { "the object was renamed" };
        let warning = stale.node.warning("dangling-name", message).label(target.name_span(), place).help(KNOWN_HELP);
        Some(Finding::about(referrer.id(), stale.path, warning))
    };
    stale(resources).into_iter().filter_map(finding).collect()
}

const KNOWN_HELP: &str =
    "set `customReferences: true` in `.render.yaml`, or add the field to `nameReference` in a file listed under `configurations`";

fn look(resource: &Resource, generated: &Generated<'_>, report: &mut dyn FnMut(Finding)) {
    let mut visit = |node: &Node, path: &Path<'_>| {
        let Some(candidates) = node.as_str().and_then(|name| generated.get(name)) else { return };
        let field = path.to_string();
        let matches =
            |other: &&&Resource| other.effective_namespace() == resource.effective_namespace() && mentions(&field, other.kind());
        if let Some(other) = candidates.iter().find(matches) {
            report(Finding::about(resource.id(), field.clone(), dangling(node, other)));
        }
    };
    let mut below = |parts: &[&str], path: &Path<'_>| {
        if let Some(node) = resource.node().at_path(parts) {
            visit_scalars(node, path, &mut visit);
        }
    };
    let root = Path::ROOT;
    below(&["metadata", "annotations"], &root.field("metadata").field("annotations"));
    if !is_custom(resource) {
        return;
    }
    for entry in resource.node().as_mapping().into_iter().flatten() {
        if !matches!(entry.key.text.as_str(), "apiVersion" | "kind" | "metadata" | "status") {
            below(&[entry.key.text.as_str()], &root.field(&entry.key.text));
        }
    }
}

/// Whether one of the last two parts of a path mentions a kind.
fn mentions(field: &str, kind: &str) -> bool {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let last: Vec<&str> = field.rsplitn(3, '.').take(2).collect();
    last.into_iter().any(|part| plain(part).contains(&plain(kind)))
}

fn dangling(node: &Node, other: &Resource) -> Diagnostic {
    let message = format!("the {} is now named `{}`, but this reference was not updated", other.kind(), other.id().name);
    let help = "add the field to `nameReference` in a file listed under `configurations`, or set `disableNameSuffixHash`";
    node.warning("dangling-name", message).label(other.name_span(), "generated here").help(help)
}
