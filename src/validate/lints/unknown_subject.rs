//! A binding grants a role to a ServiceAccount that is not there: whoever makes it later has the role.
//!
//! Compare name and namespace with the account's: a namespace transformer changes both only where they belong together. Every
//! namespace has the account `default`. Where an account is made elsewhere, say so in an annotation,
//! `ignore-check.render.dev/unknown-subject: the account of the CI system`, or under `silence` in `.render.yaml`.

use super::told::Wanted;
use super::{Lint, Set, Told};
use crate::validate::look::{items, text};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-subject", file: include_str!("unknown_subject.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for binding in ["RoleBinding", "ClusterRoleBinding"].iter().flat_map(|kind| set.of_kind(kind)) {
        for (at, subject) in items(binding.node, "subjects") {
            if text(subject, "kind").is_none_or(|(kind, _)| kind != "ServiceAccount") {
                continue;
            }
            let Some((name, node)) = text(subject, "name").filter(|(name, _)| *name != "default") else { continue };
            let namespace = text(subject, "namespace").map_or("default", |(namespace, _)| namespace);
            if set.find("ServiceAccount", namespace, name).is_none() {
                let wanted = Wanted { kind: "ServiceAccount", namespace, name };
                told.missing(binding, node, format!("subjects[{at}].name"), &wanted);
            }
        }
    }
}
