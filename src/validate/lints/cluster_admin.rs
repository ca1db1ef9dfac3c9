//! A binding makes somebody `cluster-admin`: nothing in the cluster is kept from them.
//!
//! Programs hardly ever need it. Write a role with what they use. Where it is meant, say so in an annotation of the binding,
//! `ignore-check.render.dev/cluster-admin: the people on call`, or under `silence` in `.render.yaml`.

use super::{Lint, Set, Told};
use crate::validate::look::text;

/// The lint.
pub const LINT: Lint = Lint { code: "cluster-admin", file: include_str!("cluster_admin.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for binding in ["ClusterRoleBinding", "RoleBinding"].iter().flat_map(|kind| set.of_kind(kind)) {
        let Some((_, node)) =
            binding.node.get("roleRef").and_then(|role| text(role, "name")).filter(|(name, _)| *name == "cluster-admin")
        else {
            continue;
        };
        told.warn(binding, node, "roleRef.name", "this makes the subjects `cluster-admin`", "write a role with what they need");
    }
}
