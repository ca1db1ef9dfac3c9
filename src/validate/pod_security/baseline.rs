//! Checks of the level `baseline`, except those of security profiles: nothing that gives access to the node.

use std::collections::BTreeSet;

use super::check::{Setters, Violation, plural, quoted, uses};
use super::pod::SecuredPod;
use crate::validate::look::{as_text, int, is_true, items, set, text, texts};
use crate::yaml::Node;

/// Capabilities that containers may add.
const CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Sysctls that pods may set, each with the first minor version of the policy that allows it.
const SYSCTLS: &[(&str, u16)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_notsent_lowat", 37),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.tcp_wmem", 32),
];

/// Added capabilities beyond those of a container runtime.
pub fn capabilities<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let (setters, forbidden) = added(pod, |name| CAPABILITIES.contains(&name));
    setters.violation("non-default capabilities", |setters| must_not_add(setters, &forbidden))
}

/// The containers that add capabilities which are not allowed, and these.
pub fn added<'n>(pod: &SecuredPod<'n>, is_allowed: impl Fn(&str) -> bool) -> (Setters<'n>, BTreeSet<&'n str>) {
    let (mut setters, mut forbidden) = (Setters::default(), BTreeSet::new());
    for container in &pod.containers {
        let capabilities = container.context.and_then(|context| set(context, "capabilities"));
        for (at, name, node) in capabilities.into_iter().flat_map(|capabilities| texts(capabilities, "add")) {
            if !is_allowed(name) {
                forbidden.insert(name);
                setters.container(container, Some(node), &format!("securityContext.capabilities.add[{at}]"));
            }
        }
    }
    (setters, forbidden)
}

/// The detail about added capabilities.
pub fn must_not_add(setters: &Setters<'_>, forbidden: &BTreeSet<&str>) -> String {
    let forbidden: Vec<&str> = forbidden.iter().copied().collect();
    format!("{} must not include {} in securityContext.capabilities.add", setters.named(None), quoted(&forbidden))
}

/// Namespaces of the node.
pub fn host_namespaces<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let used = ["hostNetwork", "hostPID", "hostIPC"].into_iter().filter(|field| is_true(pod.spec, field));
    let used: Vec<&str> = used.collect();
    let first = used.first()?;
    let detail = used.iter().map(|field| format!("{field}=true")).collect::<Vec<_>>().join(", ");
    let place = set(pod.spec, first).map(|node| (node, (*first).to_owned()));
    Some(Violation { reason: "host namespaces".into(), detail, place })
}

/// Volumes that are directories of the node.
pub fn host_path_volumes<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let volumes = items(pod.spec, "volumes").filter_map(|(at, volume)| Some((at, volume, set(volume, "hostPath")?)));
    let volumes: Vec<_> = volumes.collect();
    let (at, _, node) = volumes.first()?;
    let names: Vec<&str> = volumes.iter().map(|(_, volume, _)| text(volume, "name").map_or("", |(name, _)| name)).collect();
    let detail = format!("{} {}", plural("volume", names.len()), quoted(&names));
    Some(Violation { reason: "hostPath volumes".into(), detail, place: Some((node, format!("volumes[{at}].hostPath"))) })
}

/// Ports of the node.
pub fn host_ports<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let (mut setters, mut forbidden) = (Setters::default(), BTreeSet::new());
    // With the network of the node, all ports are its own; the server fills them in, in objects but not in templates.
    let fills_in = is_true(pod.spec, "hostNetwork") && (pod.is_object || pod.server < 28);
    for container in &pod.containers {
        let fills_in = fills_in && container.at.0 != "ephemeralContainers";
        for (at, port) in items(container.node, "ports") {
            let host = int(port, "hostPort").filter(|(number, _)| *number != 0);
            let (field, found) = match host {
                Some(found) => ("hostPort", Some(found)),
                None => ("containerPort", int(port, "containerPort").filter(|_| fills_in)),
            };
            if let Some((number, node)) = found {
                forbidden.insert(number.to_string());
                setters.container(container, Some(node), &format!("ports[{at}].{field}"));
            }
        }
    }
    setters.violation("hostPort", |setters| {
        let ports: Vec<String> = forbidden.iter().cloned().collect();
        let count = setters.containers.len();
        format!("{} {} {} {}", setters.named(None), uses(count), plural("hostPort", ports.len()), ports.join(", "))
    })
}

