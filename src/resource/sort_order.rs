//! The order of output: objects that others depend on come first, or all stay in the order in which they were accumulated.
//!
//! The legacy order puts some kinds first and webhooks last, then sorts by group, version, kind, namespace, and name as
//! bytes. `sortOptions` of the root kustomization takes precedence over the command line. Behavior: kustomize's
//! `SortOrderTransformer`.

use std::cmp::Ordering;

use super::{Gvk, ResId, ResMap};

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
    let keys: Vec<SortKey<'_>> = resources.iter().map(|resource| SortKey::of(resource.id(), first, last)).collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|&a, &b| keys[a].compare(&keys[b]));
    drop(keys);
    resources.arrange(order);
}

/// What the place of an object depends on.
struct SortKey<'r> {
    rank: isize,
    id: &'r ResId,
}

impl<'r> SortKey<'r> {
    fn of(id: &'r ResId, first: &[String], last: &[String]) -> Self {
        SortKey { rank: rank(&id.gvk.kind, first, last), id }
    }

    fn compare(&self, other: &SortKey<'_>) -> Ordering {
        let (a, b) = (&self.id.gvk, &other.id.gvk);
        self.rank.cmp(&other.rank).then_with(|| match a == b {
            true => compare_names(self.id, other.id),
            false => {
                let order = compare_kinds(a, b);
                // The core Namespace comes before those of other groups.
                let namespaces = a.kind == "Namespace" && b.kind == "Namespace";
                let is_core = a.group.is_empty() || b.group.is_empty();
                if namespaces && is_core { order.reverse() } else { order }
            }
        })
    }
}

/// By `namespace|name` as one string, as in kustomize.
fn compare_names(a: &ResId, b: &ResId) -> Ordering {
    fn text(id: &ResId) -> [&str; 3] {
        [part(&id.namespace, "~X"), "|", &id.name]
    }
    if a.namespace == b.namespace { a.name.cmp(&b.name) } else { compare(text(a), text(b)) }
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

/// By `group_version_kind` as one string; an empty part comes after all others.
fn compare_kinds(a: &Gvk, b: &Gvk) -> Ordering {
    fn text(gvk: &Gvk) -> [&str; 5] {
        [part(&gvk.group, "~G"), "_", part(&gvk.version, "~V"), "_", part(&gvk.kind, "~K")]
    }
    compare(text(a), text(b))
}

/// Compares texts in several parts.
fn compare<const N: usize>(a: [&str; N], b: [&str; N]) -> Ordering {
    a.iter().flat_map(|part| part.bytes()).cmp(b.iter().flat_map(|part| part.bytes()))
}

fn part<'t>(text: &'t str, empty: &'static str) -> &'t str {
    if text.is_empty() { empty } else { text }
}

/// The order of kinds in tables: legacy order of the kind, then group, version, and kind as strings.
pub fn compare_gvk(a: &Gvk, b: &Gvk) -> Ordering {
    rank(&a.kind, FIRST, LAST).cmp(&rank(&b.kind, FIRST, LAST)).then_with(|| compare_kinds(a, b))
}
