//! Several pods use a volume that only one node can mount at a time, so pods on other nodes can't start.
//!
//! The only access mode of the claim is `ReadWriteOnce` (or `ReadWriteOncePod`), and two workloads mount it, or one with several
//! pods. Pods with a required affinity to the node of another pod are not reported.
//!
//! Use a separate claim for each pod (`volumeClaimTemplates` in a StatefulSet), or a storage class that supports `ReadWriteMany`.
//! If the pods run on one node on purpose, silence the finding with an annotation on the workload,
//! `ignore-check.render.dev/shared-volume: both run on the storage node`, or with an entry under `silence` in `.render.yaml`.

use rustc_hash::FxHashMap;

use super::set::{Object, Pod};
use super::{Lint, Reporter, Set};
use crate::validate::look::{as_text, int, is_true, items, set as field, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "shared-volume", file: include_str!("shared_volume.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    let mut users: FxHashMap<usize, usize> = FxHashMap::default();
    for pod in &set.pods {
        let Some(owner) = set.owner(pod).filter(|_| !is_bound(pod)) else { continue };
        for (at, volume) in items(pod.spec, "volumes") {
            let Some((name, node)) = claim(volume) else { continue };
            let Some(claim) = set.find("PersistentVolumeClaim", owner.namespace, name).filter(|claim| is_single(claim.node))
            else {
                continue;
            };
            let path = || format!("{}.volumes[{at}].persistentVolumeClaim.claimName", pod.path);
            let first = *users.entry(claim.at).or_insert(owner.at);
            let help = "use a separate claim for each pod, or the access mode `ReadWriteMany`";
            match set.objects.get(first).filter(|other| other.at != owner.at) {
                Some(other) => {
                    let message = format!("the claim `{name}` is `ReadWriteOnce`, but {} also mounts it", other.id);
                    out.warn(owner, node, path(), message, help);
                }
                None if has_several(set, owner) => {
                    let message = format!("the claim `{name}` is `ReadWriteOnce`, but several pods mount it");
                    out.warn(owner, node, path(), message, help);
                }
                None => {}
            }
        }
    }
}

/// The claim that a volume mounts for writing.
fn claim(volume: &Node) -> Option<(&str, &Node)> {
    let claim = field(volume, "persistentVolumeClaim").filter(|claim| !is_true(claim, "readOnly"))?;
    text(claim, "claimName")
}

fn is_single(claim: &Node) -> bool {
    let modes = || field(claim, "spec").into_iter().flat_map(|spec| items(spec, "accessModes"));
    modes().next().is_some() && modes().all(|(_, mode)| as_text(mode).is_some_and(|mode| mode.starts_with("ReadWriteOnce")))
}

/// Whether an object can have more than one pod at a time.
fn has_several(set: &Set<'_>, owner: &Object<'_>) -> bool {
    let most = set.autoscaler(owner).map_or((owner, "replicas"), |autoscaler| (autoscaler, "maxReplicas"));
    let number = field(most.0.node, "spec").and_then(|spec| int(spec, most.1)).map_or(1, |(number, _)| number);
    owner.kind == "DaemonSet" || number > 1
}

/// Whether a pod runs only on the node of another pod.
fn is_bound(pod: &Pod<'_>) -> bool {
    let Some(affinity) = pod.spec.at_path(&["affinity", "podAffinity"]) else { return false };
    let mut terms = items(affinity, "requiredDuringSchedulingIgnoredDuringExecution");
    terms.any(|(_, term)| text(term, "topologyKey").is_some_and(|(key, _)| key == "kubernetes.io/hostname"))
}
