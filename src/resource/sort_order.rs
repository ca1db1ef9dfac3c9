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
    let keys: Vec<SortKey<'_>> = resources.iter().map(|resource| SortKey::of(resource, first, last)).collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|&a, &b| keys[a].compare(&keys[b]));
    resources.arrange(&order);
}

/// What the place of an object depends on.
struct SortKey<'r> {
    rank: isize,
    gvk: &'r Gvk,
    /// The text by which kinds are compared.
    kind: String,
    /// `namespace|name`, compared as one string, as kustomize does.
    name: String,
}

impl<'r> SortKey<'r> {
    fn of(resource: &'r Resource, first: &[String], last: &[String]) -> Self {
        let id = resource.id();
        let namespace = if id.namespace.is_empty() { "~X" } else { id.namespace.as_str() };
        let (kind, name) = (stable_text(&id.gvk), [namespace, "|", id.name.as_str()].concat());
        SortKey { rank: rank(&id.gvk.kind, first, last), gvk: &id.gvk, kind, name }
    }

    fn compare(&self, other: &SortKey<'_>) -> Ordering {
        self.rank.cmp(&other.rank).then_with(|| match self.gvk == other.gvk {
            true => self.name.cmp(&other.name),
            false => {
                let order = self.kind.cmp(&other.kind);
                // The core Namespace comes before those of other groups.
                let namespaces = self.gvk.kind == "Namespace" && other.gvk.kind == "Namespace";
                let is_core = self.gvk.group.is_empty() || other.gvk.group.is_empty();
                if namespaces && is_core { order.reverse() } else { order }
            }
        })
    }
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

/// `group_version_kind`; an empty part comes after all others.
fn stable_text(gvk: &Gvk) -> String {
    [part(&gvk.group, "~G"), "_", part(&gvk.version, "~V"), "_", part(&gvk.kind, "~K")].concat()
}

fn part<'t>(text: &'t str, empty: &'static str) -> &'t str {
    if text.is_empty() { empty } else { text }
}

/// The order of kinds in tables: legacy order of the kind, then group, version, and kind as strings.
pub fn compare_gvk(a: &Gvk, b: &Gvk) -> Ordering {
    rank(&a.kind, FIRST, LAST).cmp(&rank(&b.kind, FIRST, LAST)).then_with(|| stable_text(a).cmp(&stable_text(b)))
}
