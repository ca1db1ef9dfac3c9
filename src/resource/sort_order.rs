//! The order of output: objects that others depend on come first, or all stay in the order in which they were accumulated.
//!
//! The legacy order puts some kinds first and webhooks last, then sorts by group, version, kind, namespace, and name as
//! bytes. `sortOptions` of the root kustomization takes precedence over the command line. Behavior: kustomize's
//! `SortOrderTransformer`.

use std::cmp::Ordering;

use super::{Gvk, ResMap, Resource};

/// Kinds that come first, in this order.
const FIRST: &[&str] = &[
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// Kinds that come last, in this order.
const LAST: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// How objects are ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortOrder {
    /// As they were accumulated.
    Fifo,
    /// By kind, with lists of the kinds that come first and last.
    Legacy {
        /// Kinds that come first.
        first: Vec<String>,
        /// Kinds that come last.
        last: Vec<String>,
    },
}

impl Default for SortOrder {
    fn default() -> Self {
        let owned = |kinds: &[&str]| kinds.iter().map(|&kind| kind.to_owned()).collect();
        SortOrder::Legacy { first: owned(FIRST), last: owned(LAST) }
    }
}

/// Puts the objects in order.
pub fn run(resources: &mut ResMap, order: &SortOrder) {
    let SortOrder::Legacy { first, last } = order else { return };
    let rank = |kind: &str| rank(kind, first, last);
    resources.sort_by(|a, b| rank(a.kind()).cmp(&rank(b.kind())).then_with(|| compare(a, b)));
}

fn rank<T: AsRef<str>>(kind: &str, first: &[T], last: &[T]) -> isize {
    // If a kind is listed twice, the last occurrence counts.
    let at = |kinds: &[T]| kinds.iter().rposition(|other| other.as_ref() == kind).map(|at| at as isize);
    match (at(first), at(last)) {
        (_, Some(at)) => at + 1,
        (Some(at), None) => at - first.len() as isize,
        (None, None) => 0,
    }
}

fn compare(a: &Resource, b: &Resource) -> Ordering {
    if a.gvk() != b.gvk() {
        let order = stable_text(a.gvk()).cmp(&stable_text(b.gvk()));
        // The core Namespace comes before those of other groups.
        let namespaces =
            a.kind() == "Namespace" && b.kind() == "Namespace" && (a.gvk().group.is_empty() || b.gvk().group.is_empty());
        return if namespaces { order.reverse() } else { order };
    }
    let namespace = |resource: &Resource| match resource.id().namespace.as_str() {
        "" => "~X".to_owned(),
        namespace => namespace.to_owned(),
    };
    let (x, y) = (namespace(a), namespace(b));
    joined_cmp(&x, &a.id().name, &y, &b.id().name)
}

/// Compares `namespace|name` as one string, as kustomize does.
fn joined_cmp(a: &str, a_name: &str, b: &str, b_name: &str) -> Ordering {
    let bytes = |namespace: &str, name: &str| [namespace.as_bytes(), b"|", name.as_bytes()].concat();
    bytes(a, a_name).cmp(&bytes(b, b_name))
}

/// `group_version_kind`; an empty part comes after all others.
fn stable_text(gvk: &Gvk) -> String {
    let part = |text: &str, empty: &'static str| if text.is_empty() { empty.to_owned() } else { text.to_owned() };
    format!("{}_{}_{}", part(&gvk.group, "~G"), part(&gvk.version, "~V"), part(&gvk.kind, "~K"))
}

/// The order of kinds in tables: legacy order of the kind, then group, version, and kind as strings.
pub fn compare_gvk(a: &Gvk, b: &Gvk) -> Ordering {
    rank(&a.kind, FIRST, LAST).cmp(&rank(&b.kind, FIRST, LAST)).then_with(|| stable_text(a).cmp(&stable_text(b)))
}
