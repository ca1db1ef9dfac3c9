//! A pod or an Ingress refers to a Secret that does not exist, so the pod can't start or TLS does not work.
//!
//! The reference is in `env`, `envFrom`, a volume, or `imagePullSecrets` of the pod, or under `tls` of the Ingress. Secrets that
//! cert-manager, External Secrets, and Sealed Secrets create for other objects of the build are taken into account.
//!
//! References with `optional: true` are not reported. If the Secret is created elsewhere, silence the finding with an annotation
//! on the object, `ignore-check.render.dev/unknown-secret: created by Vault`, or with an entry under `silence` in `.render.yaml`.

use super::reporter::Target;
use super::unknown_config_map::missing;
use super::{Lint, Reporter, Set};
use crate::validate::look::{items, set as field, text};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-secret", file: include_str!("unknown_secret.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    missing(set, "Secret", out);
    for ingress in set.of_kind("Ingress") {
        let Some(spec) = field(ingress.node, "spec") else { continue };
        for (at, tls) in items(spec, "tls") {
            let Some((name, node)) = text(tls, "secretName") else { continue };
            let namespace = ingress.namespace;
            if set.find("Secret", namespace, name).is_none() && !set.creates_secret(namespace, name) {
                let path = format!("spec.tls[{at}].secretName");
                out.missing(ingress, node, path, &Target { kind: "Secret", namespace, name });
            }
        }
    }
}
