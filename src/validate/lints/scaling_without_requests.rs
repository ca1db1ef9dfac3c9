//! An autoscaler goes by the share of requests that pods use, but a container requests nothing: it could never scale.
//!
//! The share is that of `resources.requests`, and every container of the pods needs one of that resource; a limit serves as request
//! where none is set, and so does a LimitRange of the namespace.

use super::set::Object;
use super::{Lint, Set, Told};
use crate::validate::look::{items, set as field, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "scaling-without-requests", file: include_str!("scaling_without_requests.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for autoscaler in set.of_kind("HorizontalPodAutoscaler") {
        let Some(spec) = field(autoscaler.node, "spec") else { continue };
        let Some(target) = field(spec, "scaleTargetRef") else { continue };
        let (Some((kind, _)), Some((name, _))) = (text(target, "kind"), text(target, "name")) else { continue };
        let workload = set.find(kind, autoscaler.namespace, name);
        let Some((workload, pod)) = workload.and_then(|workload| Some((workload, set.pod_of(workload)?))) else { continue };
        for Share { resource, container, node, path } in shares(spec) {
            let counted = items(pod.spec, "containers");
            let without =
                counted.filter(|(_, found)| container.is_none_or(|name| text(found, "name").is_some_and(|n| n.0 == name)));
            let mut without = without.filter(|(_, container)| !requests(container, resource));
            let Some((_, lacking)) = without.next().filter(|_| !has_default(set, workload, resource)) else { continue };
            let lacking = text(lacking, "name").map_or("", |(name, _)| name);
            let message = format!("the container `{lacking}` of {} requests no `{resource}`", workload.id);
            told.warn(autoscaler, node, path, message, &format!("set `resources.requests.{resource}` of the container"));
        }
    }
}

/// A share of requests that an autoscaler goes by.
struct Share<'n> {
    resource: &'n str,
    container: Option<&'n str>,
    node: &'n Node,
    path: String,
}

fn shares(spec: &Node) -> Vec<Share<'_>> {
    if let Some(node) = field(spec, "targetCPUUtilizationPercentage") {
        return vec![Share { resource: "cpu", container: None, node, path: "spec.targetCPUUtilizationPercentage".into() }];
    }
    let metrics = items(spec, "metrics").filter_map(|(at, metric)| {
        let (kind, _) = text(metric, "type")?;
        let name = match kind {
            "Resource" => "resource",
            "ContainerResource" => "containerResource",
            _ => return None,
        };
        let source = field(metric, name)?;
        let is_share = text(field(source, "target")?, "type").is_some_and(|(kind, _)| kind == "Utilization");
        let (resource, node) = text(source, "name").filter(|_| is_share)?;
        let container = text(source, "container").map(|(container, _)| container);
        Some(Share { resource, container, node, path: format!("spec.metrics[{at}].{name}.name") })
    });
    metrics.collect()
}

fn requests(container: &Node, resource: &str) -> bool {
    ["requests", "limits"].iter().any(|kind| container.at_path(&["resources", kind, resource]).is_some())
}

/// Whether a LimitRange gives every container a request.
fn has_default(set: &Set<'_>, workload: &Object<'_>, resource: &str) -> bool {
    let ranges = set.of_kind("LimitRange").filter(|range| range.namespace == workload.namespace);
    let mut limits = ranges.filter_map(|range| field(range.node, "spec")).flat_map(|spec| items(spec, "limits"));
    limits.any(|(_, limit)| ["defaultRequest", "default"].iter().any(|kind| limit.at_path(&[kind, resource]).is_some()))
}
