//! A pod needs a ConfigMap that is not there: it would wait for it and never start.
//!
//! The name stands in `env`, `envFrom` or a volume of the pod. Often it was renamed in another layer, or lives in another namespace;
//! a generated ConfigMap gets a hash at the end of its name, which only reaches references that kustomize knows.
//!
//! A reference with `optional: true` is no finding. Where something else makes the ConfigMap, say so in an annotation of the workload,
//! `ignore-check.render.dev/unknown-config-map: made by the platform`, or under `silence` in `.render.yaml`.

use super::pod_references::needed;
use super::told::Wanted;
use super::{Lint, Set, Told};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-config-map", file: include_str!("unknown_config_map.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    missing(set, "ConfigMap", told);
}

/// Tells about the objects of a kind that pods need and that are not there.
pub fn missing(set: &Set<'_>, kind: &str, told: &mut Told<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        let namespace = owner.namespace;
        needed(pod, &mut |wanted, path| {
            let (name, node) = wanted.name;
            // Every namespace has this one.
            let is_made = name == "kube-root-ca.crt" || (kind == "Secret" && set.makes_secret(namespace, name));
            if wanted.kind == kind && !is_made && set.find(kind, namespace, name).is_none() {
                told.missing(owner, node, path.field(wanted.field), &Wanted { kind, namespace, name });
            }
        });
    }
}
