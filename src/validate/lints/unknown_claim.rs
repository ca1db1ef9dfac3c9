//! A pod mounts a PersistentVolumeClaim that is not there: it would wait for it and never start.
//!
//! The claims that a StatefulSet makes from its `volumeClaimTemplates` count as being there. Where a claim is made elsewhere, say so in
//! an annotation of the workload, `ignore-check.render.dev/unknown-claim: made once by hand`, or under `silence` in `.render.yaml`.

use super::set::Object;
use super::told::Wanted;
use super::{Lint, Set, Told};
use crate::validate::look::{items, set as field, text};

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-claim", file: include_str!("unknown_claim.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        for (at, volume) in items(pod.spec, "volumes") {
            let Some((name, node)) = field(volume, "persistentVolumeClaim").and_then(|claim| text(claim, "claimName")) else {
                continue;
            };
            let wanted = Wanted { kind: "PersistentVolumeClaim", namespace: owner.namespace, name };
            if set.find(wanted.kind, wanted.namespace, name).is_none() && !is_templated(set, owner, name) {
                let path = format!("{}.volumes[{at}].persistentVolumeClaim.claimName", pod.path);
                told.missing(owner, node, path, &wanted);
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
