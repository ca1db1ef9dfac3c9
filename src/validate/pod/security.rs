//! Security contexts of pods and containers.

use crate::validate::look::{self, in_range, is_false, is_true, items, one_of, required_text, set, text};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

const MAX_ID: i64 = i32::MAX as i64;

/// Checks the security context of a pod.
pub fn pod(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if is_true(spec, "hostPID") && is_true(spec, "shareProcessNamespace") {
        let node = set(spec, "shareProcessNamespace").unwrap_or(spec);
        out.invalid(node, &path.field("shareProcessNamespace"), "`shareProcessNamespace` and `hostPID` exclude each other");
    }
    let Some(context) = set(spec, "securityContext") else { return };
    let path = path.field("securityContext");
    for field in ["runAsUser", "runAsGroup", "fsGroup"] {
        in_range(context, field, 0..=MAX_ID, &path, out);
    }
    let list = path.field("supplementalGroups");
    for (at, group) in items(context, "supplementalGroups") {
        if look::as_int(group).is_some_and(|id| !(0..=MAX_ID).contains(&id)) {
            out.invalid(group, &list.index(at), format!("must be between 0 and {MAX_ID}"));
        }
    }
    one_of(context, "fsGroupChangePolicy", &["OnRootMismatch", "Always"], &path, out);
    one_of(context, "supplementalGroupsPolicy", &["Merge", "Strict"], &path, out);
    profiles(context, &path, out);
    sysctls(spec, context, &path, out);
}

fn sysctls(spec: &Node, context: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("sysctls");
    let mut seen = look::Unique::default();
    for (at, sysctl) in items(context, "sysctls") {
        let path = list.index(at);
        let Some((name, node)) = required_text(sysctl, "name", &path, out) else { continue };
        let part = |part: &str| {
            let ok = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            !part.is_empty()
                && part.bytes().all(|byte| ok(byte) || matches!(byte, b'-' | b'_'))
                && part.bytes().next().is_some_and(ok)
        };
        if !name.split(['.', '/']).all(part) || name.len() > 253 {
            out.invalid(node, &path.field("name"), format!("`{name}` is no name of a sysctl"));
        }
        seen.add(name, node, &path.field("name"), out);
        let host = |field: &str| is_true(spec, field);
        if (name.starts_with("net.") && host("hostNetwork")) || (name.starts_with("kernel.shm") && host("hostIPC")) {
            out.invalid(node, &path.field("name"), "this sysctl belongs to the host that the pod shares");
        }
    }
}

/// Checks the security context of a container.
pub fn container(container: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(context) = set(container, "securityContext") else { return };
    let path = path.field("securityContext");
    for field in ["runAsUser", "runAsGroup"] {
        in_range(context, field, 0..=MAX_ID, &path, out);
    }
    one_of(context, "procMount", &["Default", "Unmasked"], &path, out);
    profiles(context, &path, out);
    if is_false(context, "allowPrivilegeEscalation") {
        let adds = context.get("capabilities").into_iter().flat_map(|capabilities| items(capabilities, "add"));
        let added = adds.filter_map(|(_, capability)| look::as_text(capability)).any(|name| matches!(name, "CAP_SYS_ADMIN"));
        if is_true(context, "privileged") {
            out.invalid(context, &path, "a privileged container can't have `allowPrivilegeEscalation: false`");
        }
        if added {
            out.invalid(context, &path, "a container with CAP_SYS_ADMIN can't have `allowPrivilegeEscalation: false`");
        }
    }
}

fn profiles(context: &Node, path: &Path<'_>, out: &mut Findings) {
    for field in ["seccompProfile", "appArmorProfile"] {
        let Some(profile) = set(context, field) else { continue };
        let path = path.field(field);
        let of_type = text(profile, "type");
        match of_type {
            None => out.required(profile, &path.field("type"), "`type` is missing"),
            Some(_) => one_of(profile, "type", &["Localhost", "RuntimeDefault", "Unconfined"], &path, out),
        }
        let localhost = of_type.is_some_and(|(name, _)| name == "Localhost");
        match set(profile, "localhostProfile") {
            None if localhost => {
                out.required(profile, &path.field("localhostProfile"), "`type: Localhost` needs `localhostProfile`")
            }
            Some(node) if !localhost && of_type.is_some() => {
                out.invalid(node, &path.field("localhostProfile"), "only `type: Localhost` has a profile");
            }
            Some(node) => {
                let name = look::as_text(node).unwrap_or("");
                if name.starts_with('/') || name.split('/').any(|part| part == "..") {
                    out.invalid(node, &path.field("localhostProfile"), "the path must be relative, without `..`");
                }
            }
            None => {}
        }
    }
}
