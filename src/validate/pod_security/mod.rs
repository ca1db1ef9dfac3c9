//! The Pod Security Standards: the checks that a namespace demands of its pods with labels.
//!
//! [`CHECKS`] lists them in the order in which the server reports them. Behavior: `k8s.io/pod-security-admission/policy`, in the
//! version of the policy, which is never newer than the server.

mod baseline;
mod check;
mod labels;
mod pod;
mod profiles;
mod restricted;

pub use check::Violation;
pub use labels::{Demand, Level, Mode, RULES};
pub use pod::SecuredPod;

use check::Check;

/// All checks: those of `baseline`, then those of `restricted`, each sorted by name.
const CHECKS: &[Check] = &[
    Check::baseline("appArmorProfile", profiles::app_armor),
    Check::baseline("capabilities_baseline", baseline::capabilities),
    Check::baseline("hostNamespaces", baseline::host_namespaces),
    Check::baseline("hostPathVolumes", baseline::host_path_volumes),
    Check::baseline("hostPorts", baseline::host_ports),
    Check::baseline("hostProbesAndHostLifecycle", baseline::probe_hosts).since(34),
    Check::baseline("privileged", baseline::privileged),
    Check::baseline("procMount", baseline::proc_mount),
    Check::baseline("seLinuxOptions", profiles::se_linux),
    Check::baseline("seccompProfile_baseline", profiles::seccomp_baseline),
    Check::baseline("sysctls", baseline::sysctls),
    Check::baseline("windowsHostProcess", baseline::host_process),
    Check::restricted("allowPrivilegeEscalation", restricted::privilege_escalation),
    Check::restricted("capabilities_restricted", restricted::capabilities).instead_of("capabilities_baseline"),
    Check::restricted("procMount_restricted", restricted::proc_mount).since(35).instead_of("procMount"),
    Check::restricted("restrictedVolumes", restricted::volumes).instead_of("hostPathVolumes"),
    Check::restricted("runAsNonRoot", restricted::non_root),
    Check::restricted("runAsUser", restricted::user),
    Check::restricted("seccompProfile_restricted", profiles::seccomp_restricted).instead_of("seccompProfile_baseline"),
];

/// What a pod violates at a level, by the policy of a version.
pub fn violations<'n>(pod: &SecuredPod<'n>, level: Level, version: u16) -> Vec<Violation<'n>> {
    let applies = |check: &&Check| level >= check.level && version >= check.since;
    let replaced = |check: &Check| CHECKS.iter().filter(applies).any(|other| other.replaces == Some(check.name));
    let found = CHECKS.iter().filter(applies).filter_map(|check| Some((check, (check.run)(pod, version)?)));
    found.filter(|(check, _)| level != Level::Restricted || !replaced(check)).map(|(_, violation)| violation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_in_the_order_of_the_server() {
        assert!(CHECKS.is_sorted_by_key(|check| (check.level, check.name)));
        let known = |name: &str| CHECKS.iter().any(|check| check.name == name);
        assert!(CHECKS.iter().filter_map(|check| check.replaces).all(known));
    }
}
