//! Checks of security profiles: AppArmor, SELinux, and seccomp.

use std::collections::BTreeSet;

use super::check::{Setters, Violation, named, plural, quoted};
use super::pod::SecuredPod;
use crate::validate::look::{set, text};
use crate::yaml::Node;

/// The profiles of AppArmor and seccomp that pods may use.
const TYPES: &[&str] = &["RuntimeDefault", "Localhost"];

/// The start of the annotations that once set the profiles of AppArmor.
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// The types of SELinux that pods may use, each with the first minor version of the policy that allows it.
const SE_LINUX: &[(&str, u16)] =
    &[("", 0), ("container_t", 0), ("container_init_t", 0), ("container_kvm_t", 0), ("container_engine_t", 31)];

/// Calls a function with each profile of a kind: that of the pod first.
fn profiles<'n>(pod: &SecuredPod<'n>, field: &str, setters: &mut Setters<'n>, mut bad: impl FnMut(&'n Node) -> Option<&'n Node>) {
    let path = format!("securityContext.{field}");
    if let Some(node) = pod.context().and_then(|context| set(context, field)).and_then(&mut bad) {
        setters.pod(node, &path);
    }
    for container in &pod.containers {
        if let Some(node) = container.context.and_then(|context| set(context, field)).and_then(&mut bad) {
            setters.container(container, Some(node), &path);
        }
    }
}

/// Profiles of a kind whose type is not allowed, and the types.
fn bad_types<'n>(pod: &SecuredPod<'n>, field: &str) -> (Setters<'n>, BTreeSet<String>) {
    let (mut setters, mut types) = (Setters::default(), BTreeSet::new());
    profiles(pod, field, &mut setters, |profile| {
        let (kind, node) = text(profile, "type").unwrap_or(("", profile));
        (!TYPES.contains(&kind)).then(|| {
            types.insert(kind.to_owned());
            node
        })
    });
    (setters, types)
}

/// AppArmor that is turned off.
pub fn app_armor<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let (setters, types) = bad_types(pod, "appArmorProfile");
    let is_allowed = |value: &str| value.is_empty() || value == "runtime/default" || value.starts_with("localhost/");
    let bad = pod.annotations.iter().filter(|(key, value)| key.starts_with(APP_ARMOR) && !is_allowed(value));
    let mut annotations: Vec<String> = bad.clone().map(|(key, value)| format!("{key}={value:?}")).collect();
    annotations.sort_unstable();
    if setters.is_empty() && annotations.is_empty() {
        return None;
    }
    let more = (!annotations.is_empty()).then(|| plural("annotation", annotations.len()));
    let setters_named = setters.named(more);
    let values: Vec<String> = types.into_iter().chain(annotations).collect();
    let detail = format!("{setters_named} must not set AppArmor profile type to {}", quoted(&values));
    let place = setters.violation("", |_| String::new()).and_then(|violation| violation.place);
    Some(Violation { reason: plural("forbidden AppArmor profile", values.len()), detail, place })
}

/// Types, users, and roles of SELinux that give more rights.
pub fn se_linux<'n>(pod: &SecuredPod<'n>, version: u16) -> Option<Violation<'n>> {
    let (mut setters, mut types, mut user, mut role) = (Setters::default(), BTreeSet::new(), false, false);
    profiles(pod, "seLinuxOptions", &mut setters, |options| {
        let of = |field: &str| text(options, field).unwrap_or(("", options));
        let is_allowed = |kind: &str| SE_LINUX.iter().any(|(known, since)| *known == kind && version >= *since);
        let mut found = None;
        let (kind, node) = of("type");
        if !is_allowed(kind) {
            types.insert(kind);
            found = Some(node);
        }
        for (field, is_set) in [("user", &mut user), ("role", &mut role)] {
            let (value, node) = of(field);
            if !value.is_empty() {
                *is_set = true;
                found = found.or(Some(node));
            }
        }
        found
    });
    let types: Vec<&str> = types.into_iter().collect();
    let parts = [
        (!types.is_empty()).then(|| named("type", &types)),
        user.then(|| "user may not be set".to_owned()),
        role.then(|| "role may not be set".to_owned()),
    ];
    setters.violation("seLinuxOptions", |setters| {
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        format!("{} set forbidden securityContext.seLinuxOptions: {}", setters.named(None), parts.join("; "))
    })
}

/// seccomp that is turned off.
pub fn seccomp_baseline<'n>(pod: &SecuredPod<'n>, _: u16) -> Option<Violation<'n>> {
    let (setters, types) = bad_types(pod, "seccompProfile");
    let types: Vec<String> = types.into_iter().collect();
    setters.violation("seccompProfile", |setters| {
        format!("{} must not set securityContext.seccompProfile.type to {}", setters.named(None), quoted(&types))
    })
}

/// Containers without a profile of seccomp.
pub fn seccomp_restricted<'n>(pod: &SecuredPod<'n>, version: u16) -> Option<Violation<'n>> {
    if pod.is_windows() {
        return None;
    }
    if let Some(violation) = seccomp_baseline(pod, version) {
        return Some(violation);
    }
    let profile = |context: Option<&'n Node>| context.and_then(|context| set(context, "seccompProfile"));
    let mut missing = Setters::default();
    for container in pod.containers.iter().filter(|_| profile(pod.context()).is_none()) {
        if profile(container.context).is_none() {
            missing.container(container, None, "securityContext.seccompProfile");
        }
    }
    missing.violation("seccompProfile", |missing| {
        let types = "\"RuntimeDefault\" or \"Localhost\"";
        format!("pod or {} must set securityContext.seccompProfile.type to {types}", missing.named(None))
    })
}
