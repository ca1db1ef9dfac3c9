//! Labels and annotations that keep a deployment tool from deleting an object that is removed.

use crate::diff::object::Object;
use crate::yaml::Node;

/// Why an object that is removed from the manifests stays in the cluster.
pub fn keeper(object: &Object) -> Option<String> {
    let value = |field: &str, key: &str| object.node.at_path(&["metadata", field, key]).and_then(Node::as_text);
    if value("annotations", "helm.sh/resource-policy").is_some_and(|value| value == "keep") {
        return Some("Helm does not delete it (helm.sh/resource-policy: keep)".into());
    }
    // `Delete=false` only applies when the whole application is deleted.
    let options = value("annotations", "argocd.argoproj.io/sync-options").map_or("", |value| value.as_str());
    if options.split(',').any(|option| option.trim() == "Prune=false") {
        return Some("Argo CD does not delete it (argocd.argoproj.io/sync-options: Prune=false)".into());
    }
    for key in ["kustomize.toolkit.fluxcd.io/prune", "kustomize.toolkit.fluxcd.io/reconcile"] {
        let is_disabled = |field| value(field, key).is_some_and(|value| value.eq_ignore_ascii_case("disabled"));
        if is_disabled("annotations") || is_disabled("labels") {
            return Some(format!("Flux does not delete it ({key}: disabled)"));
        }
    }
    None
}
