//! Fields that the API server does not allow to change: an object that differs in one of them must be deleted and recreated.
//!
//! The rules are those of the update validation in Kubernetes (`pkg/apis/*/validation`). Conditions on more than the field are
//! functions at the end of the file.

use crate::diff::model::{Change, Sided};
use crate::resource::Gvk;
use crate::schema::quantity::Quantity;
use crate::yaml::{Node, scalar};

/// The fields of a kind.
struct Rule {
    group: &'static str,
    kind: &'static str,
    /// Fields that can't be changed; `spec.*` is the whole specification.
    fixed: &'static [&'static str],
    /// Fields below them that can be changed.
    free: &'static [&'static str],
    /// An additional condition.
    when: When,
}

type When = fn(&Node, &Node, &Change) -> bool;

const fn rule(group: &'static str, kind: &'static str, fixed: &'static [&'static str]) -> Rule {
    Rule { group, kind, fixed, free: &[], when: always }
}

const RBAC: &str = "rbac.authorization.k8s.io";

const RULES: &[Rule] = &[
    rule("apps", "Deployment", &["spec.selector"]),
    rule("apps", "DaemonSet", &["spec.selector"]),
    rule("apps", "ReplicaSet", &["spec.selector"]),
    Rule {
        free: &[
            "spec.replicas",
            "spec.ordinals",
            "spec.template",
            "spec.updateStrategy",
            "spec.minReadySeconds",
            "spec.persistentVolumeClaimRetentionPolicy",
            "spec.revisionHistoryLimit",
        ],
        ..rule("apps", "StatefulSet", &["spec.*"])
    },
    rule("apps", "ControllerRevision", &["data"]),
    rule(
        "batch",
        "Job",
        &[
            "spec.selector",
            "spec.template",
            "spec.completionMode",
            "spec.podFailurePolicy",
            "spec.successPolicy",
            "spec.backoffLimitPerIndex",
            "spec.managedBy",
        ],
    ),
    Rule { when: is_not_indexed, ..rule("batch", "Job", &["spec.completions"]) },
    Rule {
        free: &[
            "spec.containers.*.image",
            "spec.initContainers.*.image",
            "spec.activeDeadlineSeconds",
            "spec.tolerations",
            "spec.schedulingGates",
            "spec.terminationGracePeriodSeconds",
        ],
        ..rule("", "Pod", &["spec.*"])
    },
    Rule { when: keeps_its_address, ..rule("", "Service", &["spec.clusterIP", "spec.clusterIPs"]) },
    Rule { free: &["spec.resources", "spec.volumeAttributesClassName"], ..rule("", "PersistentVolumeClaim", &["spec.*"]) },
    Rule { when: shrinks, ..rule("", "PersistentVolumeClaim", &["spec.resources.requests.storage"]) },
    Rule {
        free: &[
            "spec.capacity",
            "spec.accessModes",
            "spec.claimRef",
            "spec.persistentVolumeReclaimPolicy",
            "spec.storageClassName",
            "spec.mountOptions",
            "spec.volumeAttributesClassName",
            "spec.nodeAffinity",
        ],
        ..rule("", "PersistentVolume", &["spec.*"])
    },
    Rule { when: was_set, ..rule("", "PersistentVolume", &["spec.nodeAffinity"]) },
    rule("", "Secret", &["type"]),
    Rule { when: is_frozen, ..rule("", "Secret", &["data", "stringData", "immutable"]) },
    Rule { when: is_frozen, ..rule("", "ConfigMap", &["data", "binaryData", "immutable"]) },
    rule("", "ResourceQuota", &["spec.scopes"]),
    rule("storage.k8s.io", "StorageClass", &["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"]),
    rule("storage.k8s.io", "VolumeAttributesClass", &["driverName", "parameters"]),
    rule("storage.k8s.io", "CSIDriver", &["spec.attachRequired", "spec.fsGroupPolicy", "spec.volumeLifecycleModes"]),
    rule(RBAC, "RoleBinding", &["roleRef"]),
    rule(RBAC, "ClusterRoleBinding", &["roleRef"]),
    rule("networking.k8s.io", "IngressClass", &["spec.controller"]),
    rule("node.k8s.io", "RuntimeClass", &["handler"]),
    rule("scheduling.k8s.io", "PriorityClass", &["value", "preemptionPolicy"]),
    rule("discovery.k8s.io", "EndpointSlice", &["addressType"]),
    rule("certificates.k8s.io", "CertificateSigningRequest", &["spec.*"]),
    rule("apiextensions.k8s.io", "CustomResourceDefinition", &["spec.scope", "spec.group", "spec.names.kind"]),
];

/// Whether the API server rejects a change of an object.
pub fn is_refused(gvk: &Gvk, old: &Node, new: &Node, change: &Change) -> bool {
    let below = |path: &&str| change.path.starts_with(&path.split('.').collect::<Vec<_>>());
    RULES
        .iter()
        .filter(|rule| rule.group == gvk.group && rule.kind == gvk.kind)
        .any(|rule| rule.fixed.iter().any(below) && !rule.free.iter().any(below) && (rule.when)(old, new, change))
}

fn always(_: &Node, _: &Node, _: &Change) -> bool {
    true
}

fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.at_path(path).and_then(Node::as_text).map(|text| text.as_str())
}

/// The number of completions may follow the parallelism of an indexed job.
fn is_not_indexed(_: &Node, new: &Node, _: &Change) -> bool {
    text(new, &["spec", "completionMode"]) != Some("Indexed")
}

/// An address can't be changed; removing the field keeps it. A service of type ExternalName has no address and may get one.
fn keeps_its_address(old: &Node, new: &Node, change: &Change) -> bool {
    let is_external = |node| text(node, &["spec", "type"]) == Some("ExternalName");
    change.new.is_some() && !is_external(old) && !is_external(new)
}

/// Volume claims can grow but not shrink.
fn shrinks(_: &Node, _: &Node, change: &Change) -> bool {
    let size = |side: &Option<Sided>| side.as_ref().and_then(|side| Quantity::of(&side.node)).map(Quantity::nanos);
    matches!((size(&change.old), size(&change.new)), (Some(old), Some(new)) if new < old)
}

fn was_set(_: &Node, _: &Node, change: &Change) -> bool {
    change.old.is_some()
}

/// `immutable: true`
fn is_frozen(old: &Node, _: &Node, _: &Change) -> bool {
    old.get("immutable").and_then(Node::as_text).is_some_and(|text| scalar::bool_value(text))
}
