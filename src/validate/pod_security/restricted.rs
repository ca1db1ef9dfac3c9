//! Checks of the level `restricted`, except those of security profiles: pods that give up all rights they do not need.

use std::collections::BTreeSet;

use super::baseline::{added, any_proc_mount, must_not_add};
use super::check::{Setters, Violation, plural, quoted, uses};
use super::pod::SecuredPod;
use crate::validate::look::{int, is_false, is_true, items, set, text, texts};
use crate::yaml::Node;

/// Types of volumes that every pod may use.
const VOLUMES: &[&str] =
    &["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];

/// Types of volumes that are not allowed.
const OTHER_VOLUMES: &[&str] = &[
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

/// Processes that can gain more rights than their parent.
pub fn privilege_escalation<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let mut setters = Setters::default();
    for container in pod.containers.iter().filter(|_| !pod.is_windows()) {
        let context = container.context.filter(|context| !is_false(context, "allowPrivilegeEscalation"));
        if container.context.is_none() || context.is_some() {
            let node = context.and_then(|context| set(context, "allowPrivilegeEscalation"));
            setters.container(container, node, "securityContext.allowPrivilegeEscalation");
        }
    }
    setters.violation("allowPrivilegeEscalation != false", |setters| {
        format!("{} must set securityContext.allowPrivilegeEscalation=false", setters.named(None))
    })
}

/// Capabilities that are not dropped, or that are added.
pub fn capabilities<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    if pod.is_windows() {
        return None;
    }
    let mut missing = Setters::default();
    for container in &pod.containers {
        let capabilities = container.context.and_then(|context| set(context, "capabilities"));
        let drops = capabilities.is_some_and(|capabilities| texts(capabilities, "drop").any(|(_, name, _)| name == "ALL"));
        if !drops {
            let node = capabilities.and_then(|capabilities| set(capabilities, "drop"));
            missing.container(container, node, "securityContext.capabilities.drop");
        }
    }
    let (setters, forbidden) = added(pod, |name| name == "NET_BIND_SERVICE");
    let must_drop =
        |missing: &Setters<'_>| format!("{} must set securityContext.capabilities.drop=[\"ALL\"]", missing.named(None));
    let reason = "unrestricted capabilities";
    let missing = missing.violation(reason, must_drop);
    let added = setters.violation(reason, |setters| must_not_add(setters, &forbidden));
    match (missing, added) {
        (Some(missing), Some(added)) => {
            let detail = format!("{}; {}", missing.detail, added.detail);
            Some(Violation { detail, ..added })
        }
        (missing, added) => missing.or(added),
    }
}

/// Other types of `/proc`, even with a user namespace.
pub fn proc_mount<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    any_proc_mount(pod)
}

/// Volumes that depend on the node or on a server of files.
pub fn volumes<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let (mut names, mut kinds, mut place) = (Vec::new(), BTreeSet::new(), None);
    let bad = items(pod.spec, "volumes").filter(|(_, volume)| !VOLUMES.iter().any(|kind| set(volume, kind).is_some()));
    for (at, volume) in bad {
        let kind = OTHER_VOLUMES.iter().find(|kind| set(volume, kind).is_some());
        names.push(text(volume, "name").map_or("", |(name, _)| name));
        kinds.insert(*kind.unwrap_or(&"unknown"));
        let path = kind.map(|kind| format!(".{kind}")).unwrap_or_default();
        let node = kind.and_then(|kind| set(volume, kind)).unwrap_or(volume);
        place.get_or_insert_with(|| (node, format!("volumes[{at}]{path}")));
    }
    let place = Some(place?);
    let kinds: Vec<&str> = kinds.into_iter().collect();
    let (count, what) = (names.len(), plural("restricted volume type", kinds.len()));
    let detail = format!("{} {} {} {what} {}", plural("volume", count), quoted(&names), uses(count), quoted(&kinds));
    Some(Violation { reason: "restricted volume types".into(), detail, place })
}

/// Containers that may run as root.
pub fn non_root<'n>(pod: &SecuredPod<'n>, version: u16) -> Option<Violation<'n>> {
    if pod.is_relaxed(version) {
        return None;
    }
    let field = "runAsNonRoot";
    let of = |context: Option<&'n Node>| context.and_then(|context| set(context, field));
    let (mut bad, mut missing) = (Setters::default(), Setters::default());
    let context = pod.context();
    if let Some(node) = of(context).filter(|_| context.is_some_and(|context| is_false(context, field))) {
        bad.pod(node, "securityContext.runAsNonRoot");
    }
    let in_pod = context.is_some_and(|context| is_true(context, field));
    for container in &pod.containers {
        match of(container.context) {
            Some(node) if container.context.is_some_and(|context| is_false(context, field)) => {
                bad.container(container, Some(node), "securityContext.runAsNonRoot");
            }
            Some(_) => {}
            None if in_pod => {}
            None => missing.container(container, None, "securityContext.runAsNonRoot"),
        }
    }
    let reason = "runAsNonRoot != true";
    let bad = bad.violation(reason, |bad| format!("{} must not set securityContext.runAsNonRoot=false", bad.named(None)));
    let must_set = |missing: &Setters<'_>| format!("pod or {} must set securityContext.runAsNonRoot=true", missing.named(None));
    bad.or_else(|| missing.violation(reason, must_set))
}

/// Containers that run as root.
pub fn user<'n>(pod: &SecuredPod<'n>, version: u16) -> Option<Violation<'n>> {
    if pod.is_relaxed(version) {
        return None;
    }
    let root = |context: Option<&'n Node>| Some(int(context?, "runAsUser").filter(|(user, _)| *user == 0)?.1);
    let mut setters = Setters::default();
    if let Some(node) = root(pod.context()) {
        setters.pod(node, "securityContext.runAsUser");
    }
    for container in &pod.containers {
        if let Some(node) = root(container.context) {
            setters.container(container, Some(node), "securityContext.runAsUser");
        }
    }
    setters.violation("runAsUser=0", |setters| format!("{} must not set runAsUser=0", setters.named(None)))
}
