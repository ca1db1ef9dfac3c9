//! A binding names a Role or ClusterRole that is not there: it would grant nothing.
//!
//! The roles that every cluster has (`view`, `edit`, `admin`, `cluster-admin`, `system:...`) count as being there. Where another one
//! is made elsewhere, say so in an annotation, `ignore-check.render.dev/unknown-role: made by the platform`, or under `silence` in
//! `.render.yaml`.

use super::told::Wanted;
use super::{Lint, Set, Told};
use crate::validate::look::text;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-role", file: include_str!("unknown_role.rs"), check };

/// The roles for people that every cluster has.
const BUILT_IN: &[&str] = &["admin", "cluster-admin", "edit", "view"];

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for binding in ["RoleBinding", "ClusterRoleBinding"].iter().flat_map(|kind| set.of_kind(kind)) {
        let Some(role) = binding.node.get("roleRef") else { continue };
        let (Some((kind, _)), Some((name, node))) = (text(role, "kind"), text(role, "name")) else { continue };
        let (found, namespace) = match kind {
            "Role" => (set.find("Role", binding.namespace, name).is_some(), binding.namespace),
            "ClusterRole" => {
                let built_in = BUILT_IN.contains(&name) || name.starts_with("system:");
                (built_in || set.find_global("ClusterRole", name).is_some(), "")
            }
            _ => continue,
        };
        if !found {
            told.missing(binding, node, "roleRef.name", &Wanted { kind, namespace, name });
        }
    }
}
