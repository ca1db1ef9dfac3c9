//! A pod violates the Pod Security Standard that a label of its namespace demands.
//!
//! The labels `pod-security.kubernetes.io/enforce`, `warn`, and `audit` of a Namespace are rules of the API server for the pods in it, in
//! the version of the policy that the label with `-version` names. If a pod violates the enforced level, the server rejects it. A
//! workload is accepted, but its pods are never created. The message lists everything that is not allowed or missing, in the words of the
//! server. Change the security contexts, or choose another level for the namespace if its pods need the rights. Only labels of
//! Namespaces that are checked together with the pods are known. If several files of plain manifests define the same Namespace or Pod, they
//! are alternatives, and a violation is a warning.

use rustc_hash::{FxHashMap, FxHashSet};

use super::set::Object;
use super::{Lint, Reporter, Set, Whole};
use crate::diagnostic::{Diagnostic, Severity};
use crate::references::is_custom;
use crate::schema::Version;
use crate::validate::look::set as field;
use crate::validate::pod_security::{Demand, Level, Mode, SecuredPod, violations};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "admission-pod-security", file: include_str!("admission_pod_security.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    let mut demands: FxHashMap<&str, Vec<Demand<'_>>> = FxHashMap::default();
    for namespace in set.of_kind("Namespace").filter(|namespace| namespace.group.is_empty()) {
        let own = Mode::ALL.into_iter().filter_map(|mode| Demand::of(namespace.node, mode));
        let own: Vec<Demand<'_>> = own.filter(|demand| demand.level != Level::Privileged).collect();
        if !own.is_empty() {
            demands.insert(namespace.name, own);
        }
    }
    if demands.is_empty() {
        return;
    }
    let repeated = repeated(set);
    // A part of a pod that a controller completes is not judged.
    for pod in set.pods.iter().filter(|pod| !pod.is_partial) {
        let Some(owner) = set.owner(pod) else { continue };
        if let Some(demands) = demands.get(owner.namespace) {
            let is_doubtful = repeated.contains(owner.namespace) || repeated.contains(&own_name(owner));
            judge(demands, owner, pod.spec, &pod.path, is_doubtful, set, out);
        }
    }
}

/// Namespaces, and Pods as [`own_name`] writes them, that several files define: such files are alternatives and not applied together.
fn repeated(set: &Set<'_>) -> FxHashSet<String> {
    let (mut seen, mut repeated) = (FxHashSet::default(), FxHashSet::default());
    let namespaces = set.of_kind("Namespace").map(|namespace| namespace.name.to_owned());
    for name in namespaces.chain(set.of_kind("Pod").map(own_name)) {
        if !seen.insert(name.clone()) {
            repeated.insert(name);
        }
    }
    repeated
}

fn own_name(pod: &Object<'_>) -> String {
    format!("{}/{}", pod.namespace, pod.name)
}

/// Reports the first demand that a pod does not meet: those of other modes would repeat it. An error of doubtful objects is a warning,
/// unless they are certainly applied together.
fn judge(
    demands: &[Demand<'_>],
    owner: &Object<'_>,
    spec: &Node,
    path: &str,
    is_doubtful: bool,
    set: &Set<'_>,
    out: &mut Reporter<'_, '_>,
) {
    for demand in demands {
        for version in set.versions {
            if let Some((mut diagnostic, field)) = violated(demand, owner, spec, path, *version) {
                if diagnostic.severity == Severity::Error && is_doubtful && !are_together(set, demand.node, spec) {
                    diagnostic.severity = Severity::Warning;
                }
                return out.add(owner, diagnostic, field);
            }
        }
    }
}

/// Whether two objects are certainly applied together: in one build or in one file.
fn are_together(set: &Set<'_>, one: &Node, other: &Node) -> bool {
    matches!(set.whole, Whole::Build { .. }) || one.span().source == other.span().source
}

fn violated(demand: &Demand<'_>, owner: &Object<'_>, spec: &Node, path: &str, version: Version) -> Option<(Diagnostic, String)> {
    let is_pod = owner.kind == "Pod";
    let above: Vec<&str> = path.split('.').collect();
    let above = above.split_last().and_then(|(_, above)| owner.node.at_path(above));
    let metadata = above.and_then(|above| field(above, "metadata"));
    let pod = SecuredPod::new(spec, metadata, is_pod, version.number());
    // What is missing in the template of a custom resource may be added by its controller.
    let level = if is_custom(owner.group) { demand.level.min(Level::Baseline) } else { demand.level };
    let found = violations(&pod, level, demand.minor(version));
    let first = found.first()?;
    let details: Vec<String> = found.iter().map(|found| format!("{} ({})", found.reason, found.detail)).collect();
    let what = match (demand.mode, is_pod) {
        (_, true) => "this pod violates".to_owned(),
        (Mode::Enforce, false) => format!("the pods of this {} are never created: they violate", owner.kind),
        (_, false) => format!("the pods of this {} violate", owner.kind),
    };
    let message = format!("{what} PodSecurity \"{}:{}\": {}", demand.level.name(), demand.version, details.join(", "));
    let severity = match (demand.mode, is_pod) {
        (Mode::Enforce, true) => Severity::Error,
        (Mode::Audit, _) => Severity::Note,
        _ => Severity::Warning,
    };
    let (node, place) = first.place.as_ref().map_or((spec, String::new()), |(node, place)| (*node, format!(".{place}")));
    let mut diagnostic = node.warning(LINT.code, message);
    diagnostic.severity = severity;
    let label = format!("{} by the namespace", if demand.mode == Mode::Enforce { "enforced" } else { "checked" });
    Some((diagnostic.label(demand.node.span(), label), format!("{path}{place}")))
}
