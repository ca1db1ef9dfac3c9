//! A pod or an Ingress needs a Secret that is not there: the pod would wait for it and never start.
//!
//! The name stands in `env`, `envFrom`, a volume or `imagePullSecrets` of the pod, or under `tls` of the Ingress. Secrets that
//! cert-manager, External Secrets and Sealed Secrets make for other objects of the build count as being there.
//!
//! A reference with `optional: true` is no finding. Where something else makes the Secret, say so in an annotation of the workload,
//! `ignore-check.render.dev/unknown-secret: comes from the vault`, or under `silence` in `.render.yaml`.

use super::told::Wanted;
use super::unknown_config_map::missing;
use super::{Lint, Set, Told};
use crate::validate::look::{items, set as field, text};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-secret", file: include_str!("unknown_secret.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    missing(set, "Secret", told);
    for ingress in set.of_kind("Ingress") {
        let Some(spec) = field(ingress.node, "spec") else { continue };
        for (at, tls) in items(spec, "tls") {
            let Some((name, node)) = text(tls, "secretName") else { continue };
            let namespace = ingress.namespace;
            if set.find("Secret", namespace, name).is_none() && !set.makes_secret(namespace, name) {
                let path = format!("spec.tls[{at}].secretName");
                told.missing(ingress, node, path, &Wanted { kind: "Secret", namespace, name });
            }
        }
    }
}
