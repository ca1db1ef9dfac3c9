//! Rules for security contexts of pods and containers.

use super::windows;
use crate::validate::look::{self, in_range, is_false, is_true, items, one_of, required_text, set, text};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

const MAX_ID: i64 = i32::MAX as i64;

/// Checks the security context of a pod and related fields.
pub fn pod(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    host_users(spec, path, out);
    let path = path.field("securityContext");
    if let Some(node) =
        set(spec, "shareProcessNamespace").filter(|_| is_true(spec, "shareProcessNamespace") && is_true(spec, "hostPID"))
    {
        out.invalid(node, &path.field("shareProcessNamespace"), "`shareProcessNamespace` and `hostPID` are mutually exclusive");
    }
    let Some(context) = set(spec, "securityContext") else { return };
    for field in ["runAsUser", "runAsGroup", "fsGroup"] {
        in_range(context, field, 0..=MAX_ID, &path, out);
    }
    let list = path.field("supplementalGroups");
    for (at, group) in items(context, "supplementalGroups") {
        if let Some(id) = look::as_int(group).filter(|id| !(0..=MAX_ID).contains(id)) {
            out.invalid(group, &list.index(at), format!("a group ID must be between 0 and {MAX_ID}, found {id}"));
        }
    }
    if let Some(policy) = set(context, "fsGroupChangePolicy").filter(|policy| look::as_text(policy) == Some("")) {
        out.unsupported(policy, &path.field("fsGroupChangePolicy"), &["OnRootMismatch", "Always"]);
    }
    one_of(context, "fsGroupChangePolicy", &["OnRootMismatch", "Always"], &path, out);
    if out.since(33) {
        one_of(context, "supplementalGroupsPolicy", &["Merge", "Strict"], &path, out);
        one_of(context, "seLinuxChangePolicy", &["Recursive", "MountOption"], &path, out);
    }
    profiles(context, &path, out);
    windows::options(context, &path, out);
    sysctls(spec, context, &path, out);
}

/// Checks that a pod with its own user namespace does not use the host's namespaces.
fn host_users(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    if !is_false(spec, "hostUsers") || !out.since(33) {
        return;
    }
    for (field, reported) in [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")] {
        if let Some(node) = set(spec, field).filter(|_| is_true(spec, field)) {
            out.forbidden(node, &path.field(reported), format!("`{field}` and `hostUsers: false` are mutually exclusive"));
        }
    }
}

fn sysctls(spec: &Node, context: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = path.field("sysctls");
    let mut seen = look::Unique::default();
    for (at, sysctl) in items(context, "sysctls") {
        let path = list.index(at);
        let Some((name, node)) = required_text(sysctl, "name", &path, out) else { continue };
        let path = path.field("name");
        if is_sysctl(name) {
            seen.add(name, node, &path, out);
        } else {
            out.invalid(node, &path, format!("`{name}` is not a valid sysctl name"));
        }
        if let Some(field) = owner_of(&name.replace('/', ".")).filter(|field| is_true(spec, field)) {
            out.invalid(node, &path, format!("this sysctl is not allowed with `{field}`"));
        }
    }
}

/// Whether a name consists of parts with letters, digits, `-`, and `_`, separated by `.` or `/`.
fn is_sysctl(name: &str) -> bool {
    let ok = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let part = |part: &str| {
        let ends = part.bytes().next().is_some_and(ok) && part.bytes().last().is_some_and(ok);
        ends && part.bytes().all(|byte| ok(byte) || matches!(byte, b'-' | b'_'))
    };
    name.len() <= 253 && name.split(['.', '/']).all(part)
}

/// The field that makes the pod use the host namespace that a sysctl belongs to.
fn owner_of(sysctl: &str) -> Option<&'static str> {
    if sysctl.starts_with("net.") {
        return Some("hostNetwork");
    }
    let of_ipc = matches!(sysctl, "kernel.sem") || sysctl.starts_with("kernel.shm") || sysctl.starts_with("kernel.msg");
    (of_ipc || sysctl.starts_with("fs.mqueue.")).then_some("hostIPC")
}

/// Checks the security context of a container.
pub fn container(container: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(context) = set(container, "securityContext") else { return };
    let path = path.field("securityContext");
    for field in ["runAsUser", "runAsGroup"] {
        in_range(context, field, 0..=MAX_ID, &path, out);
    }
    if out.since(33) {
        proc_mount(context, spec, &path, out);
    }
    profiles(context, &path, out);
    windows::options(context, &path, out);
    let Some(node) = set(context, "allowPrivilegeEscalation").filter(|_| is_false(context, "allowPrivilegeEscalation")) else {
        return;
    };
    if is_true(context, "privileged") {
        out.invalid(node, &path, "`allowPrivilegeEscalation` must not be false for a privileged container");
    }
    let added = context.get("capabilities").into_iter().flat_map(|capabilities| items(capabilities, "add"));
    if added.filter_map(|(_, capability)| look::as_text(capability)).any(|name| name == "CAP_SYS_ADMIN") {
        out.invalid(node, &path, "`allowPrivilegeEscalation` must not be false for a container with `CAP_SYS_ADMIN`");
    }
}

fn proc_mount(context: &Node, spec: &Node, path: &Path<'_>, out: &mut Findings) {
    one_of(context, "procMount", &["Default", "Unmasked"], path, out);
    if let Some((_, place)) = text(context, "procMount").filter(|(mount, _)| *mount == "Unmasked" && !is_false(spec, "hostUsers"))
    {
        out.invalid(place, &path.field("procMount"), "`procMount: Unmasked` requires `hostUsers: false`");
    }
}

fn profiles(context: &Node, path: &Path<'_>, out: &mut Findings) {
    for field in ["seccompProfile", "appArmorProfile"] {
        let Some(profile) = set(context, field) else { continue };
        let path = path.field(field);
        let Some((kind, _)) = required_text(profile, "type", &path, out) else { continue };
        one_of(profile, "type", &["Localhost", "RuntimeDefault", "Unconfined"], &path, out);
        let file = set(profile, "localhostProfile");
        let path = path.field("localhostProfile");
        match (kind, file) {
            ("Localhost", None) => out.required(profile, &path, "`type: Localhost` requires `localhostProfile`"),
            ("Localhost", Some(node)) if field == "seccompProfile" => seccomp_file(node, &path, out),
            ("Localhost", Some(node)) => app_armor_name(node, &path, out),
            (_, Some(node)) => out.invalid(node, &path, "`localhostProfile` requires `type: Localhost`"),
            (_, None) => {}
        }
    }
}

fn seccomp_file(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let name = look::as_text(node).unwrap_or("");
    if name.starts_with('/') || name.split('/').any(|part| part == "..") {
        out.invalid(node, path, "the path must be relative and must not contain `..`");
    }
}

fn app_armor_name(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let name = look::as_text(node).unwrap_or("");
    if name.trim() != name {
        out.invalid(node, path, "the name must not start or end with a space");
    } else if name.is_empty() {
        out.required(node, path, "`type: Localhost` requires `localhostProfile`");
    }
    if name.len() > 4095 {
        out.too_long(node, path, format!("must be no more than 4095 characters, found {}", name.len()));
    }
}
