//! Rules for `metadata.name` by kind: the syntax of the name, and which kinds do not require one.
//!
//! Behavior: the name function that the validation of each kind passes to `ValidateObjectMeta`; the names of kinds without such a
//! function must be valid path segments, as all names must be.

use super::names::{dns_label, dns_subdomain, driver_name, path_segment, service_name};
use crate::resource::Gvk;
use crate::schema::Version;

/// Checks a name.
pub type NameRule = fn(&str) -> Result<(), String>;

/// Kinds whose names are not subdomains: group, kind (empty for all kinds), rule.
const OTHERS: &[(&str, &str, NameRule)] = &[
    ("", "Namespace", dns_label),
    ("", "Event", path_segment),
    ("apiregistration.k8s.io", "APIService", path_segment),
    ("batch", "CronJob", cron_job_name),
    ("certificates.k8s.io", "CertificateSigningRequest", path_segment),
    ("certificates.k8s.io", "ClusterTrustBundle", path_segment),
    ("events.k8s.io", "Event", path_segment),
    ("networking.k8s.io", "IPAddress", path_segment),
    ("policy", "PodDisruptionBudget", path_segment),
    ("rbac.authorization.k8s.io", "", path_segment),
    ("storage.k8s.io", "CSIDriver", driver_name),
];

/// The rule for names of a kind.
pub fn rule(gvk: &Gvk, version: Version) -> NameRule {
    if gvk.group.is_empty() && gvk.kind == "Service" {
        return service_name(version >= Version::minor(35));
    }
    let other = OTHERS.iter().find(|(group, kind, _)| *group == gvk.group && (kind.is_empty() || *kind == gvk.kind));
    other.map_or(dns_subdomain, |(_, _, rule)| *rule)
}

/// Whether objects of a kind do not require a name: they are requests that the server answers but does not store.
pub fn needs_none(gvk: &Gvk) -> bool {
    matches!(gvk.group.as_str(), "authentication.k8s.io" | "authorization.k8s.io")
}

fn cron_job_name(name: &str) -> Result<(), String> {
    // The names of its Jobs have eleven more characters.
    if name.len() > 52 {
        return Err(format!("must be no more than 52 characters, found {}", name.len()));
    }
    dns_subdomain(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_their_kind() {
        let check = |group: &str, kind: &str, name: &str| {
            let gvk = Gvk { group: group.into(), version: "v1".into(), kind: kind.into() };
            rule(&gvk, Version::NEWEST)(name).is_ok()
        };
        assert!(check("", "ConfigMap", "a.b") && !check("", "ConfigMap", "a_b") && !check("", "Namespace", "a.b"));
        assert!(check("", "Service", "1a") && !check("", "Service", "a.b"));
        assert!(check("rbac.authorization.k8s.io", "Role", "system:a_B") && !check("rbac.authorization.k8s.io", "Role", "a/b"));
    }
}
