//! The claims that a StatefulSet creates for its pods: `data-db-0` from the template `data` of the StatefulSet `db`.

use super::subject::{items, number, text};
use crate::diff::object::Object;

/// The names of the claim templates.
pub fn templates(object: &Object) -> Vec<&str> {
    let templates = items(&object.node, &["spec", "volumeClaimTemplates"]);
    templates.iter().map(|template| text(template, &["metadata", "name"]).unwrap_or("data")).collect()
}

/// The number of replicas; one if the field is not set.
pub fn replicas(object: &Object) -> usize {
    number(&object.node, &["spec", "replicas"]).unwrap_or(1)
}

/// The first and the last claim of each template: `data-db-0`, `data-db-0 to data-db-2`. `from` is the first replica.
pub fn names(object: &Object, templates: &[&str], from: usize) -> String {
    let (name, start) = (&object.id.name, number(&object.node, &["spec", "ordinals", "start"]).unwrap_or(0));
    let of = |template: &&str| {
        let claim = |replica: usize| format!("{template}-{name}-{}", start.saturating_add(replica));
        let last = replicas(object).max(1) - 1;
        if last <= from { claim(from) } else { format!("{} to {}", claim(from), claim(last)) }
    };
    templates.iter().map(of).collect::<Vec<_>>().join(", ")
}

/// The name of the first claim.
pub fn first(object: &Object) -> Option<String> {
    let start = number(&object.node, &["spec", "ordinals", "start"]).unwrap_or(0);
    templates(object).first().map(|template| format!("{template}-{}-{start}", object.id.name))
}

/// Whether the claims are deleted with the StatefulSet (`whenDeleted`), or with the replica (`whenScaled`).
pub fn are_deleted(object: &Object, when: &str) -> bool {
    text(&object.node, &["spec", "persistentVolumeClaimRetentionPolicy", when]) == Some("Delete")
}
