//! A pod mounts a PersistentVolumeClaim that does not exist, so the pod can't start.
//!
//! Claims that a StatefulSet creates from its `volumeClaimTemplates` are taken into account. If a claim is created elsewhere,
//! silence the finding with an annotation on the workload, `ignore-check.render.dev/unknown-claim: created manually`, or with an
//! entry under `silence` in `.render.yaml`.

use super::reporter::Target;
use super::set::Object;
use super::{Lint, Reporter, Set};
use crate::validate::look::{items, set as field, text};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-claim", file: include_str!("unknown_claim.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        for (at, volume) in items(pod.spec, "volumes") {
            let Some((name, node)) = field(volume, "persistentVolumeClaim").and_then(|claim| text(claim, "claimName")) else {
                continue;
            };
            let target = Target { kind: "PersistentVolumeClaim", namespace: owner.namespace, name };
            if set.find(target.kind, target.namespace, name).is_none() && !is_templated(set, owner, name) {
                let path = format!("{}.volumes[{at}].persistentVolumeClaim.claimName", pod.path);
                out.missing(owner, node, path, &target);
            }
        }
    }
}

/// Whether the claim is `<template>-<StatefulSet>-<number>`.
fn is_templated(set: &Set<'_>, owner: &Object<'_>, claim: &str) -> bool {
    let Some((stem, number)) = claim.rsplit_once('-') else { return false };
    let dashes = stem.match_indices('-').filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()));
    let mut names = dashes.filter_map(|(at, _)| Some((stem.get(..at)?, stem.get(at + 1..)?)));
    names.any(|(template, name)| {
        let spec = set.find("StatefulSet", owner.namespace, name).and_then(|set| field(set.node, "spec"));
        let mut templates = spec.into_iter().flat_map(|spec| items(spec, "volumeClaimTemplates"));
        templates.any(|(_, found)| {
            field(found, "metadata").and_then(|found| text(found, "name")).is_some_and(|found| found.0 == template)
        })
    })
}
