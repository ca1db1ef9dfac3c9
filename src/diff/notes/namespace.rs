//! A Namespace that is removed or renamed: everything in it is deleted, including objects that no repository contains.

use super::rules::NAMESPACE_DELETED;
use super::subject::{Subject, and_others, effect, is, name_of};
use crate::diff::note::Note;

/// Namespaces that the API server does not delete.
const PERMANENT: &[&str] = &["default", "kube-system", "kube-public"];

/// The notes about a Namespace.
pub fn notes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let is_namespace = |object| {
        is(object, "", "Namespace")
            || is(object, "project.openshift.io", "Project")
            || is(object, "hnc.x-k8s.io", "SubnamespaceAnchor")
    };
    let Some(old) = subject.gone().filter(|old| is_namespace(old) && !PERMANENT.contains(&old.id.name.as_str())) else {
        return Vec::new();
    };
    let (name, count) = (name_of(old), subject.context.old().count_in(&old.id.name));
    vec![effect(NAMESPACE_DELETED, format!("deleting {name} deletes everything in it{}", and_others(count)))]
}
