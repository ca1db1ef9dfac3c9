//! A binding refers to a Role or ClusterRole that does not exist, so it grants nothing.
//!
//! The built-in roles (`view`, `edit`, `admin`, `cluster-admin`, `system:...`) always exist. If another role is created
//! elsewhere, silence the finding with an annotation on the binding,
//! `ignore-check.render.dev/unknown-role: created by the platform`, or with an entry under `silence` in `.render.yaml`.

use super::reporter::Target;
use super::{Lint, Reporter, Set};
use crate::validate::look::text;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-role", file: include_str!("unknown_role.rs"), check };

/// The user-facing roles that every cluster has.
const BUILT_IN: &[&str] = &["admin", "cluster-admin", "edit", "view"];

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
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
            out.missing(binding, node, "roleRef.name", &Target { kind, namespace, name });
        }
    }
}
