//! A pod or an Ingress refers to a Secret that does not exist, so the pod can't start or TLS does not work.
//!
//! The reference is in `env`, `envFrom`, a volume, or `imagePullSecrets` of the pod, or under `tls` of the Ingress. Secrets that
//! cert-manager, External Secrets, and Sealed Secrets create for other objects of the build are taken into account.
//!
//! References with `optional: true` are not reported. If the Secret is created elsewhere, silence the finding with an annotation
//! on the object, `ignore-check.render.dev/unknown-secret: created by Vault`, or with an entry under `silence` in `.render.yaml`.

use super::unknown_config_map::missing;
use super::{Lint, Reporter, Set, unknown_reference as references};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-secret", file: include_str!("unknown_secret.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    missing(set, "Secret", out);
    references::missing(set, out, |object, reference| object.kind == "Ingress" && reference.path.ends_with(".secretName"));
}
