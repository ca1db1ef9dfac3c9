//! A pod refers to a ConfigMap that does not exist, so the pod can't start.
//!
//! The reference is in `env`, `envFrom`, or a volume of the pod. Often the ConfigMap was renamed in another layer, or is in
//! another namespace. A generated ConfigMap has a hash suffix, which kustomize adds only to references that it knows.
//!
//! References with `optional: true` are not reported. If the ConfigMap is created elsewhere, silence the finding with an
//! annotation on the workload, `ignore-check.render.dev/unknown-config-map: created by the platform`, or with an entry under
//! `silence` in `.render.yaml`.

use super::pod_references::needed;
use super::reporter::Target;
use super::{Lint, Reporter, Set};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-config-map", file: include_str!("unknown_config_map.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    missing(set, "ConfigMap", out);
}

/// Reports objects of a kind that pods require but that do not exist.
pub fn missing(set: &Set<'_>, kind: &str, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        let namespace = owner.namespace;
        needed(pod, &mut |reference, path| {
            let (name, node) = reference.name;
            if reference.kind == kind && set.find(kind, namespace, name).is_none() {
                out.missing(owner, node, path.field(reference.field), &Target { kind, namespace, name });
            }
        });
    }
}
