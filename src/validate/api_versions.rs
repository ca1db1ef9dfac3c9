//! Reports API versions that are removed, deprecated, too new for the target, misspelled, or not served by default.
//!
//! The schema tables contain the kinds of each Kubernetes version from 1.25 on. The two lists here add what was removed before,
//! and what has been deprecated since when. Behavior: Kubernetes' deprecation guide and the `APILifecycle` methods of its types.

use super::Findings;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::resource::Gvk;
use crate::schema::{Definitions, Version, Versions, kinds, known_in};
use crate::yaml::Node;

/// An API version, a kind, a minor version of Kubernetes, and the API version to use instead; empty if there is none.
type Row = (&'static str, &'static str, u8, &'static str);

/// API versions that were removed in or before the oldest Kubernetes version that the tables cover; sorted.
const REMOVED: &[Row] = &[
    ("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", 22, "admissionregistration.k8s.io/v1"),
    ("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", 22, "admissionregistration.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 22, "apiextensions.k8s.io/v1"),
    ("apiregistration.k8s.io/v1beta1", "APIService", 22, "apiregistration.k8s.io/v1"),
    ("apps/v1beta1", "ControllerRevision", 16, "apps/v1"),
    ("apps/v1beta1", "Deployment", 16, "apps/v1"),
    ("apps/v1beta1", "StatefulSet", 16, "apps/v1"),
    ("apps/v1beta2", "ControllerRevision", 16, "apps/v1"),
    ("apps/v1beta2", "DaemonSet", 16, "apps/v1"),
    ("apps/v1beta2", "Deployment", 16, "apps/v1"),
    ("apps/v1beta2", "ReplicaSet", 16, "apps/v1"),
    ("apps/v1beta2", "StatefulSet", 16, "apps/v1"),
    ("authentication.k8s.io/v1beta1", "TokenReview", 22, "authentication.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", "LocalSubjectAccessReview", 22, "authorization.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", "SelfSubjectAccessReview", 22, "authorization.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", "SelfSubjectRulesReview", 22, "authorization.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", "SubjectAccessReview", 22, "authorization.k8s.io/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25, "autoscaling/v2"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26, "autoscaling/v2"),
    ("batch/v1beta1", "CronJob", 25, "batch/v1"),
    ("batch/v2alpha1", "CronJob", 21, "batch/v1"),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest", 22, "certificates.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", "Lease", 22, "coordination.k8s.io/v1"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", 25, "discovery.k8s.io/v1"),
    ("events.k8s.io/v1beta1", "Event", 25, "events.k8s.io/v1"),
    ("extensions/v1beta1", "DaemonSet", 16, "apps/v1"),
    ("extensions/v1beta1", "Deployment", 16, "apps/v1"),
    ("extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "NetworkPolicy", 16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "PodSecurityPolicy", 16, ""),
    ("extensions/v1beta1", "ReplicaSet", 16, "apps/v1"),
    ("networking.k8s.io/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "IngressClass", 22, "networking.k8s.io/v1"),
    ("node.k8s.io/v1beta1", "RuntimeClass", 25, "node.k8s.io/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", 25, "policy/v1"),
    ("policy/v1beta1", "PodSecurityPolicy", 25, ""),
    ("rbac.authorization.k8s.io/v1alpha1", "ClusterRole", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", "ClusterRoleBinding", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", "Role", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", "RoleBinding", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "Role", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", 22, "rbac.authorization.k8s.io/v1"),
    ("scheduling.k8s.io/v1alpha1", "PriorityClass", 22, "scheduling.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", 22, "scheduling.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIDriver", 22, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSINode", 22, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity", 27, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "StorageClass", 22, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "VolumeAttachment", 22, "storage.k8s.io/v1"),
];

/// Deprecated API versions whose deprecation does not follow the rule of three versions after the beta appeared; sorted.
const DEPRECATED: &[Row] = &[
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 23, "autoscaling/v2"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 23, "flowcontrol.apiserver.k8s.io/v1beta3"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfiguration", 23, "flowcontrol.apiserver.k8s.io/v1beta3"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema", 26, "flowcontrol.apiserver.k8s.io/v1beta3"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfiguration", 26, "flowcontrol.apiserver.k8s.io/v1beta3"),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity", 24, "storage.k8s.io/v1"),
    ("v1", "ComponentStatus", 19, ""),
    ("v1", "Endpoints", 33, "discovery.k8s.io/v1"),
];

/// Groups whose betas are served by default: they are older than the rule that new betas are disabled.
const SERVED_BETAS: &[&str] = &["autoscaling", "flowcontrol.apiserver.k8s.io"];

fn row(rows: &'static [Row], api_version: &str, kind: &str) -> Option<&'static Row> {
    rows.binary_search_by(|row| (row.0, row.1).cmp(&(api_version, kind))).ok().and_then(|at| rows.get(at))
}

/// Warns about a kind that is deprecated in the target, or not served by default.
pub fn warn(node: &Node, out: &mut Findings) {
    let gvk = &out.object().gvk;
    let stable = !gvk.version.contains(['a', 'b']);
    if stable && !(gvk.group.is_empty() && matches!(gvk.kind.as_str(), "Endpoints" | "ComponentStatus")) {
        return;
    }
    let gvk = gvk.clone();
    let (version, shown) = (out.version(), shown(&gvk));
    let place = node.get("apiVersion").unwrap_or(node);
    if let Some((since, help)) = deprecation(&gvk, version) {
        let message = format!("{shown} has been deprecated since Kubernetes 1.{since}");
        out.push(place.warning("deprecated-api", message).help_if(help), "apiVersion".to_owned());
    } else if !stable && !SERVED_BETAS.contains(&gvk.group.as_str()) {
        let warning = place.warning("unserved-api", format!("{shown} is not served by default"));
        let successor = successor(&gvk, version).map(|api_version| format!("use `apiVersion: {api_version}`"));
        let switch = format!("enable it on the API server with `--runtime-config={}=true`", gvk.api_version());
        out.push(warning.help(successor.unwrap_or(switch)), "apiVersion".to_owned());
    }
}

/// The minor version since which a kind has been deprecated, if it is in the target, and the help text.
fn deprecation(gvk: &Gvk, version: Version) -> Option<(u8, Option<String>)> {
    if let Some((_, kind, since, successor)) = row(DEPRECATED, &gvk.api_version(), &gvk.kind) {
        let help = match (*kind, *successor) {
            (_, "") => None,
            ("Endpoints", _) => Some("use an EndpointSlice (`apiVersion: discovery.k8s.io/v1`)".to_owned()),
            _ => Some(format!("use `apiVersion: {}`", self::successor(gvk, version).unwrap_or((*successor).to_owned()))),
        };
        return (version >= Version::minor(*since)).then_some((*since, help));
    }
    let first = known_in(&gvk.group, &gvk.version, &gvk.kind).first().filter(|_| gvk.version.contains("beta"))?;
    let since = Version::all().filter(|other| *other > first).nth(2).filter(|since| *since <= version)?;
    let successor = successor(gvk, version)?;
    let minor = since.to_string().strip_prefix("1.")?.parse().ok()?;
    Some((minor, Some(format!("use `apiVersion: {successor}`"))))
}

/// The most mature API version of the same kind and group in the target, if it is more mature than this one.
fn successor(gvk: &Gvk, version: Version) -> Option<String> {
    let candidates = kinds().filter(|kind| kind.group == gvk.group && kind.kind == gvk.kind && kind.known_in.contains(version));
    let best = candidates.map(|kind| kind.version).max_by_key(|version| maturity(version))?;
    (maturity(best) > maturity(&gvk.version)).then(|| Gvk { version: best.into(), ..gvk.clone() }.api_version().to_string())
}

/// Orders `v1alpha1`, `v1beta1`, `v1beta2`, `v1`, `v2`.
fn maturity(version: &str) -> (u8, Vec<u32>) {
    let level = if version.contains("alpha") {
        0
    } else if version.contains("beta") {
        1
    } else {
        2
    };
    let numbers = version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok());
    (level, numbers.collect())
}

fn shown(gvk: &Gvk) -> String {
    format!("{} ({})", gvk.kind, gvk.api_version())
}

/// Reports a kind that neither the target nor a definition has: removed, too new, misspelled, or unknown.
pub fn unknown(node: &Node, require_schemas: bool, definitions: &Definitions, out: &mut Findings) {
    let gvk = out.object().gvk.clone();
    let version = out.version();
    let (place, field) = wrong_part(node, &gvk, version, definitions);
    let known = known_in(&gvk.group, &gvk.version, &gvk.kind);
    let finding = if let Some((when, help)) = removal(&gvk, known, version) {
        place.error("removed-api", format!("{} was removed in Kubernetes {when}", shown(&gvk))).help_if(help)
    } else if let Some(first) = known.first() {
        place.error("unknown-kind", format!("{} requires Kubernetes {first}, but the target is {version}", shown(&gvk)))
    } else if kinds().any(|kind| kind.group == gvk.group) || !gvk.group.contains('.') {
        let error = place.error("unknown-kind", format!("{} does not exist in Kubernetes {version}", shown(&gvk)));
        error.help_if(like(&gvk, version, definitions))
    } else {
        let message = format!("{} was not checked, because its schema is not available", shown(&gvk));
        let finding = match require_schemas {
            true => Diagnostic::error("unknown-kind", message),
            false => Diagnostic::note("no-schema", message),
        };
        let help = like_defined(&gvk, definitions);
        finding.at(place.span()).help("pass its CustomResourceDefinition with `--crds`").help_if(help)
    };
    out.push(finding, field.to_owned());
}

/// The part of an unknown kind that is wrong: `kind` if its group has a kind with a similar name, or else `apiVersion`.
fn wrong_part<'n>(node: &'n Node, gvk: &Gvk, version: Version, definitions: &Definitions) -> (&'n Node, &'static str) {
    let is_known = !known_in(&gvk.group, &gvk.version, &gvk.kind).is_empty()
        || kinds().any(|kind| kind.kind == gvk.kind && kind.known_in.contains(version))
        || definitions.kinds(&gvk.group).contains(&gvk.kind);
    let is_misspelled = !is_known && near_kind(gvk, version, definitions).is_some();
    let field = if is_misspelled { "kind" } else { "apiVersion" };
    (node.get(field).unwrap_or(node), field)
}

/// The kind with the most similar name in the API version, or otherwise in the group.
fn near_kind(gvk: &Gvk, version: Version, definitions: &Definitions) -> Option<String> {
    let of_group = || kinds().filter(|kind| kind.group == gvk.group && kind.known_in.contains(version));
    let names = |kind: crate::schema::Kind| (!kind.kind.ends_with("List")).then_some(kind.kind);
    let custom = definitions.kinds(&gvk.group);
    let here = of_group().filter(|kind| kind.version == gvk.version).filter_map(names);
    did_you_mean(&gvk.kind, here.chain(custom.iter().map(|kind| kind.as_str())))
        .or_else(|| did_you_mean(&gvk.kind, of_group().filter_map(names)))
        .map(str::to_owned)
}

/// The Kubernetes version that removed a kind, if it was removed, and what to use instead.
fn removal(gvk: &Gvk, known: Versions, version: Version) -> Option<(String, Option<String>)> {
    let listed = row(REMOVED, &gvk.api_version(), &gvk.kind);
    let help = match listed {
        Some((_, "PodSecurityPolicy", ..)) => Some("label namespaces for Pod Security admission instead".to_owned()),
        Some((_, _, _, successor)) => Some(format!("use `apiVersion: {successor}`")),
        None => successor(gvk, version).map(|successor| format!("use `apiVersion: {successor}`")),
    };
    if let Some(removed) = known.removed_in() {
        return (removed <= version).then(|| (removed.to_string(), help));
    }
    listed.filter(|_| known.is_empty()).map(|(_, _, minor, _)| (format!("1.{minor}"), help))
}

/// A suggestion: the same kind in another API version, or a kind with a similar name.
fn like(gvk: &Gvk, version: Version, definitions: &Definitions) -> Option<String> {
    let mut same = kinds().filter(|kind| kind.known_in.contains(version) && kind.kind.eq_ignore_ascii_case(&gvk.kind));
    if let Some(kind) = same.next() {
        let found = Gvk { group: kind.group.into(), version: kind.version.into(), kind: kind.kind.into() };
        let better = successor(&found, version).unwrap_or_else(|| found.api_version().to_string());
        return Some(format!("Kubernetes {version} has `{}` in `apiVersion: {better}`", kind.kind));
    }
    if let Some(near) = near_kind(gvk, version, definitions) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all = || kinds().filter(|kind| kind.known_in.contains(version) && !kind.kind.ends_with("List"));
    let near = did_you_mean(&gvk.kind, all().map(|kind| kind.kind))?;
    let other = all().find(|kind| kind.kind == near)?;
    let found = Gvk { group: other.group.into(), version: other.version.into(), kind: near.into() };
    let best = successor(&found, version).unwrap_or_else(|| found.api_version().to_string());
    Some(format!("did you mean `{near}` (`{best}`)?"))
}

/// A suggestion among the custom resources: a kind of the group, or the same kind of a group with a similar name.
fn like_defined(gvk: &Gvk, definitions: &Definitions) -> Option<String> {
    let kinds = definitions.kinds(&gvk.group);
    if let Some(near) = did_you_mean(&gvk.kind, kinds.iter().map(|kind| kind.as_str())) {
        return Some(match definitions.find(&gvk.group, near) {
            Some(known) if near == gvk.kind => format!("known versions: `{}`", known.served()),
            _ => format!("did you mean `{near}`?"),
        });
    }
    if let Some(path) = definitions.near_schema(&gvk.group, &gvk.kind) {
        return Some(format!("did you mean the kind in `{path}`?"));
    }
    let groups = definitions.groups(&gvk.kind);
    let near = did_you_mean(&gvk.group, groups.iter().map(|group| group.as_str()))?;
    Some(format!("{} is in the group `{near}`", gvk.kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_agree_with_the_tables() {
        for rows in [REMOVED, DEPRECATED] {
            assert!(rows.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
        }
        for (api_version, kind, minor, successor) in REMOVED {
            let gvk = Gvk::new(api_version, kind);
            let known = known_in(&gvk.group, &gvk.version, kind);
            assert!(known.iter().all(|version| version < Version::minor(*minor)), "{api_version} {kind}");
            let next = Gvk::new(successor, kind);
            let served = known_in(&next.group, &next.version, kind).contains(Version::NEWEST);
            assert!(successor.is_empty() || served, "{successor} {kind}");
        }
    }

    #[test]
    fn the_best_version_is_the_successor() {
        let best = |api_version, kind| successor(&Gvk::new(api_version, kind), Version::NEWEST);
        assert_eq!(best("autoscaling/v2beta2", "HorizontalPodAutoscaler").as_deref(), Some("autoscaling/v2"));
        assert_eq!(best("resource.k8s.io/v1beta1", "ResourceClaim").as_deref(), Some("resource.k8s.io/v1"));
        assert_eq!(best("apps/v1", "Deployment"), None);
        assert!(maturity("v1beta2") > maturity("v1beta1") && maturity("v1") > maturity("v1beta2"));
    }
}
