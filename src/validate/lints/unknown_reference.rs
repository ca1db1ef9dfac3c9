//! A custom resource or an annotation refers to an object that does not exist.
//!
//! `render` knows the references of common custom resources: routes and gateways, Argo Rollouts, KEDA, cert-manager, External
//! Secrets, the Prometheus Operator, Traefik, Istio, Contour, Knative, OpenShift, Flux, and others. Objects that controllers create
//! are taken into account. Objects in other namespaces are only expected if the build contains objects in that namespace, and
//! objects that the platform usually provides, such as issuers for all namespaces, only if there is one with a similar name.
//!
//! If the object is created elsewhere, silence the finding with an annotation on the object that refers to it,
//! `ignore-check.render.dev/unknown-reference: created by the shop chart`, or with an entry under `silence` in `.render.yaml`.

use super::reporter::Target;
use super::set::Object;
use super::{Lint, Reporter, Set};
use crate::diagnostic::did_you_mean;
use crate::references::{Kind, Place, Reference, is_custom};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-reference", file: include_str!("unknown_reference.rs"), check };

/// The maximum number of objects in which a similar name is searched.
const MAX_SIMILAR: usize = 200;

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    missing(set, out, |object, reference| is_custom(object.group) || reference.path.starts_with("metadata.annotations"));
}

/// Reports the selected references to objects that do not exist.
pub fn missing(set: &Set<'_>, out: &mut Reporter<'_, '_>, is_selected: impl Fn(&Object<'_>, &Reference<'_>) -> bool) {
    for (object, reference) in set.references().filter(|(object, reference)| is_selected(object, reference)) {
        let is_required = !reference.is_created() && !reference.is_optional && !reference.name.is_empty();
        let Some(namespace) = namespace(set, object, reference).filter(|_| is_required) else { continue };
        let exists = |kind: &Kind<'_>| match namespace {
            // A namespace of the build is also set on cluster-scoped custom resources.
            "" => ["default", object.namespace].iter().any(|place| set.find_kind(*kind, place, reference.name).is_some()),
            _ => set.find_kind(*kind, namespace, reference.name).is_some(),
        };
        if reference.kinds.is_empty() || reference.kinds.iter().any(exists) {
            continue;
        }
        if reference.is_platform && !(out.may_search() && has_similar(set, namespace, reference)) {
            continue;
        }
        let target = |kind: &Kind<'_>| (kind.kind.to_owned(), namespace, reference.name);
        if let Some((kind, namespace, name)) = reference.kinds.first().map(target) {
            out.missing(object, reference.node, &reference.path, &Target { kind: &kind, namespace, name });
        }
    }
}

/// The namespace in which the target must exist, empty if it is cluster-scoped; `None` if that can't be known.
fn namespace<'a>(set: &Set<'_>, object: &'a Object<'_>, reference: &'a Reference<'_>) -> Option<&'a str> {
    match reference.place {
        Place::Same => Some(object.namespace),
        Place::Global => Some(""),
        Place::Unknown => None,
        Place::Named(namespace) => {
            let is_known = !is_custom(object.group) || namespace == object.namespace || set.has_namespace(namespace);
            is_known.then_some(namespace)
        }
    }
}

/// Whether there is an object with almost the same name.
fn has_similar(set: &Set<'_>, namespace: &str, reference: &Reference<'_>) -> bool {
    reference.kinds.iter().any(|kind| {
        let all = set.of_any_kind(kind.kind).take(MAX_SIMILAR).filter(|other| kind.matches(other.group, other.kind));
        let near = all.filter(|other| namespace.is_empty() || other.namespace == namespace).map(|other| other.name);
        did_you_mean(reference.name, near).is_some()
    })
}
