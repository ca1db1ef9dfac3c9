//! A binding grants a role to a ServiceAccount that does not exist: anyone who can create it later gets the role.
//!
//! Compare the name and namespace with those of the ServiceAccount: a namespace transformer changes the subject only if it
//! matches a ServiceAccount of the build. Every namespace has the ServiceAccount `default`. If another one is created elsewhere,
//! silence the finding with an annotation on the binding,
//! `ignore-check.render.dev/unknown-subject: the ServiceAccount of the CI system`, or with an entry under `silence` in
//! `.render.yaml`.

use super::reporter::Target;
use super::{Lint, Reporter, Set};
use crate::validate::look::{items, text};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-subject", file: include_str!("unknown_subject.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for binding in ["RoleBinding", "ClusterRoleBinding"].iter().flat_map(|kind| set.of_kind(kind)) {
        for (at, subject) in items(binding.node, "subjects") {
            if text(subject, "kind").is_none_or(|(kind, _)| kind != "ServiceAccount") {
                continue;
            }
            let Some((name, node)) = text(subject, "name").filter(|(name, _)| *name != "default") else { continue };
            let namespace = text(subject, "namespace").map_or("default", |(namespace, _)| namespace);
            if set.find("ServiceAccount", namespace, name).is_none() {
                let target = Target { kind: "ServiceAccount", namespace, name };
                out.missing(binding, node, format!("subjects[{at}].name"), &target);
            }
        }
    }
}
