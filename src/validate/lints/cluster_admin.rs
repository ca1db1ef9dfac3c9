//! A binding grants the role `cluster-admin`, which gives unrestricted access to the cluster.
//!
//! Applications rarely need it. Create a role with only the permissions that they use. If the grant is intended, silence the
//! finding with an annotation on the binding, `ignore-check.render.dev/cluster-admin: on-call engineers`, or with an entry under
//! `silence` in `.render.yaml`.

use super::{Lint, Reporter, Set};
use crate::validate::look::text;

/// The lint.
pub const LINT: Lint = Lint { code: "cluster-admin", file: include_str!("cluster_admin.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for binding in ["ClusterRoleBinding", "RoleBinding"].iter().flat_map(|kind| set.of_kind(kind)) {
        let Some((_, node)) =
            binding.node.get("roleRef").and_then(|role| text(role, "name")).filter(|(name, _)| *name == "cluster-admin")
        else {
            continue;
        };
        out.warn(
            binding,
            node,
            "roleRef.name",
            "the binding grants `cluster-admin`",
            "create a role with only the required permissions",
        );
    }
}