/// Probes and hooks that contact another host.
pub fn probe_hosts<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let (mut setters, mut forbidden) = (Setters::default(), BTreeSet::new());
    for container in &pod.containers {
        let probes =
            ["livenessProbe", "readinessProbe", "startupProbe"].map(|field| (set(container.node, field), field.to_owned()));
        let lifecycle = set(container.node, "lifecycle");
        let hook = |field: &str| (lifecycle.and_then(|lifecycle| set(lifecycle, field)), format!("lifecycle.{field}"));
        for (handler, path) in probes.into_iter().chain(["postStart", "preStop"].map(hook)) {
            for action in ["httpGet", "tcpSocket"] {
                let host = handler.and_then(|handler| text(set(handler, action)?, "host")).filter(|(host, _)| !host.is_empty());
                if let Some((host, node)) = host {
                    forbidden.insert(host);
                    setters.container(container, Some(node), &format!("{path}.{action}.host"));
                }
            }
        }
    }
    setters.containers.sort_unstable();
    setters.violation("probe or lifecycle host", |setters| {
        let hosts: Vec<&str> = forbidden.iter().copied().collect();
        let (count, what) = (setters.containers.len(), plural("probe or lifecycle host", hosts.len()));
        format!("{} {} {what} {}", setters.named(None), uses(count), quoted(&hosts))
    })
}

/// Containers without isolation.
pub fn privileged<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let mut setters = Setters::default();
    for container in &pod.containers {
        if let Some(context) = container.context.filter(|context| is_true(context, "privileged")) {
            setters.container(container, set(context, "privileged"), "securityContext.privileged");
        }
    }
    setters.violation("privileged", |setters| format!("{} must not set securityContext.privileged=true", setters.named(None)))
}

/// Other types of `/proc`, unless the pod has its own user namespace.
pub fn proc_mount<'n>(pod: &SecuredPod<'n>, version: u16) -> Option<Violation<'n>> {
    if pod.is_relaxed(version) { None } else { any_proc_mount(pod) }
}

/// Other types of `/proc`.
pub fn any_proc_mount<'n>(pod: &SecuredPod<'n>) -> Option<Violation<'n>> {
    let (mut setters, mut forbidden) = (Setters::default(), BTreeSet::new());
    for container in pod.containers.iter().filter(|_| pod.keeps_namespaces()) {
        let found = container.context.and_then(|context| text(context, "procMount")).filter(|(kind, _)| *kind != "Default");
        if let Some((kind, node)) = found {
            forbidden.insert(kind);
            setters.container(container, Some(node), "securityContext.procMount");
        }
    }
    setters.violation("procMount", |setters| {
        let kinds: Vec<&str> = forbidden.iter().copied().collect();
        format!("{} must not set securityContext.procMount to {}", setters.named(None), quoted(&kinds))
    })
}

/// Sysctls that affect other pods.
pub fn sysctls<'n>(pod: &SecuredPod<'n>, version: u16) -> Option<Violation<'n>> {
    let is_allowed = |name: &str| SYSCTLS.iter().any(|(known, since)| *known == name && version >= *since);
    let all = pod.context().into_iter().flat_map(|context| items(context, "sysctls"));
    let names = all.filter_map(|(at, sysctl)| Some((at, text(sysctl, "name")?)));
    let forbidden: Vec<(usize, (&str, &Node))> = names.filter(|(_, (name, _))| !is_allowed(name)).collect();
    let (at, (_, node)) = forbidden.first()?;
    let detail = forbidden.iter().map(|(_, (name, _))| *name).collect::<Vec<_>>().join(", ");
    let place = Some((*node, format!("securityContext.sysctls[{at}].name")));
    Some(Violation { reason: "forbidden sysctls".into(), detail, place })
}

/// Windows containers that are processes of the node.
pub fn host_process<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let found = |context: Option<&'n Node>| {
        let options = context.and_then(|context| set(context, "windowsOptions"))?;
        set(options, "hostProcess").filter(|node| as_text(node) != Some("") && is_true(options, "hostProcess"))
    };
    let path = "securityContext.windowsOptions.hostProcess";
    let mut setters = Setters::default();
    if let Some(node) = found(pod.context()) {
        setters.pod(node, path);
    }
    for container in &pod.containers {
        if let Some(node) = found(container.context) {
            setters.container(container, Some(node), path);
        }
    }
    setters.violation("hostProcess", |setters| {
        format!("{} must not set securityContext.windowsOptions.hostProcess=true", setters.named(None))
    })
}
