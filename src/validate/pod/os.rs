//! Rules for the operating system of a pod: fields that it does not support.

use super::owner::each_container;
use crate::validate::look::{count, is_true, required_text, set};
use crate::validate::{Findings, Path};
use crate::yaml::Node;

/// Fields of a pod's security context that Windows does not support.
const OF_POD_CONTEXT: &[&str] = &[
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "sysctls",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
];

/// Fields of a container's security context that Windows does not support.
const OF_CONTEXT: &[&str] = &[
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
];

/// Checks `os` of a pod spec.
pub fn check(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let Some(os) = set(spec, "os") else { return };
    let os_path = path.field("os");
    let Some((name, place)) = required_text(os, "name", &os_path, out) else { return };
    match name {
        "linux" => linux(spec, path, out),
        "windows" => windows(spec, path, out),
        _ => out.unsupported(place, &os_path, &["linux", "windows"]),
    }
}

fn linux(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    let mut options = |holder: &Node, path: &Path<'_>| {
        if let Some(found) = holder.at_path(&["securityContext", "windowsOptions"]).filter(|found| !found.is_null()) {
            let context = path.field("securityContext");
            out.forbidden(found, &context.field("windowsOptions"), "`windowsOptions` is not allowed in a Linux pod");
        }
    };
    options(spec, path);
    each_container(spec, path, options);
}

fn windows(spec: &Node, path: &Path<'_>, out: &mut Findings) {
    // Before, the server drops the fields of user namespaces.
    let keeps = out.since(33);
    let mut denied = |node: &Node, path: &Path<'_>, field: &str| {
        out.forbidden(node, &path.field(field), format!("`{field}` is not allowed in a Windows pod"));
    };
    if let Some(context) = set(spec, "securityContext") {
        let path = path.field("securityContext");
        for (field, node) in OF_POD_CONTEXT.iter().filter_map(|field| Some((*field, set(context, field)?))) {
            if field != "sysctls" || count(context, field) > 0 {
                denied(node, &path, field);
            }
        }
    }
    for field in
        ["hostUsers", "hostPID", "hostIPC", "shareProcessNamespace"].into_iter().filter(|field| keeps || *field != "hostUsers")
    {
        let always = matches!(field, "hostUsers" | "shareProcessNamespace");
        if let Some(node) = set(spec, field).filter(|_| always || is_true(spec, field)) {
            denied(node, path, field);
        }
    }
    each_container(spec, path, |container, path| {
        let Some(context) = set(container, "securityContext") else { return };
        let path = path.field("securityContext");
        for (field, node) in OF_CONTEXT.iter().filter_map(|field| Some((*field, set(context, field)?))) {
            if keeps || field != "procMount" {
                denied(node, &path, field);
            }
        }
    });
}
